"""Which days does a figure speak of, and from which roll-up rows is it summed?"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from insights.models import Grain

DAY: Final = timedelta(days=1)
BEGINNING: Final = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """Roll-up rows of one grain whose start lies from `first` to `last`, both included."""

    grain: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return midnight(self.last + DAY)

    def previous(self) -> Period:
        """As many days directly before; whole months before whole months."""
        last = self.first - DAY
        if self.first == month_of(self.first) and self.last == month_end(self.last):
            months = months_between(month_of(self.first), month_of(self.last)) + 1
            return Period(shift(self.first, -months), last)
        return Period(last - (self.days - 1) * DAY, last)

    def pieces(self) -> list[Piece]:
        """The fewest roll-up rows that add up to it: whole months, and days at the edges."""
        whole_first = self.first if self.first.day == 1 else shift(month_of(self.first), 1)
        whole_end = month_of(self.last + DAY)
        if whole_first >= whole_end:
            return [Piece(Grain.DAY, self.first, self.last)]
        pieces = [Piece(Grain.MONTH, whole_first, whole_end - DAY)]
        if self.first < whole_first:
            pieces.append(Piece(Grain.DAY, self.first, whole_first - DAY))
        if whole_end <= self.last:
            pieces.append(Piece(Grain.DAY, whole_end, self.last))
        return pieces


def before(day: date) -> Period:
    """Everything that ever was until the evening before `day`."""
    return Period(BEGINNING, day - DAY)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def month_of(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def shift(month: date, months: int) -> date:
    """The first day of the month that lies `months` later, or earlier when negative."""
    year, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from `first` to `last`, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = shift(month, 1)


PRESETS: Final = {
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "month": "This month",
    "last-month": "Last month",
    "12m": "12 months",
}
DEFAULT_PRESET: Final = "30d"


def preset(name: str, *, today: date) -> Period:
    """The days that a preset means today; KeyError when there is no such preset."""
    month = month_of(today)
    return {
        "7d": Period(today - 6 * DAY, today),
        "30d": Period(today - 29 * DAY, today),
        "90d": Period(today - 89 * DAY, today),
        "month": Period(month, today),
        "last-month": Period(shift(month, -1), month - DAY),
        "12m": Period(shift(month, -11), today),
    }[name]
