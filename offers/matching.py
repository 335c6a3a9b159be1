"""Which products are relevant now: for a need, the contact's reason, or a “later” that is due?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from offers.catalogue import Catalogue
from offers.days import day

ONE = Decimal(1)
UNSAID = Decimal("0.60")  # strength where the contact's reason or a "later" stands for a need


class Match(NamedTuple):
    """Why a product is relevant; `answers_now` when the need was expressed in this contact."""

    weight: Decimal
    strength: Decimal
    fit: Decimal
    need: Mapping[str, Any] | None
    because: str
    answers_now: bool


def matches(
    inputs: Mapping[str, Any], catalogue: Catalogue, answers: Mapping[str, Mapping[str, Any]]
) -> dict[int, Match]:
    """The best match of every relevant product by its position; `answers` to earlier offers."""
    found: dict[int, Match] = {}
    floor = catalogue.policy.need_floor
    for need in inputs["needs"]:
        strength = Decimal(need["strength"])
        for product, fit in catalogue.by_need.get(need["type"], ()):
            match = Match(
                strength * fit, strength, fit, need, f"answers “{need['name']}”", need["now"]
            )
            known = found.get(product.position)
            if known is None or _is_better(match, known, floor):
                found[product.position] = match
    for product in catalogue.by_reason.get(inputs["contact"]["reason"], ()):
        found.setdefault(product.position, _unsaid("answers the reason for this contact", now=True))
    today = date.fromisoformat(inputs["today"])
    for code, offer in answers.items():
        if offer["status"] == "later" and date.fromisoformat(offer["later_on"]) <= today:
            later = catalogue.by_code.get(code)
            if later is not None:
                because = f"asked on {day(date.fromisoformat(offer['on']))} to be asked again"
                found.setdefault(later.position, _unsaid(because, now=False))
    return found


def _unsaid(because: str, *, now: bool) -> Match:
    return Match(UNSAID, UNSAID, ONE, None, because, now)


def _is_better(match: Match, known: Match, floor: Decimal) -> bool:
    return (match.answers_now and match.weight >= floor, match.weight) > (
        known.answers_now and known.weight >= floor,
        known.weight,
    )
