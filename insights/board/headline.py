"""Which six figures stand at the top, and how did they move?"""

from __future__ import annotations

from dataclasses import dataclass

from insights.figures import Sums
from insights.links import Links
from insights.measures import MEASURES, Rate
from insights.wording import Delta, fewer_is_better, percent, points
from insights.yardstick import yardstick


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


def net_promoters(total: Sums) -> float | None:
    answers = total.of("nps")
    if not answers:
        return None
    return 100 * (total.of("nps", "promoter") - total.of("nps", "detractor")) / answers


@dataclass(frozen=True, slots=True)
class Headline:
    """The period and the one before it, with how many were customers when each began."""

    now: Sums
    then: Sums
    at_start: int
    then_at_start: int
    links: Links
    is_counting: bool

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
        now = Rate(self.at_start - self.now.of("lost_since"), self.at_start)
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
