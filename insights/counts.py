"""How many records stand behind one figure? From the roll-ups, as on the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from insights.figures import Scope, Sums, cohorts, sums
from insights.links import Links
from insights.measures import MEASURES, STANDINGS, Filters, Measure
from insights.periods import shift
from insights.records import Asked


@dataclass(frozen=True, slots=True)
class Tab:
    """One outcome of the measure, or all of them, with how many and the way there."""

    name: str
    n: int
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """The figure that leads to a list, and the figures beside it."""

    n: int
    tabs: list[Tab]


def counted(key: str, *, user: User, filters: Filters, asked: Asked, links: Links) -> Counted:
    """The figure and its neighbours, from one statement."""
    scope = Scope.of(user, team_id=filters.team_id, product_id=filters.product_id)
    if asked.cohort is not None:
        return Counted(_of_cohort(scope, asked.cohort, asked.months), [])
    found = sums(scope, {"now": filters.period})
    now, before = found["now"], found["now:before"].customers
    if key in STANDINGS:
        figures = {
            "customers-before": before,
            "customers-after": before + now.customers,
            "retained": before - now.of("lost_since"),
            "leavers": now.of("lost_since"),
        }
        return Counted(figures[key], [])
    measure = MEASURES[key]
    n = measure.count(now, outcome=asked.outcome, reason=asked.reason)
    return Counted(n, _tabs(measure, now, asked, links))


def _of_cohort(scope: Scope, month: date, after: int | None) -> int:
    until = shift(month, after or 0)
    found = cohorts(scope, first=month, last=month, until=until)[0]
    return found.size if after is None else found.kept[after]


def _tabs(measure: Measure, now: Sums, asked: Asked, links: Links) -> list[Tab]:
    """The outcomes beside each other; none where there is nothing to choose."""
    if len(measure.outcomes) == 1:
        return []
    return [
        Tab(
            words,
            measure.count(now, outcome=outcome, reason=asked.reason),
            links.to(measure.key, outcome=outcome or None, reason=asked.reason),
            asked.outcome == outcome,
        )
        for outcome, words in {"": "All", **measure.outcomes}.items()
    ]
