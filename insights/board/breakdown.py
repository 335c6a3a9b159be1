"""Of what do the figures consist: by outcome, by reason, by kind of need?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from insights.figures import Sums
from insights.links import Links
from insights.measures import MEASURES, Measure, Rate
from insights.wording import percent

MOST_REASONS: Final = 6
NEED_OUTCOMES: Final = ("met", "unmet", "missed")


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
class Breakdown:
    """Lists of bars of one period, each with the way to its records."""

    now: Sums
    links: Links
    need_types: Mapping[str, str]

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
