"""Which sound has this name? What administrators uploaded goes before ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from telephony.switch.sound import Samples, read_wave

PROMPT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


def prompt_of(name: str, folders: Iterable[Path]) -> Samples | None:
    """The sound from the first folder that has it; None where there is none of that name."""
    if PROMPT_NAME.fullmatch(name):
        for folder in folders:
            if (path := folder / f"{name}.wav").is_file():
                return _read(path, path.stat().st_mtime_ns)
    return None


@lru_cache(maxsize=200)
def _read(path: Path, changed: int) -> Samples:
    del changed  # a newer file of that name is another sound
    return read_wave(path)
