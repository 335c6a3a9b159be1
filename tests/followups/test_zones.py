"""All IANA zones, every hour of two years: never a call outside the law at the customer's place.

The oracle reads the country's file and the holidays itself, and walks local clocks in quarters of
an hour; it asks nothing of what it judges. `ZONES=all` takes every zone and hour (docs/lawful.md);
without it, the zones with the oddest clocks and the hours around each change of the clock.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
import numpy as np
import pytest

from customers.lawful.book import FOLDER
from followups.grounds import ALLOWING, Facts, Reach, Rule, Word
from followups.permission import permission

START = datetime(2026, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
DAYS = 2 * 365
QUARTERS = DAYS * 24 * 4
BEYOND = 30 * 24 * 4  # what the last hours may wait for
NOWHERE = "+80012345678"  # tells of no place
WINDOW = (time(9), time(20))
PLACES = (("GB", "GB-SCT"), ("US", "US-TX"), ("US", "US-RI"), ("US", "US-NY"), ("FR", ""))
ODD = (
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll"),
    *("Asia/Gaza", "Africa/Casablanca", "America/St_Johns", "Pacific/Chatham", "Asia/Kathmandu"),
    *("Pacific/Apia", "America/Nuuk", "Pacific/Kiritimati"),
)


def offsets(zone: str) -> np.ndarray[Any, Any]:
    """Minutes from UTC at each quarter of an hour; hours without a change are looked at once."""
    place = ZoneInfo(zone)

    def at(quarter: int) -> int:
        found = (START + quarter * QUARTER).astimezone(place).utcoffset()
        assert found is not None
        return int(found.total_seconds()) // 60

    hourly = [at(quarter) for quarter in range(0, QUARTERS + BEYOND + 4, 4)]
    found = np.repeat(np.array(hourly[:-1]), 4)
    for hour in range(len(hourly) - 1):
        if hourly[hour] != hourly[hour + 1]:
            found[4 * hour : 4 * hour + 4] = [at(4 * hour + part) for part in range(4)]
    return found


@cache
def told(country: str) -> dict[str, Any]:
    files = [tomllib.loads(path.read_text()) for path in FOLDER.glob("*.toml")]
    by_country: dict[str, dict[str, Any]] = {file["country"]: file for file in files}
    return by_country.get(country, by_country["*"])


@cache
def minutes_by_weekday(country: str, region: str) -> list[tuple[int, int]]:
    """From which minute of the day to which, Monday first; (0, 0) on a day without calls."""
    file = told(country)
    hours = file.get("regions", {}).get(region, {}).get("hours") or file["hours"]
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    found = []
    for place, name in enumerate(names):
        says = hours.get(name) or hours.get("every_day")
        says = says or (hours.get("monday_to_friday") if place < 5 else None)
        says = says or (hours.get("monday_to_saturday") if place < 6 else None)
        if says == "none":
            found.append((0, 0))
            continue
        start, end = (int(part[:2]) * 60 + int(part[3:]) for part in str(says).split("-"))
        found.append((max(start, WINDOW[0].hour * 60), min(end, WINDOW[1].hour * 60)))
    return found


def lawful(zone_offsets: np.ndarray[Any, Any], country: str, region: str) -> np.ndarray[Any, Any]:
    """For each quarter of an hour whether a call is lawful by that place's clock."""
    utc = np.arange(len(zone_offsets)) * 15
    local = utc + zone_offsets
    day, minute = np.floor_divide(local, 1440), np.mod(local, 1440)
    weekday = np.mod(day + START.weekday(), 7)
    spans = np.array(minutes_by_weekday(country, region))
    calendar = holidays.country_holidays(country, subdiv=region[3:] or None)
    first = date(2025, 12, 30)
    rests = np.array([first + timedelta(days=n) in calendar for n in range(DAYS + 60)])
    is_rest = rests[day - (first - START.date()).days]
    is_open: np.ndarray[Any, Any] = (
        (minute >= spans[weekday, 0]) & (minute < spans[weekday, 1]) & ~is_rest
    )
    return is_open


def facts(zone: str, country: str, region: str) -> Facts:
    return Facts(
        attempts_made=0,
        max_attempts=1,
        lapses_at=START + timedelta(days=DAYS + 60),
        window_start=WINDOW[0],
        window_end=WINDOW[1],
        country=country,
        region=region,
        time_zone=zone,
        reaches={"voice": Reach(NOWHERE, 1)},
        words={"voice": Word(is_granted=True, at=START)},
    )


def hours_around_changes(zone_offsets: np.ndarray[Any, Any]) -> Iterator[int]:
    """Every 97th hour, and the day around each change of the clock."""
    hours = QUARTERS // 4
    yield from range(0, hours, 97)
    for quarter in np.flatnonzero(np.diff(zone_offsets)):
        yield from range(max(int(quarter) // 4 - 12, 0), min(int(quarter) // 4 + 12, hours))


def faults_of(
    zone: str, known: np.ndarray[Any, Any], country: str, region: str, *, every_hour: bool
) -> list[str]:
    """Hours at which the rules say otherwise than the oracle, or pass a lawful moment over."""
    is_open = lawful(known, country, region)
    ahead = np.where(is_open, np.arange(len(is_open)), len(is_open))
    first_open = np.minimum.accumulate(ahead[::-1])[::-1]
    asked, found = facts(zone, country, region), []
    hours = range(QUARTERS // 4) if every_hour else hours_around_changes(known)
    for hour in hours:
        at = START + timedelta(hours=hour)
        decided = permission(asked, at=at)
        expected = START + int(first_open[4 * hour]) * QUARTER
        if decided.rule in ALLOWING:
            wrong = expected != at
        else:
            waits = decided.rule in {Rule.OUTSIDE_HOURS, Rule.PUBLIC_HOLIDAY}
            wrong = not waits or decided.until != expected or expected == at
        if wrong:
            found.append(f"{zone} {country} {region} {at}: {decided}, expected {expected}")
    return found


@pytest.mark.slow
def test_never_outside_the_law_and_never_a_lawful_moment_passed_over() -> None:
    every = os.environ.get("ZONES") == "all"
    clocks: dict[bytes, tuple[str, np.ndarray[Any, Any]]] = {}
    for zone in sorted(available_timezones()) if every else ODD:
        known = offsets(zone)
        # Zones that show the same time at each quarter of an hour are one clock.
        clocks.setdefault(known.tobytes(), (zone, known))
    faults: list[str] = []
    for number, (zone, known) in enumerate(clocks.values()):
        for country, region in PLACES if every else [PLACES[number % len(PLACES)]]:
            faults += faults_of(zone, known, country, region, every_hour=every)
    assert faults == []
    assert len(clocks) == len(ODD) or len(clocks) > 50
