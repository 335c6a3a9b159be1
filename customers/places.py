"""At what hours may somebody be called at the place, or every place, where the phone may ring?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

from customers.lawful import REST, law_at, place_of_number

EARLIEST, LATEST = time(8), time(21)  # whatever the place; customers.lawful has the rest
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


@dataclass(frozen=True, slots=True)
class Place:
    """A clock, and whose rules hold there: country (ISO 3166-1) and region (ISO 3166-2).

    Without a country no rules hold but the hours of the day.
    """

    zone: ZoneInfo
    country: str = ""
    region: str = ""

    def span(self, day: date) -> tuple[time, time] | None:
        """From when until before when somebody may be called there on that day."""
        if not self.country:
            return EARLIEST, LATEST
        return law_at(self.country, self.region, day).span(day)


def candidate_places(*, country: str, region: str, time_zone: str, phone: str) -> tuple[Place, ...]:
    """Where it may ring, with the rules of each place: the address first, then the number.

    Where the address tells no clock, its rules hold by the clocks of the number.
    """
    told = place_of_number(phone[:5])
    return _places(country, region, time_zone, zones_of_number(phone), told)


@lru_cache(maxsize=65536)
def _places(
    country: str, region: str, time_zone: str, numbered: tuple[str, ...], told: tuple[str, str]
) -> tuple[Place, ...]:
    own, by_number = zone(time_zone), apart(numbered)
    places = [Place(one, country, region) for one in ((own,) if own else by_number)]
    # The rest of a country is never stricter than a region of it, so that one clock is enough.
    is_covered = told in {(country, region), (country, REST)}
    places.extend(
        Place(one, *told)
        for one in (by_number if told[0] else ())
        if not (is_covered and own and len(apart((time_zone, str(one)))) == 1)
    )
    return tuple(dict.fromkeys(places))


@dataclass(frozen=True, slots=True, eq=False)
class CallingHours:
    """From `start` until before `end`, local time, and lawful, in every one of `places` at once.

    `places[0]` is the customer's address, where it is known. Two of them are never equal: what
    was found for one is kept under its identity, which costs less than comparing places.
    """

    places: tuple[Place, ...]
    start: time
    end: time

    @property
    def zones(self) -> tuple[ZoneInfo, ...]:
        """The clocks of its places."""
        return tuple(place.zone for place in self.places)

    def is_holiday(self, at: datetime) -> bool:
        """Whether a place rests at that moment that would be called on such a weekday."""
        return any(_rests(place, at.astimezone(place.zone).date()) for place in self.places)

    def is_open(self, at: datetime) -> bool:
        return self._next_start(at) is None

    def opening(self, at: datetime) -> datetime | None:
        """The first moment from `at` on at which a call is lawful everywhere; None in 3 weeks."""
        return _opening(self, at)

    def _next_start(self, at: datetime) -> datetime | None:
        """The latest of the places' next starts; None when all are open at that moment."""
        starts = [
            start for place in self.places if (start := self._start_in(place, at)) is not None
        ]
        return max(starts, default=None)

    def _start_in(self, place: Place, at: datetime) -> datetime | None:
        local = at.astimezone(place.zone)
        day, clock = local.date(), local.time()
        span = self._span(place, day)
        if span and span[0] <= clock < span[1]:
            return None
        if span is None or clock >= span[1]:
            day, span = self._next_day(place, day)
        if span is None:
            return at + LONGEST_SEARCH + STEP
        start = datetime.combine(day, span[0], tzinfo=place.zone).astimezone(UTC)
        return start if start > at else at + STEP

    def _next_day(self, place: Place, day: date) -> tuple[date, tuple[time, time] | None]:
        for _ in range(LONGEST_SEARCH.days + 1):
            day += timedelta(days=1)
            if span := self._span(place, day):
                return day, span
        return day, None

    def _span(self, place: Place, day: date) -> tuple[time, time] | None:
        lawful = place.span(day)
        if lawful is None:
            return None
        begins, ends = max(self.start, EARLIEST, lawful[0]), min(self.end, LATEST, lawful[1])
        return (begins, ends) if begins < ends else None


@lru_cache(maxsize=8192)
def _opening(hours: CallingHours, at: datetime) -> datetime | None:
    moment, limit = at, at + LONGEST_SEARCH
    while moment <= limit:
        later = hours._next_start(moment)
        if later is None:
            return moment
        moment = later
    return None


def _rests(place: Place, day: date) -> bool:
    return bool(place.country) and law_at(place.country, place.region, day).is_holiday(day)
