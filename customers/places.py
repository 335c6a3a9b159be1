"""At what hours may somebody be called at the place, or every place, where the phone may ring?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
import phonenumbers
from phonenumbers.timezone import time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

EARLIEST, LATEST = time(8), time(21)  # 16 CFR 310.4 (c), at the called party's place
LONGEST_SEARCH = timedelta(days=21)
STEP = timedelta(minutes=15)
UNKNOWN = "Etc/Unknown"
WEEKS = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(0, 5 * 366, 7)]
NOWHERE = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.UNKNOWN,
    }
)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=1024)
def apart(names: tuple[str, ...]) -> tuple[ZoneInfo, ...]:
    """The zones of these names whose clocks ever differ; names of no zone are left out.

    London and Jersey keep one clock, so asking one of them is enough.
    """
    found: dict[tuple[object, ...], ZoneInfo] = {}
    for name in names:
        place = zone(name)
        if place is not None:
            found.setdefault(tuple(week.astimezone(place).utcoffset() for week in WEEKS), place)
    return tuple(found.values())


@lru_cache(maxsize=512)
def _zones_of_country(digits: str) -> tuple[str, ...]:
    """All zones behind a calling code when they keep one clock; none when they do not."""
    for length in (1, 2, 3):
        if int(digits[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            names = TIMEZONE_DATA.get(digits[:length], ())
            return names if len(apart(names)) == 1 else ()
    return ()


@lru_cache(maxsize=65536)
def zones_of_number(phone: str) -> tuple[str, ...]:
    """IANA names of all zones where this E.164 number may ring; none when it tells of no place.

    A toll-free number of many zones would name them all and means none of them. A country of one
    clock needs no closer look at its numbers.
    """
    if phone[1:4].isdecimal() and (of_country := _zones_of_country(phone[1:4])):
        return of_country
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return ()
    names: tuple[str, ...] = time_zones_for_number(number)
    if len(names) > 1 and phonenumbers.number_type(number) in NOWHERE:
        return ()
    return tuple(name for name in names if name != UNKNOWN)


def candidate_zones(*, time_zone: str, phone: str) -> tuple[ZoneInfo, ...]:
    """Where it may ring: the customer's own zone first, then those of the number."""
    return apart((time_zone, *zones_of_number(phone)))


@lru_cache(maxsize=256)
def _holidays_of(country: str) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return None


@lru_cache(maxsize=8192)
def is_public_holiday(country: str, day: date) -> bool:
    """Whether the whole country rests; false for a country that the calendar does not know."""
    calendar = _holidays_of(country)
    return calendar is not None and day in calendar


@dataclass(frozen=True, slots=True)
class CallingHours:
    """From `start` until before `end`, local time, in every one of `zones` at once.

    `zones[0]` is the customer's place, whose public holidays (`country`) are kept free.
    """

    zones: tuple[ZoneInfo, ...]
    start: time
    end: time
    country: str

    def is_holiday(self, at: datetime) -> bool:
        return is_public_holiday(self.country, at.astimezone(self.zones[0]).date())

    def is_open(self, at: datetime) -> bool:
        return self._next_start(at) is None

    def opening(self, at: datetime) -> datetime | None:
        """The first moment from `at` on at which a call is lawful everywhere; None in 3 weeks."""
        moment, limit = at, at + LONGEST_SEARCH
        while moment <= limit:
            later = self._next_start(moment)
            if later is None:
                return moment
            moment = later
        return None

    def _next_start(self, at: datetime) -> datetime | None:
        """The latest of the zones' next starts; None when all are open at that moment."""
        starts = [
            start
            for place in self.zones
            if (start := self._start_in(place, at, rests=place is self.zones[0])) is not None
        ]
        return max(starts, default=None)

    def _start_in(self, place: ZoneInfo, at: datetime, *, rests: bool) -> datetime | None:
        local = at.astimezone(place)
        day = local.date()
        is_resting = rests and is_public_holiday(self.country, day)
        begins, ends = max(self.start, EARLIEST), min(self.end, LATEST)
        if not is_resting and begins <= local.time() < ends:
            return None
        if is_resting or local.time() >= ends:
            day += timedelta(days=1)
        start = datetime.combine(day, begins, tzinfo=place).astimezone(UTC)
        return start if start > at else at + STEP
