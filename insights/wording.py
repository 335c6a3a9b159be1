"""How is a figure written, and how its change against the days before?"""

from __future__ import annotations

from dataclasses import dataclass

from insights.measures import Rate


@dataclass(frozen=True, slots=True)
class Delta:
    """How a figure moved against the period before, in words, and whether that is good."""

    words: str
    icon: str
    tone: str


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


def fewer_is_better(now: int, then: int) -> Delta:
    change = now - then
    if not change:
        return Delta("as many as before", "minus", "")
    if change > 0:
        return Delta(f"{change:,} more", "trending-up", "bad")
    return Delta(f"{-change:,} fewer", "trending-down", "good")
