"""What is a measure: a rate of records over records, of whose teams and of which days?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Expression, F

from accounts.models import User
from insights.figures import Sums
from insights.periods import Period
from insights.tallies import TALLIES, between, of_product
from insights.tallies.tally import AnyRecords, Tally


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for: days, and perhaps one team and one product."""

    period: Period
    team_id: int | None = None
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: so many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> float | None:
        return 100 * self.hits / self.of if self.of else None


@dataclass(frozen=True)
class Measure:
    """One thing a supervisor steers by.

    `hits` are the outcomes of the numerator, `base` those of the denominator (all when empty).
    `what` shows a record in a few words; `columns` are further facts of it, by their heading;
    `listed_as` names all records together, where the name speaks of some.
    """

    key: str
    name: str
    meaning: str
    outcomes: Mapping[str, str]
    hits: tuple[str, ...]
    what: Expression | F
    listed_as: str = ""
    base: tuple[str, ...] = ()
    more_is_better: bool | None = True
    columns: Mapping[str, str] = field(default_factory=dict)
    reason_words: Mapping[str, str] | None = None

    @property
    def tally(self) -> Tally:
        return TALLIES[self.key]

    def rate(self, sums: Sums) -> Rate:
        return Rate(sums.of(self.key, *self.hits), sums.of(self.key, *self.base))

    def count(self, sums: Sums, *, outcome: str = "", reason: str | None = None) -> int:
        outcomes = (outcome,) if outcome else tuple(self.outcomes)
        if reason is None:
            return sums.of(self.key, *outcomes)
        return sums.reasons(self.key, *outcomes).get(reason, 0)

    def records(
        self, user: User, filters: Filters, *, outcome: str = "", reason: str | None = None
    ) -> AnyRecords:
        """The records of the denominator, or those with one outcome, or one reason."""
        found = self.tally.records(filters.product_id is not None)
        found = between(found, self.tally, first=filters.period.first, last=filters.period.last)
        found = visible(found, user, filters, self.tally)
        if outcome:
            found = found.filter(outcome=outcome)
        return found if reason is None else found.filter(reason=reason)

    def denominator(self, user: User, filters: Filters) -> AnyRecords:
        found = self.records(user, filters)
        return found.filter(outcome__in=self.base) if self.base else found

    def numerator(self, user: User, filters: Filters) -> AnyRecords:
        return self.records(user, filters).filter(outcome__in=self.hits)


def visible(records: AnyRecords, user: User, filters: Filters, tally: Tally) -> AnyRecords:
    """Those of the user's teams, narrowed to the team and product asked for."""
    seen: AnyRecords = records.visible_to(user)  # type: ignore[attr-defined]
    if filters.team_id is not None:
        seen = seen.filter(customer__team_id=filters.team_id)
    return seen if filters.product_id is None else of_product(seen, tally, filters.product_id)
