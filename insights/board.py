"""What does the retention page show? Figures in words, with the way to their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from accounts.models import User
from insights.figures import Scope, Sums, cohorts, series, sums
from insights.measures import MEASURES, Filters, Measure, Rate
from insights.periods import DAY, Period, month_of, months, shift

COHORTS: Final = 12
CHART_DAYS: Final = 45  # up to so many days the chart has a bar a day, then a bar a month
MOST_REASONS: Final = 6
GOOD_SHARE, FAIR_SHARE = 90.0, 75.0  # in time by the customer's own expectation, per cent


@dataclass(frozen=True, slots=True)
class Links:
    """The way from a figure to its records, with the page's own filters."""

    root: str
    query: tuple[tuple[str, str], ...]

    @classmethod
    def for_filters(cls, filters: Filters, *, root: str) -> Links:
        period = filters.period
        query = [("start", period.first.isoformat()), ("end", period.last.isoformat())]
        query += [("team", str(filters.team_id))] if filters.team_id else []
        query += [("product", str(filters.product_id))] if filters.product_id else []
        return cls(root, tuple(query))

    def to(self, key: str, **part: Any) -> str:
        pairs = [(name, value) for name, value in part.items() if value is not None]
        return f"{self.root}{key}/?{urlencode([*self.query, *pairs])}"


@dataclass(frozen=True, slots=True)
class Delta:
    """How a figure moved against the period before, in words, and whether that is good."""

    words: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    figure: str
    address: str
    note: str = ""
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


def percent(rate: Rate) -> str:
    value = rate.percent
    if value is None:
        return "–"
    # Never round up to "all" or down to "none" while somebody is on the other side.
    if (value > 99.95 and rate.hits < rate.of) or 0 < value < 0.05:
        return f"{value:.2f} %"
    return f"{value:.1f} %".replace(".0 %", " %")


def points(now: float | None, then: float | None, *, more_is_better: bool | None) -> Delta | None:
    if now is None or then is None:
        return None
    change = now - then
    if abs(change) < 0.05:
        return Delta("unchanged", "minus", "")
    tone = "" if more_is_better is None else "good" if (change > 0) == more_is_better else "bad"
    icon = "trending-up" if change > 0 else "trending-down"
    return Delta(f"{abs(change):.1f} points {'up' if change > 0 else 'down'}", icon, tone)


def net_promoters(total: Sums) -> float | None:
    answers = total.of("nps")
    if not answers:
        return None
    return 100 * (total.of("nps", "promoter") - total.of("nps", "detractor")) / answers


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The same promises by our date and by the customer's expectation, side by side."""

    name: str
    ours: Rate
    theirs: Rate
    unknown: int
    key: str
    ours_address: str
    late_address: str
    unknown_address: str

    @property
    def tone(self) -> str:
        """Judged by the customers' yardstick alone: ours cannot make it green."""
        share = self.theirs.percent
        if share is None:
            return ""
        return "good" if share >= GOOD_SHARE else "warn" if share >= FAIR_SHARE else "bad"

    @property
    def words(self) -> str:
        return {
            "good": "In time for customers",
            "warn": "Often too late for customers",
            "bad": "Too late for customers",
            "": "Nobody was asked yet",
        }[self.tone]

    @property
    def icon(self) -> str:
        return {"good": "circle-check", "": "help"}.get(self.tone, "alert-triangle")

    @property
    def ours_percent(self) -> str:
        return percent(self.ours)

    @property
    def theirs_percent(self) -> str:
        return percent(self.theirs)

    @property
    def late(self) -> int:
        return self.theirs.of - self.theirs.hits


def yardstick(key: str, name: str, total: Sums, links: Links) -> Yardstick:
    beside = total.reasons(key, "kept", "broken")
    in_time, late = beside.get("in_time", 0), beside.get("late", 0)
    return Yardstick(
        name=name,
        ours=MEASURES[key].rate(total),
        theirs=Rate(in_time, in_time + late),
        unknown=beside.get("not_known", 0),
        key=key,
        ours_address=links.to(key, outcome="kept"),
        late_address=links.to(key, reason="late"),
        unknown_address=links.to(key, reason="not_known"),
    )


@dataclass(slots=True)
class Board:
    """All figures of the page, from at most three statements."""

    user: User
    filters: Filters
    links: Links
    need_types: Mapping[str, str]
    now: Sums = field(init=False)
    then: Sums = field(init=False)
    at_start: int = field(init=False)
    then_at_start: int = field(init=False)
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        filters = self.filters
        self.scope = Scope.of(self.user, team_id=filters.team_id, product_id=filters.product_id)
        before = filters.period.previous()
        found = sums(self.scope, {"now": filters.period, "then": before})
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
        change = now - then
        delta = Delta("as many as before", "minus", "")
        if change:
            words = f"{abs(change):,} {'more' if change > 0 else 'fewer'}"
            icon = "trending-up" if change > 0 else "trending-down"
            delta = Delta(words, icon, "bad" if change > 0 else "good")
        return Tile(
            label="Customers lost",
            figure=f"{now:,}",
            small=f"{self.now.of('came'):,} came",
            address=self.links.to("lost"),
            delta=delta,
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

    def questions(self) -> list[dict[str, Any]]:
        return [self._question(MEASURES[key]) for key in ("as_expected", "as_promised", "met")]

    def _question(self, measure: Measure) -> dict[str, Any]:
        now, then = measure.rate(self.now), measure.rate(self.then)
        return {
            "name": measure.name,
            "rate": now,
            "percent": percent(now),
            "address": self.links.to(measure.key, outcome="yes"),
            "no": now.of - now.hits,
            "no_address": self.links.to(measure.key, outcome="no"),
            "delta": points(now.percent, then.percent, more_is_better=True),
        }

    def needs(self) -> list[dict[str, Any]]:
        """Kinds of need with how many were met, unmet and missed; the most missed first."""
        outcomes = {outcome: self.now.reasons("needs", outcome) for outcome in NEED_OUTCOMES}
        kinds = {kind for reasons in outcomes.values() for kind in reasons}
        rows = [
            {
                "name": self.need_types.get(kind, kind),
                "met": outcomes["met"].get(kind, 0),
                "of": sum(reasons.get(kind, 0) for reasons in outcomes.values()),
                "cells": [
                    (
                        outcomes[outcome].get(kind, 0),
                        self.links.to("needs", outcome=outcome, reason=kind),
                        outcome,
                    )
                    for outcome in NEED_OUTCOMES
                ],
            }
            for kind in kinds
        ]
        rows.sort(key=lambda row: (-row["cells"][2][0], -row["cells"][1][0], row["name"]))
        return rows

    def yardsticks(self) -> list[Yardstick]:
        return [
            yardstick("promises", "Promises", self.now, self.links),
            yardstick("requests", "Requests", self.now, self.links),
        ]

    # --- Cohorts and movement -----------------------------------------------------------------

    def cohort_table(self) -> dict[str, Any]:
        until = month_of(self.filters.period.last)
        first = shift(until, 1 - COHORTS)
        rows = []
        for found in cohorts(self.scope, first=first, last=until, until=until):
            name = f"{found.month:%Y-%m}"
            cells = [
                (
                    f"{100 * kept / found.size:.0f}",
                    heat(kept, found.size),
                    self.links.to("cohort", cohort=name, months=after),
                    f"{kept:,} of {found.size:,}",
                )
                for after, kept in enumerate(found.kept)
                if found.size
            ]
            rows.append(
                {
                    "month": found.month,
                    "size": found.size,
                    "address": self.links.to("cohort", cohort=name),
                    "cells": cells,
                    "rest": range(COHORTS - len(cells)),
                }
            )
        return {"rows": rows, "columns": range(COHORTS), "has_any": any(r["size"] for r in rows)}

    def movement(self) -> dict[str, Any]:
        period = self.filters.period
        by_month = period.days > CHART_DAYS
        found = series(self.scope, tallies=("came", "lost"), period=period, by_month=by_month)
        buckets = [
            (
                at,
                found[at].of("came") if at in found else 0,
                found[at].of("lost") if at in found else 0,
            )
            for at in _buckets(period, by_month=by_month)
        ]
        return chart(buckets, self.filters, self.links, by_month=by_month)


NEED_OUTCOMES: Final = ("met", "unmet", "missed")
WIDTH, MIDDLE, REACH = 640, 76, 66  # of the chart, in its own units


def heat(kept: int, size: int) -> int:
    """0 to 10 for half to all; what is below half is as pale as half."""
    return max(0, min(10, round((100 * kept / size - 50) / 5)))


def _buckets(period: Period, *, by_month: bool) -> Iterable[date]:
    if by_month:
        return months(period.first, period.last)
    return (period.first + n * DAY for n in range(period.days))


def chart(
    buckets: list[tuple[date, int, int]], filters: Filters, links: Links, *, by_month: bool
) -> dict[str, Any]:
    """Bars up for those who came, down for those lost, and the same as a table."""
    most = max([1, *(n for _, came, lost in buckets for n in (came, lost))])
    step = WIDTH / max(len(buckets), 1)
    every = max(1, -(-len(buckets) // 8))
    bars = []
    for place, (at, came, lost) in enumerate(buckets):
        days = _days_of(at, filters.period, by_month=by_month)
        narrow = Links(links.root, (*_dates(days), *links.query[2:]))
        label = f"{at:%b %Y}" if by_month else f"{at.day} {at:%b}"
        bars.append(
            {
                "label": label,
                "axis": label if place % every == 0 else "",
                "x": round(place * step + step * 0.15, 1),
                "middle": round((place + 0.5) * step, 1),
                "width": round(step * 0.7, 1),
                "came": came,
                "came_height": round(REACH * came / most, 1),
                "came_y": round(MIDDLE - REACH * came / most, 1),
                "came_address": narrow.to("came"),
                "lost": lost,
                "lost_height": round(REACH * lost / most, 1),
                "lost_address": narrow.to("lost"),
            }
        )
    return {"bars": bars, "most": most, "by_month": by_month, "middle": MIDDLE, "width": WIDTH}


def _days_of(at: date, period: Period, *, by_month: bool) -> Period:
    if not by_month:
        return Period(at, at)
    return Period(max(at, period.first), min(shift(at, 1) - DAY, period.last))


def _dates(period: Period) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("start", period.first.isoformat()), ("end", period.last.isoformat())
