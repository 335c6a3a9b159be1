"""What changed place since the previous decision, and why?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from offers.entries import Entry


def mark_moves(
    ways: Sequence[Entry], inputs: Mapping[str, Any], previous: Mapping[str, Any] | None
) -> None:
    """Say of every entry that changed place since the previous decision why it did."""
    if previous is None:
        return
    places = {key: place for place, key in enumerate(previous["keys"], start=1)}
    cause = _cause(inputs, previous)
    gone = _gone(ways, inputs, places)
    for place, entry in enumerate(ways, start=1):
        before = places.get(entry["key"])
        if before == place:
            continue
        above = ways[place - 2]["title"] if place > 1 else ""
        if before is None:
            entry["moved"] = {"from": None, "because": cause(entry) or "New"}
        elif before > place:
            entry["moved"] = {"from": before, "because": cause(entry) or gone}
        else:
            entry["moved"] = {"from": before, "because": f"After “{above}”"}


ANSWERED = {
    "accepted": "was accepted",
    "declined": "was declined",
    "later": "waits for its day",
    "already_has": "is had already",
    "not_relevant": "is not relevant",
    "would_need": "would need something else",
}


def _gone(ways: Sequence[Entry], inputs: Mapping[str, Any], places: Mapping[str, int]) -> str:
    """What took away an offer that stood here, in words: its answer; else that it is done."""
    left = places.keys() - {entry["key"] for entry in ways}
    for offer in reversed(inputs["offers"]):
        if "title" in offer and f"offer-{offer['product']}" in left:
            return f"“{offer['title']}” {ANSWERED[offer['status']]}"
    return "What stood above is done"


def _cause(inputs: Mapping[str, Any], previous: Mapping[str, Any]) -> Any:
    strengths = previous["needs"]
    fresh = {
        need["type"]: need
        for need in inputs["needs"]
        if Decimal(need["strength"]) > Decimal(strengths.get(need["type"], "0"))
    }
    unlocked = inputs["contact"]["settled"] is not None and not previous["settled"]
    newer = inputs["catalogue"] != previous["catalogue"]

    def cause(entry: Entry) -> str:
        if entry["kind"] == "offer" and entry["need_type"] in fresh:
            return f"Answers “{fresh[entry['need_type']]['name']}”"
        if entry["kind"] == "offer" and unlocked:
            return f"Unlocked: {inputs['contact']['settled']['because']}"
        if entry["kind"] == "offer" and newer:
            return f"Catalogue {inputs['catalogue']} is in force"
        if entry.get("state") == "late":
            return "Its time has passed"
        return ""

    return cause
