"""On which working day somebody is asked: over zones, weekends, holidays, changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followups.policies.working_time import asked_from, is_working_day

LONDON = ZoneInfo("Europe/London")
ZONES = sorted(name for name in available_timezones() if "/" in name)
TEN, FOUR = time(10), time(16)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def london(closed_at: str, working_days: int) -> datetime:
    return asked_from(
        at(closed_at),
        working_days=working_days,
        opens=TEN,
        closes=FOUR,
        place=LONDON,
        country="GB",
    )


@pytest.mark.parametrize(
    ("closed_at", "working_days", "asked_at"),
    [
        ("2026-11-23 09:00", 0, "2026-11-23 10:00"),  # a Monday, before the hours
        ("2026-11-23 12:00", 0, "2026-11-23 12:00"),  # within them
        ("2026-11-23 16:00", 0, "2026-11-24 10:00"),  # past them
        ("2026-11-27 12:00", 1, "2026-11-30 10:00"),  # over a weekend
        ("2026-11-28 12:00", 0, "2026-11-30 10:00"),  # closed on a Saturday
        ("2026-12-24 12:00", 1, "2026-12-29 10:00"),  # Christmas; Monday makes up for Boxing Day
        ("2026-03-27 12:00", 1, "2026-03-30 09:00"),  # summer time began on Sunday
        ("2026-10-23 12:00", 1, "2026-10-26 10:00"),  # and ended
        ("2026-11-23 12:00", 5, "2026-11-30 10:00"),
    ],
)
def test_the_customer_is_asked_on_a_working_day(
    closed_at: str, working_days: int, asked_at: str
) -> None:
    assert london(closed_at, working_days) == at(asked_at)


def test_a_weekend_is_that_of_the_country() -> None:
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    assert is_working_day(friday, country="GB")
    assert not is_working_day(friday, country="IL")
    assert is_working_day(sunday, country="IL")
    assert not is_working_day(sunday, country="ZZ")  # no calendar: as in most places


def test_a_part_of_a_country_keeps_its_own_holidays() -> None:
    st_andrews = date(2026, 11, 30)
    assert is_working_day(st_andrews, country="GB", region="ENG")
    assert not is_working_day(st_andrews, country="GB", region="SCT")


@settings(max_examples=300, deadline=None)
@given(
    minute=st.integers(0, 2 * 365 * 24 * 60),
    working_days=st.integers(0, 10),
    place=st.sampled_from(ZONES),
    country=st.sampled_from(["GB", "US", "DE", "IL", "IN", "AU", "ZZ"]),
    opens=st.integers(8, 19),
)
def test_everywhere_it_is_within_the_hours_of_a_working_day_and_never_before_the_contact_closed(
    minute: int, working_days: int, place: str, country: str, opens: int
) -> None:
    closed_at = at("2026-01-01 00:00") + timedelta(minutes=minute)
    zone, closes = ZoneInfo(place), time(opens + 2)
    asked_at = asked_from(
        closed_at,
        working_days=working_days,
        opens=time(opens),
        closes=closes,
        place=zone,
        country=country,
    )
    local = asked_at.astimezone(zone)
    assert asked_at >= closed_at
    assert time(opens) <= local.time() < closes
    assert is_working_day(local.date(), country=country)
    first = closed_at.astimezone(zone).date()
    between = [first + timedelta(days=n) for n in range(1, (local.date() - first).days + 1)]
    passed = sum(is_working_day(day, country=country) for day in between)
    assert passed == working_days or (working_days == 0 and passed == 1)
