"""Would a draft's first offers be accepted more often, by the log of what was really offered?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from offers.learning.estimating import NotALog, estimate
from offers.models import Offer, OfferStatus
from offers.release.comparing import Pair, offered

NOTHING_LOGGED = (
    "Nothing can be concluded: no offer of these contacts was answered with its chance logged."
)


class Row(NamedTuple):
    """One answered offer that stood first: was it accepted, its chance then, the draft's now."""

    reward: float
    logged: float
    target: float


def rows_of(pairs: Iterable[Pair]) -> list[Row]:
    """The logged rows among these pairs; one statement."""
    first = {pair.decision: pair for pair in pairs if offered(pair.before)}
    answered = (
        Offer.objects.filter(decision__in=first.keys())
        .exclude(status=OfferStatus.PRESENTED)
        .values_list("decision", "product__code", "status")
    )
    rows = []
    for decision, code, status in answered:
        pair = first[decision]
        chance = _chance(pair.before, code)
        if chance is not None and offered(pair.before)[0] == code:
            accepted = float(status == OfferStatus.ACCEPTED)
            rows.append(Row(accepted, chance, float(offered(pair.after)[:1] == [code])))
    return rows


def _chance(results: Mapping[str, Any], code: str) -> float | None:
    """The chance with which the product stood where it did; None where it was not logged."""
    for entry in results["ways"]:
        if entry["kind"] == "offer" and entry["product"] == code and "propensity" in entry:
            return float(entry["propensity"])
    return None


def estimated(rows: list[Row]) -> dict[str, Any]:
    """The estimate as JSON keeps it; refused, in words, where there is too little."""
    if not rows:
        return {"is_refused": True, "because": NOTHING_LOGGED}
    try:
        found = estimate(
            [row.reward for row in rows],
            [row.logged for row in rows],
            [row.target for row in rows],
        )
    except NotALog as error:
        return {"is_refused": True, "because": str(error)}
    return found.told()
