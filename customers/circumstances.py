"""What of a customer's circumstances do the rules heed, and who may say so?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from accounts.models import User
from customers.models import Customer

VULNERABLE, BEREAVED, LEFT = "vulnerable", "bereaved", "left"
FACTS: Final = (VULNERABLE, BEREAVED, LEFT)


@dataclass(frozen=True)
class Circumstance:
    """One fact about a customer; `since` is None where it is not so."""

    name: str
    title: str
    means: str
    since: date | None
    because: str = ""


def shown(customer: Customer) -> list[Circumstance]:
    return [
        Circumstance(
            VULNERABLE,
            "Vulnerable",
            "Only people call, never a voice or a message; offers stay locked.",
            customer.vulnerable_since,
            customer.vulnerable_because,
        ),
        Circumstance(
            BEREAVED,
            "Bereaved",
            "A death was notified, the customer's or of somebody close: nobody asks any more.",
            customer.bereaved_since,
        ),
        Circumstance(
            LEFT,
            "No longer a customer",
            "Nobody asks how a contact went any more.",
            customer.left_on,
        ),
    ]


def mark(customer: Customer, *, by: User, fact: str, is_so: str, because: str) -> bool:
    """Write the fact down, or take it back; false when it stood so already."""
    if fact == VULNERABLE:
        if is_so == "yes":
            return customer.mark_vulnerable(by=by, because=because)
        return customer.unmark_vulnerable(by=by)
    verbs = {
        (BEREAVED, "yes"): customer.mark_bereaved,
        (BEREAVED, "no"): customer.unmark_bereaved,
        (LEFT, "yes"): customer.mark_left,
        (LEFT, "no"): customer.unmark_left,
    }
    return verbs[fact, is_so](by=by)
