"""What is every entry of the ranked list made of: its score with the parts, and its key?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Entry = dict[str, Any]
PLACES = Decimal("0.0001")
KEYS = 9


def summed(factors: Sequence[tuple[str, Decimal]]) -> dict[str, Any]:
    """A score that is a sum, with its parts."""
    return {
        "score": str(sum(value for _, value in factors).quantize(PLACES)),  # type: ignore[union-attr]
        "factors": [{"name": name, "value": str(value)} for name, value in factors],
    }


def give_keys(entries: Sequence[Entry]) -> None:
    """One key starts an entry: q asks, 1 to 9 choose."""
    numbered = 0
    for entry in entries:
        if entry["kind"] == "question":
            entry["starts_with"] = "q"
        elif numbered < KEYS:
            numbered += 1
            entry["starts_with"] = str(numbered)
        else:
            entry["starts_with"] = ""
