"""What would move if a product's lever were another, over the contacts of the last days?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.errors import RuleBroken
from offers import catalogue
from offers.release.comparing import offered
from offers.release.simulating import one_of_each_contact, pairs_of

MOST = 300  # contacts looked at while somebody waits
LEAST_LEVER, MOST_LEVER = Decimal("0.80"), Decimal("1.20")


@dataclass(slots=True)
class Moved:
    """Contacts in which the product is offered: how many, how many it rises or falls in."""

    looked_at: int = 0
    offered: int = 0
    up: int = 0
    down: int = 0
    first_before: int = 0
    first_after: int = 0
    is_cut_short: bool = False


def read_lever(typed: str) -> Decimal:
    """Raises RuleBroken for what is no lever."""
    try:
        lever = Decimal(typed.strip())
    except InvalidOperation:
        raise RuleBroken("A lever is a number between 0.80 and 1.20.") from None
    if not lever.is_finite() or not LEAST_LEVER <= lever <= MOST_LEVER:
        raise RuleBroken("A lever lies between 0.80 and 1.20: it cannot lift more than that.")
    return lever.quantize(Decimal("0.01"))


def moved(
    content: Mapping[str, Any], code: str, *, lever: Decimal, days: int, now: datetime
) -> Moved:
    """The draft beside the draft with this lever, on the inputs that were stored."""
    products = [
        {**row, "lever": f"{lever:.2f}"} if row["code"] == code else row
        for row in content["products"]
    ]
    before = catalogue.read(content, number=-1)  # no stored decision was made by it
    after = catalogue.read({**content, "products": products})
    pks = list(one_of_each_contact(now - timedelta(days=days))[: MOST + 1])
    found = Moved(looked_at=min(len(pks), MOST), is_cut_short=len(pks) > MOST)
    for pair in pairs_of(pks[:MOST], before, after):
        _add(found, code, offered(pair.before), offered(pair.after))
    return found


def _add(found: Moved, code: str, before: list[str], after: list[str]) -> None:
    if code not in before or code not in after:
        return
    was, stands = before.index(code), after.index(code)
    found.offered += 1
    found.up += stands < was
    found.down += stands > was
    found.first_before += was == 0
    found.first_after += stands == 0
