"""On which working day, and from when, is somebody asked? Pure; days and clocks of their place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from customers.lawful.dated import NoCalendar, calendar_of, is_holiday

ONE_DAY: Final = timedelta(days=1)
SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})
LONGEST_REST: Final = 30  # days; no country rests longer, so that a mistake in a calendar ends


def is_working_day(day: date, *, country: str, region: str = "") -> bool:
    """Neither a weekend nor a public holiday there; where no calendar is known, no weekend."""
    try:
        weekend = frozenset(calendar_of(country, region).weekend)
    except NoCalendar:
        weekend = SATURDAY_AND_SUNDAY
    return day.weekday() not in weekend and not is_holiday(country, region, day)


def asked_from(
    closed_at: datetime,
    *,
    working_days: int,
    opens: time,
    closes: time,
    place: ZoneInfo,
    country: str,
    region: str = "",
) -> datetime:
    """The first moment on the n-th working day after the contact, in UTC, never before it closed.

    With 0 the same day counts, while it is a working day and not past `closes`.
    """
    local = closed_at.astimezone(place)
    day, left = local.date(), working_days
    if left == 0:
        if is_working_day(day, country=country, region=region) and local.time() < closes:
            return max(closed_at, _at(day, opens, place)).astimezone(UTC)
        left = 1
    for _ in range(LONGEST_REST * left):
        day += ONE_DAY
        left -= is_working_day(day, country=country, region=region)
        if left == 0:
            break
    return _at(day, opens, place)


def _at(day: date, clock: time, place: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=place).astimezone(UTC)
