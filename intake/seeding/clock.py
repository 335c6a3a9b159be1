"""How does the seeded past tell the time? In whole seconds since 1970, rendered once for a cell.

Millions of moments are written: reckoning and rendering them as datetimes takes five times as
long.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
LONDON: Final = ZoneInfo("Europe/London")
OPENS, CLOSES = 8, 18  # o'clock
FRIDAY: Final = 4
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()  # a Thursday
_MINUTES: Final = tuple(f" {hour:02d}:{minute:02d}:" for hour in range(24) for minute in range(60))
_SECONDS: Final = tuple(f"{second:02d}+00" for second in range(60))


def second_of(moment: datetime) -> int:
    return int(moment.timestamp())


def moment_of(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def second_on(day: date, hour: int) -> int:
    """That hour of the day in UTC."""
    return (day.toordinal() - _FIRST_DAY) * DAY + hour * HOUR


def stamp(second: int) -> str:
    """The moment as PostgreSQL reads it."""
    minutes, rest = divmod(second, MINUTE)
    return day_text(second // DAY) + _MINUTES[minutes % 1440] + _SECONDS[rest]


def stamp_or_none(second: int | None) -> str | None:
    return None if second is None else stamp(second)


def day_of(second: int) -> str:
    """The day in UTC as PostgreSQL reads it."""
    return day_text(second // DAY)


@cache
def day_text(number: int) -> str:
    return date.fromordinal(number + _FIRST_DAY).isoformat()


@cache
def opening(number: int) -> int:
    """When the bank opens on that day, or on the Friday before a weekend."""
    number -= max((number + 3) % 7 - FRIDAY, 0)
    local = datetime.combine(date.fromordinal(number + _FIRST_DAY), time(OPENS), tzinfo=LONDON)
    return second_of(local.astimezone(UTC))


def at_work(second: int) -> int:
    """That moment, or nine o'clock after it when nobody is at work."""
    day, hour = second // DAY, second % DAY // HOUR
    if OPENS <= hour < CLOSES:
        return second
    return (day + hour // CLOSES) * DAY + 9 * HOUR
