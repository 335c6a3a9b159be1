"""How are the rules shown to people: by country, by region, and how old the registers are?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from customers.lawful import Edition, editions
from customers.lawful.edition import Region
from telephony.models import RegisterImport


@dataclass(frozen=True)
class Register:
    """A public register: of which day ours is, None where it was never taken in."""

    name: str
    code: str
    as_of: date | None
    days: int


@dataclass(frozen=True)
class Statute:
    """One edition of a country's rules."""

    edition: Edition
    regions: list[Region]
    registers: list[Register]


def statutes() -> list[Statute]:
    """Every edition, countries by name, the newest first, all others last; one statement."""
    taken = RegisterImport.days_of()
    every = [edition for alike in editions().values() for edition in alike]
    every.sort(key=lambda one: (one.country == "*", one.name))
    return [
        Statute(
            edition=edition,
            regions=sorted(
                (one for one in edition.regions.values() if one.lines), key=lambda one: one.name
            ),
            registers=[
                Register(one.name, one.code, taken.get(one.layer), one.longest_age.days)
                for one in edition.registers.values()
            ],
        )
        for edition in every
    ]
