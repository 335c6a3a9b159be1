"""Which arrays does a file of the safetensors format hold?

Eight bytes with the length of a JSON header, the header, then the arrays one after the other:
https://github.com/huggingface/safetensors. Arrays are mapped, not read: what nobody asks for
costs no memory.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

KINDS: Final = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}


class UnreadableTensors(ValueError):
    """The file is not what its name says."""


def mapped(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of the file by name, read-only."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length < size:
            raise UnreadableTensors(f"{path.name} is no safetensors file.")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    start = 8 + length
    return {
        name: np.memmap(
            path,
            dtype=KINDS[entry["dtype"]],
            mode="r",
            offset=start + entry["data_offsets"][0],
            shape=tuple(entry["shape"]),
        )
        for name, entry in header.items()
        if entry["dtype"] in KINDS
    }
