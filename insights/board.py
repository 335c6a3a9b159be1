"""What does the retention page show? Figures in words, with the way to their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from insights.chart import Chart, is_by_month, movement
from insights.figures import Scope, Sums, cohorts, series, sums
from insights.links import Links
from insights.measures import MEASURES, Filters, Measure, Rate
from insights.periods import month_of, shift
from insights.wording import Delta, fewer_is_better, percent, points
from insights.yardstick import Yardstick, yardstick

COHORTS: Final = 12
MOST_REASONS: Final = 6
NEED_OUTCOMES: Final = ("met", "unmet", "missed")


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    figure: str
    address: str
    small: str = ""
    delta: Delta | None = None
    tone: str = ""
    tone_icon: str = ""
    tone_words: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One labelled amount of a whole, with its records."""

    label: str
    n: int
    of: int
    address: str
    percent: str = ""
    tone: str = ""

    @property
    def shown(self) -> str:
        return f"{self.n:,}"


def net_promoters(total: Sums) -> float | None:
    answers = total.of("nps")
    if not answers:
        return None
    return 100 * (total.of("nps", "promoter") - total.of("nps", "detractor")) / answers


@dataclass(frozen=True, slots=True)
class Said:
    """One of the three questions: how many said yes, and the way to those who said no."""

    name: str
    rate: Rate
    percent: str
    address: str
    no: int
    no_address: str


@dataclass(frozen=True, slots=True)
class KindOfNeed:
    """A kind of need; cells of (how many, the way there, the outcome): met, unmet, missed."""

    name: str
    cells: list[tuple[int, str, str]]

    @property
    def met(self) -> int:
        return self.cells[0][0]

    @property
    def of(self) -> int:
        return sum(n for n, _, _ in self.cells)


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort; cells of (per cent kept, heat, the way there, in words), month after month."""

    month: date
    size: str
    address: str
    cells: list[tuple[str, str, str, str]]


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
    then: Sums = field(init=False)
    at_start: int = field(init=False)
    then_at_start: int = field(init=False)

    def __post_init__(self) -> None:
        period = self.filters.period
        found = sums(self.scope, {"now": period, "then": period.previous()})
        self.now, self.then = found["now"], found["then"]
        self.at_start = found["now:before"].customers
        self.then_at_start = found["then:before"].customers

    # --- Headline -----------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        return not self.now.by_key and not self.at_start

    @property
    def at_end(self) -> int:
        return self.at_start + self.now.customers

    def retained(self) -> Rate:
        return Rate(self.at_start - self.now.of("lost_since"), self.at_start)

    def tiles(self) -> list[Tile]:
        return [
            self._retained(),
            self._lost(),
            self._share("saved"),
            self._recommended(),
            self._share("first_contact"),
            self._in_time(),
        ]

    def _retained(self) -> Tile:
        if self.is_counting:
            return Tile("Customers retained", "–", self.links.to("retained"), small="being counted")
        now = self.retained()
        then = Rate(self.then_at_start - self.then.of("lost_since"), self.then_at_start)
        return Tile(
            label="Customers retained",
            figure=percent(now),
            small=f"{now.hits:,} of {now.of:,}",
            address=self.links.to("retained"),
            delta=points(now.percent, then.percent, more_is_better=True),
        )

    def _lost(self) -> Tile:
        now, then = self.now.of("lost"), self.then.of("lost")
        return Tile(
            label="Customers lost",
            figure=f"{now:,}",
            small=f"{self.now.of('came'):,} came",
            address=self.links.to("lost"),
            delta=fewer_is_better(now, then),
        )

    def _share(self, key: str) -> Tile:
        measure = MEASURES[key]
        now, then = measure.rate(self.now), measure.rate(self.then)
        return Tile(
            label={"saved": "Saved from leaving"}.get(key, measure.name),
            figure=percent(now),
            small=f"{now.hits:,} of {now.of:,}",
            address=self.links.to(key, outcome=measure.hits[0]),
            delta=points(now.percent, then.percent, more_is_better=measure.more_is_better),
        )

    def _recommended(self) -> Tile:
        now, answers = net_promoters(self.now), self.now.of("nps")
        return Tile(
            label="Net Promoter Score",
            figure="–" if now is None else f"{now:+.0f}".replace("-", "\N{MINUS SIGN}"),
            small=f"{answers:,} answer{'' if answers == 1 else 's'}",
            address=self.links.to("nps"),
            delta=points(now, net_promoters(self.then), more_is_better=True),
        )

    def _in_time(self) -> Tile:
        now = yardstick("promises", "Promises", self.now, self.links)
        return Tile(
            label="Promises in time for customers",
            figure=now.theirs_percent,
            small=f"{now.ours_percent} by our date",
            address=self.links.to("promises", reason="in_time"),
            tone=now.tone,
            tone_icon=now.icon,
            tone_words=now.words,
        )

    # --- Sums and the way to their records ----------------------------------------------------

    @property
    def ways(self) -> dict[str, str]:
        """Where the plain figures lead."""
        keys = ("customers-before", "customers-after", "came", "lost", "opened", "cancelled")
        return {key.replace("-", "_"): self.links.to(key) for key in keys}

    @property
    def figures(self) -> dict[str, str]:
        """Plain figures of the period, as they are written."""
        plain = {key: self.now.of(key) for key in ("came", "lost", "opened", "cancelled")}
        plain |= {"customers_before": self.at_start, "customers_after": self.at_end}
        return {key: f"{n:,}" for key, n in plain.items()}

    @property
    def has_answers(self) -> bool:
        return any(self.now.of(key) for key in ("as_expected", "as_promised", "met", "nps"))

    # --- Lists of bars ------------------------------------------------------------------------

    def lost_reasons(self) -> list[Bar]:
        return self._reasons("lost", "lost")

    def cancelled_reasons(self) -> list[Bar]:
        return self._reasons("cancelled", "cancelled")

    def saved_reasons(self) -> list[Bar]:
        return self._reasons("saved", "saved")

    def saved_outcomes(self) -> list[Bar]:
        return self._outcomes("saved", {"saved": "good", "undecided": "warn", "left": "bad"})

    def recommendations(self) -> list[Bar]:
        return self._outcomes("nps", {"promoter": "good", "detractor": "bad"})

    def advocates(self) -> list[Bar]:
        return self._outcomes("advocates", {"advocate": "good", "promoter_left": "bad"})

    def contacts(self) -> list[Bar]:
        return self._outcomes("first_contact", {"first": "good", "repeated": "warn"})

    def follow_ups(self) -> list[Bar]:
        return self._outcomes("follow_ups", {"answered": "good"})

    def need_outcomes(self) -> list[Bar]:
        return self._outcomes("needs")

    def _outcomes(self, key: str, tones: Mapping[str, str] | None = None) -> list[Bar]:
        """How many with each outcome of a measure."""
        measure = MEASURES[key]
        of = self.now.of(key)
        return [
            Bar(
                words,
                n := self.now.of(key, outcome),
                of,
                self.links.to(key, outcome=outcome),
                percent(Rate(n, of)),
                (tones or {}).get(outcome, ""),
            )
            for outcome, words in measure.outcomes.items()
        ]

    def _reasons(self, key: str, outcome: str) -> list[Bar]:
        """The most frequent reasons, and the others together."""
        found = self.now.reasons(key, outcome)
        of = sum(found.values())
        bars = [
            Bar(
                self.need_types.get(reason, reason) or "No reason recorded",
                n,
                of,
                self.links.to(key, outcome=outcome, reason=reason),
            )
            for reason, n in list(found.items())[:MOST_REASONS]
        ]
        rest = of - sum(bar.n for bar in bars)
        if rest:
            bars.append(Bar("Other reasons", rest, of, self.links.to(key, outcome=outcome)))
        return bars

    def questions(self) -> list[Said]:
        return [self._said(MEASURES[key]) for key in ("as_expected", "as_promised", "met")]

    def _said(self, measure: Measure) -> Said:
        rate = measure.rate(self.now)
        return Said(
            measure.name,
            rate,
            percent(rate),
            self.links.to(measure.key, outcome="yes"),
            rate.of - rate.hits,
            self.links.to(measure.key, outcome="no"),
        )

    def needs(self) -> list[KindOfNeed]:
        """Kinds of need with how many were met, unmet and missed; the most missed first."""
        found = {outcome: self.now.reasons("needs", outcome) for outcome in NEED_OUTCOMES}
        kinds = {kind for reasons in found.values() for kind in reasons}
        rows = [
            KindOfNeed(
                self.need_types.get(kind, kind),
                [
                    (
                        found[outcome].get(kind, 0),
                        self.links.to("needs", outcome=outcome, reason=kind),
                        outcome,
                    )
                    for outcome in NEED_OUTCOMES
                ],
            )
            for kind in kinds
        ]
        return sorted(rows, key=lambda row: (-row.cells[2][0], -row.cells[1][0], row.name))

    def yardsticks(self) -> list[Yardstick]:
        return [
            yardstick("promises", "Promises", self.now, self.links),
            yardstick("requests", "Requests", self.now, self.links),
        ]

    # --- Cohorts and movement -----------------------------------------------------------------

    def cohort_table(self) -> list[CohortRow]:
        """The last twelve cohorts that anybody joined."""
        until = month_of(self.filters.period.last)
        first = shift(until, 1 - COHORTS)
        rows = []
        for found in cohorts(self.scope, first=first, last=until, until=until):
            name = f"{found.month:%Y-%m}"
            cells = [
                (
                    f"{100 * kept / found.size:.0f}",
                    str(heat(kept, found.size)),
                    self.links.to("cohort", cohort=name, months=after),
                    f"{kept:,} of {found.size:,}",
                )
                for after, kept in enumerate(found.kept)
                if found.size
            ]
            if cells:
                address = self.links.to("cohort", cohort=name)
                rows.append(CohortRow(found.month, f"{found.size:,}", address, cells))
        return rows

    @property
    def cohort_columns(self) -> list[str]:
        return [str(month) for month in range(COHORTS)]

    def movement(self) -> Chart:
        period = self.filters.period
        by_month = is_by_month(period)
        found = series(self.scope, tallies=("came", "lost"), period=period, by_month=by_month)
        return movement(found, period, self.links)


def heat(kept: int, size: int) -> int:
    """0 to 10 for half to all; what is below half is as pale as half."""
    return max(0, min(10, round((100 * kept / size - 50) / 5)))
