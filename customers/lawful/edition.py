"""How are one country's rules kept in memory, and how are its hours said?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Final

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Span = tuple[time, time]
Week = tuple[Span | None, ...]  # Monday first; None: nobody is called on that day


@dataclass(frozen=True, slots=True)
class Source:
    text: str
    where: str
    read: str


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as people read it: what it is about, what it says, and who says so."""

    about: str
    says: str
    source: Source


@dataclass(frozen=True, slots=True)
class Register:
    """A public list of numbers; `concerns`: for which purposes it forbids calls."""

    code: str
    name: str
    concerns: frozenset[str]
    longest_age: timedelta

    @property
    def layer(self) -> str:
        """By which its numbers stand among those that are not called."""
        return f"register:{self.code}"


@dataclass(frozen=True, slots=True)
class Region:
    """Where a part of a country differs from the rest; None is as in the country."""

    code: str
    name: str
    area_codes: tuple[str, ...]
    week: Week | None
    adult_years: int | None
    has_no_holiday_calls: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class Edition:
    """One country's rules from a day on. `version` names the exact content of the file."""

    country: str
    name: str
    valid_from: date
    version: str
    adult_years: int
    week: Week
    calendar: str
    rests_on_holidays: bool
    needs_consent: Mapping[str, bool]
    most_attempts: int
    most_a_day: int
    gaps: Mapping[str, timedelta]
    layers: Mapping[str, frozenset[str]]
    registers: Mapping[str, Register]
    regions: Mapping[str, Region]
    lines: tuple[Line, ...] = field(default=())


def common(first: Week, second: Week) -> Week:
    """The hours that stand in both."""
    return tuple(
        (max(one[0], other[0]), min(one[1], other[1]))
        if one and other and max(one[0], other[0]) < min(one[1], other[1])
        else None
        for one, other in zip(first, second, strict=True)
    )


def within(inner: Week, outer: Week) -> bool:
    """Whether no hour of the first is outside of the second."""
    return common(inner, outer) == inner


def week_in_words(week: Week) -> str:
    """Monday to Friday 10:00 to 18:00; Saturday 10:00 to 17:00; Sunday nobody."""
    runs: list[tuple[int, int]] = []
    for day in range(7):
        if runs and week[runs[-1][0]] == week[day]:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return "; ".join(f"{_days(first, last)} {_span(week[first])}" for first, last in runs) + "."


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return "Every day"
    name = DAYS[first].title()
    return name if first == last else f"{name} to {DAYS[last].title()}"


def _span(span: Span | None) -> str:
    return f"{span[0]:%H:%M} to {span[1]:%H:%M}" if span else "nobody is called"
