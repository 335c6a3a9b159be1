"""Did we keep our word in time for the customer, and not only by our own date?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from insights.figures import Sums
from insights.links import Links
from insights.measures import MEASURES, Rate
from insights.wording import percent

GOOD_SHARE, FAIR_SHARE = 90.0, 75.0  # in time by the customer's own expectation, per cent
WORDS: Final = {
    "good": "In time for customers",
    "warn": "Often too late for customers",
    "bad": "Too late for customers",
    "": "Nobody was asked yet",
}
ICONS: Final = {
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-triangle",
    "": "help",
}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The same promises by our date and by the customer's expectation, side by side."""

    name: str
    ours: Rate
    theirs: Rate
    unknown: int
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
        return WORDS[self.tone]

    @property
    def icon(self) -> str:
        return ICONS[self.tone]

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
        ours_address=links.to(key, outcome="kept"),
        late_address=links.to(key, reason="late"),
        unknown_address=links.to(key, reason="not_known"),
    )
