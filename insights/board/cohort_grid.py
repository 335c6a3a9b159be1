"""How many of those who joined in a month are still customers, month after month?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from insights.figures import Scope, cohorts
from insights.links import Links
from insights.periods import month_of, shift

COHORTS: Final = 12


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort; cells of (per cent kept, heat, the way there, in words), month after month."""

    month: date
    size: str
    address: str
    cells: list[tuple[str, str, str, str]]


def cohort_table(scope: Scope, last: date, links: Links) -> list[CohortRow]:
    """The last twelve cohorts that anybody joined, up to a day."""
    until = month_of(last)
    first = shift(until, 1 - COHORTS)
    rows = []
    for found in cohorts(scope, first=first, last=until, until=until):
        name = f"{found.month:%Y-%m}"
        cells = [
            (
                f"{100 * kept / found.size:.0f}",
                str(heat(kept, found.size)),
                links.to("cohort", cohort=name, months=after),
                f"{kept:,} of {found.size:,}",
            )
            for after, kept in enumerate(found.kept)
            if found.size
        ]
        if cells:
            address = links.to("cohort", cohort=name)
            rows.append(CohortRow(found.month, f"{found.size:,}", address, cells))
    return rows


def heat(kept: int, size: int) -> int:
    """0 to 10 for half to all; what is below half is as pale as half."""
    return max(0, min(10, round((100 * kept / size - 50) / 5)))
