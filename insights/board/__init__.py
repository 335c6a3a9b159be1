"""What does the retention page show? Figures in words, with the way to their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from insights.board.breakdown import Breakdown
from insights.board.cohort_grid import COHORTS, CohortRow, cohort_table
from insights.board.headline import Headline, Tile
from insights.chart import Chart, is_by_month, movement
from insights.figures import Scope, Sums, series, sums
from insights.links import Links
from insights.measures import Filters
from insights.yardstick import Yardstick, yardstick


@dataclass(slots=True)
class Board:
    """All figures of the page, from at most three statements.

    While everything is being counted (`is_counting`), nobody can say who was a customer when:
    what needs the whole past is left open until then.
    """

    scope: Scope
    filters: Filters
    links: Links
    need_types: Mapping[str, str]
    is_counting: bool = False
    now: Sums = field(init=False)
    at_start: int = field(init=False)
    headline: Headline = field(init=False)
    bars: Breakdown = field(init=False)

    def __post_init__(self) -> None:
        period = self.filters.period
        found = sums(self.scope, {"now": period, "then": period.previous()})
        self.now, self.at_start = found["now"], found["now:before"].customers
        self.headline = Headline(
            now=self.now,
            then=found["then"],
            at_start=self.at_start,
            then_at_start=found["then:before"].customers,
            links=self.links,
            is_counting=self.is_counting,
        )
        self.bars = Breakdown(self.now, self.links, self.need_types)

    @property
    def is_empty(self) -> bool:
        return not self.now.by_key and not self.at_start

    def tiles(self) -> list[Tile]:
        return self.headline.tiles()

    @property
    def ways(self) -> dict[str, str]:
        """Where the plain figures lead."""
        keys = ("customers-before", "customers-after", "came", "lost", "opened", "cancelled")
        return {key.replace("-", "_"): self.links.to(key) for key in keys}

    @property
    def figures(self) -> dict[str, str]:
        """Plain figures of the period, as they are written."""
        plain = {key: self.now.of(key) for key in ("came", "lost", "opened", "cancelled")}
        plain["customers_before"] = self.at_start
        plain["customers_after"] = self.at_start + self.now.customers
        return {key: f"{n:,}" for key, n in plain.items()}

    @property
    def has_answers(self) -> bool:
        return any(self.now.of(key) for key in ("as_expected", "as_promised", "met", "nps"))

    def yardsticks(self) -> list[Yardstick]:
        return [
            yardstick("promises", "Promises", self.now, self.links),
            yardstick("requests", "Requests", self.now, self.links),
        ]

    def cohort_table(self) -> list[CohortRow]:
        return cohort_table(self.scope, self.filters.period.last, self.links)

    @property
    def cohort_columns(self) -> list[str]:
        return [str(month) for month in range(COHORTS)]

    def movement(self) -> Chart:
        period = self.filters.period
        by_month = is_by_month(period)
        found = series(self.scope, tallies=("came", "lost"), period=period, by_month=by_month)
        return movement(found, period, self.links)
