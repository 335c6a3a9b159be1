"""Is the base growing or leaking? Bars up for those who came, down for those who were lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from insights.figures import Sums
from insights.links import Links
from insights.periods import DAY, Period, months, shift

CHART_DAYS: Final = 45  # up to so many days a bar is a day, then it is a month
WIDTH, TOP, HEIGHT = 400, 10, 132  # of the bars, in the units of the drawing
MOST_LABELS: Final = 6


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One day or month: its place in the drawing and its figures with their records.

    All as text, the way it stands in the page; no address where there is nothing to open.
    """

    label: str
    axis: str
    x: str
    middle: str
    width: str
    came: str
    came_y: str
    came_height: str
    came_address: str
    lost: str
    lost_height: str
    lost_address: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[ChartBar]
    by_month: bool
    middle: str
    width: str = str(WIDTH)


def is_by_month(period: Period) -> bool:
    return period.days > CHART_DAYS


def movement(found: Mapping[date, Sums], period: Period, links: Links) -> Chart:
    """The chart of the period from its sums by day or month.

    Up and down share one scale and the height: where nobody was lost, those who came have it all.
    """
    starts = list(_starts(period))
    sums = [found.get(at, Sums()) for at in starts]
    most_came, most_lost = (max(sum_.of(key) for sum_ in sums) for key in ("came", "lost"))
    unit = HEIGHT / max(most_came + most_lost, 1)
    middle = TOP + unit * most_came if most_came or most_lost else TOP + HEIGHT / 2
    step = WIDTH / len(starts)
    every = -(-len(starts) // MOST_LABELS)
    bars = []
    for place, (at, sum_) in enumerate(zip(starts, sums, strict=True)):
        label = f"{at:%b %Y}" if is_by_month(period) else f"{at.day} {at:%b}"
        narrow = links.on(_days_of(at, period))
        came, lost = sum_.of("came"), sum_.of("lost")
        bars.append(
            ChartBar(
                label=label,
                axis=label if place % every == 0 else "",
                x=f"{place * step + step * 0.15:.1f}",
                middle=f"{(place + 0.5) * step:.1f}",
                width=f"{step * 0.7:.1f}",
                came=f"{came:,}",
                came_y=f"{middle - unit * came:.1f}",
                came_height=f"{unit * came:.1f}",
                came_address=narrow.to("came") if came else "",
                lost=f"{lost:,}",
                lost_height=f"{unit * lost:.1f}",
                lost_address=narrow.to("lost") if lost else "",
            )
        )
    return Chart(bars, is_by_month(period), f"{middle:.1f}")


def _starts(period: Period) -> Iterable[date]:
    if is_by_month(period):
        return months(period.first, period.last)
    return (period.first + n * DAY for n in range(period.days))


def _days_of(at: date, period: Period) -> Period:
    if not is_by_month(period):
        return Period(at, at)
    return Period(max(at, period.first), min(shift(at, 1) - DAY, period.last))
