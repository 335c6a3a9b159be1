"""Which days are public holidays of a country, or of a part of it?"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


class NoCalendar(LookupError):
    """Nobody has written down the holidays of this place."""


Calendar = holidays.HolidayBase


@lru_cache(maxsize=512)
def calendar_of(country: str, region: str = "") -> Calendar:
    """The calendar of the country, with the holidays of that part (“TX”). Raises NoCalendar."""
    try:
        return holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        raise NoCalendar(country, region) from error


@lru_cache(maxsize=16384)
def is_holiday(country: str, region: str, day: date) -> bool:
    """Whether that place rests; false where the calendar is not known."""
    try:
        return day in calendar_of(country, region)
    except NoCalendar:
        return False
