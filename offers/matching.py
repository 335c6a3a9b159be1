"""Which products are relevant now: for a need, the contact's reason, or a “later” that is due?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from offers.compiled import Catalogue
from offers.days import day

ONE = Decimal(1)
UNSAID = Decimal("0.60")  # strength where the contact's reason or a "later" stands for a need
FADES_BY_HALF = 30  # days after its date in which a "later" loses half its strength, then a third …
HUNDREDTH = Decimal("0.01")


class Match(NamedTuple):
    """Why a product is relevant; `answers_now` when the need was expressed in this contact."""

    weight: Decimal
    strength: Decimal
    fit: Decimal
    need: Mapping[str, Any] | None
    because: str
    answers_now: bool


def matches(
    inputs: Mapping[str, Any],
    catalogue: Catalogue,
    answers: Mapping[str, Mapping[str, Any]],
    met: Mapping[str, str],
) -> dict[int, Match]:
    """The best match of every relevant product by its position.

    `answers` are the newest to earlier offers, `met` the conditions met since, both by product.
    """
    found: dict[int, Match] = {}
    floor = catalogue.policy.need_floor
    cool = not_relevant_pairs(inputs, catalogue)
    for need in inputs["needs"]:
        strength = Decimal(need["strength"])
        for product, fit in catalogue.by_need.get(need["type"], ()):
            match = Match(
                strength * fit, strength, fit, need, f"answers “{need['name']}”", need["now"]
            )
            known = found.get(product.position)
            if known is None or _is_better(match, known, floor, cool.get(product.code, {})):
                found[product.position] = match
    for product in catalogue.by_reason.get(inputs["contact"]["reason"], ()):
        found.setdefault(product.position, _unsaid("answers the reason for this contact", now=True))
    for code, because in met.items():
        found.setdefault(catalogue.by_code[code].position, _unsaid(because, now=False))
    for code, later in _laters(inputs, answers):
        if code in catalogue.by_code:
            found.setdefault(catalogue.by_code[code].position, later)
    return found


def _laters(
    inputs: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Match]]:
    """What was put off until a day that has come; it fades from then on."""
    today = date.fromisoformat(inputs["today"])
    for code, offer in answers.items():
        if offer["status"] != "later" or date.fromisoformat(offer["later_on"]) > today:
            continue
        because = f"asked on {day(date.fromisoformat(offer['on']))} to be asked again"
        since = (today - date.fromisoformat(offer["later_on"])).days
        fades = since and inputs.get("format", 1) > 1
        yield code, _faded(because, since) if fades else _unsaid(because, now=False)


def _faded(because: str, days: int) -> Match:
    left = (UNSAID * FADES_BY_HALF / (FADES_BY_HALF + days)).quantize(HUNDREDTH)
    return Match(left, left, ONE, None, f"{because}, {days} days ago", answers_now=False)


def not_relevant_pairs(
    inputs: Mapping[str, Any], catalogue: Catalogue
) -> dict[str, dict[str | None, date]]:
    """By product and kind of need: the day until which that pair cools off.

    A product called not relevant for one need may well answer another.
    """
    today = date.fromisoformat(inputs["today"])
    cooling = timedelta(days=catalogue.policy.cooling_off_days)
    pairs: dict[str, dict[str | None, date]] = {}
    for offer in inputs["offers"]:
        if offer["status"] == "not_relevant" and "need" in offer:
            until = date.fromisoformat(offer["on"]) + cooling
            if until > today:
                pairs.setdefault(offer["product"], {})[offer["need"]] = until
    return pairs


def _unsaid(because: str, *, now: bool) -> Match:
    return Match(UNSAID, UNSAID, ONE, None, because, now)


def _is_better(match: Match, known: Match, floor: Decimal, cool: Mapping[str | None, date]) -> bool:
    return _rank(match, floor, cool) > _rank(known, floor, cool)


def _rank(
    match: Match, floor: Decimal, cool: Mapping[str | None, date]
) -> tuple[bool, bool, Decimal]:
    """A pair that was not called irrelevant first, then what was said now, then the strongest."""
    return (
        need_type_of(match) not in cool,
        match.answers_now and match.weight >= floor,
        match.weight,
    )


def need_type_of(match: Match) -> str | None:
    return match.need["type"] if match.need else None
