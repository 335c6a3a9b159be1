"""How is told what was heard: how certain it is, and which words said it?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# From which probability on it is told so.
CERTAINTIES: Final = ((0.9, "almost certain"), (0.7, "quite certain"), (0.5, "likely"))
OTHERWISE: Final = "perhaps"


def certainty(probability: float) -> str:
    """A probability from 0 to 1 in words."""
    return next((words for least, words in CERTAINTIES if probability >= least), OTHERWISE)


def marked(text: str, reasons: Sequence[str]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is one of the words that weigh most."""
    pieces = [part for reason in reasons for part in reason.split(" … ") if part]
    if not pieces:
        return [(text, False)]
    longest_first = sorted(pieces, key=len, reverse=True)
    words = "|".join(re.escape(piece).replace("'", "['’]") for piece in longest_first)
    parts = re.split(rf"(?<!\w)({words})(?!\w)", text, flags=re.IGNORECASE)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
