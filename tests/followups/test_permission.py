"""Every rule, each alone; and never a call outside the hours, wherever the phone may ring."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.places import candidate_zones, is_public_holiday, zones_of_number
from followups.permission import Facts, Permission, Rule, permission
from tests.followups.scenes import NOON

LONDON_NUMBER = "+442079460101"
WELL = Facts(
    attempts_made=0,
    max_attempts=2,
    lapses_at=NOON + timedelta(days=14),
    window_start=time(9),
    window_end=time(20),
    country="GB",
    time_zone="Europe/London",
    phone=LONDON_NUMBER,
    phone_id=1,
    consent=True,
    has_open_complaint=False,
    is_vulnerable=False,
    is_suppressed=False,
)
ZONES = sorted(name for name in available_timezones() if "/" in name)
NUMBERS = [
    LONDON_NUMBER,
    "+12125550123",
    "+61412345678",
    "+18005550123",
    "+79161234567",
    "+33612345678",
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "rule", "until"),
    [
        ({}, Rule.PERMITTED, None),
        ({"is_vulnerable": True}, Rule.CARE_CALL, None),
        ({"attempts_made": 2}, Rule.ATTEMPTS_USED, None),
        ({"lapses_at": NOON}, Rule.LAPSED, None),
        ({"consent": None}, Rule.NO_CONSENT, None),
        ({"consent": False}, Rule.CONSENT_WITHDRAWN, None),
        ({"phone": ""}, Rule.NO_PHONE, None),
        ({"is_suppressed": True}, Rule.DO_NOT_CALL, None),
        ({"is_suppressed": True, "consent": False}, Rule.CONSENT_WITHDRAWN, None),
        ({"time_zone": "Mars/Olympus", "phone": "+80012345678"}, Rule.PLACE_UNKNOWN, None),
        ({"has_open_complaint": True}, Rule.COMPLAINT_OPEN, at("2026-11-24 12:00")),
        ({"window_start": time(13)}, Rule.OUTSIDE_HOURS, at("2026-11-23 13:00")),
        ({"window_end": time(12)}, Rule.OUTSIDE_HOURS, at("2026-11-24 09:00")),
        ({"time_zone": "America/New_York"}, Rule.OUTSIDE_HOURS, at("2026-11-23 14:00")),
        ({"phone": "+12125550123"}, Rule.OUTSIDE_HOURS, at("2026-11-23 14:00")),
        (
            {"time_zone": "Pacific/Auckland", "window_start": time(9), "window_end": time(10)},
            Rule.NO_COMMON_HOUR,
            None,
        ),
        (
            {"window_start": time(13), "lapses_at": NOON + timedelta(hours=1)},
            Rule.LAPSED,
            None,
        ),
    ],
)
def test_each_rule_decides_alone(
    change: dict[str, object], rule: Rule, until: datetime | None
) -> None:
    assert permission(replace(WELL, **change), at=NOON) == Permission(rule, until)  # type: ignore[arg-type]


def test_what_refuses_for_good_goes_before_what_makes_it_wait() -> None:
    facts = replace(WELL, consent=False, has_open_complaint=True, window_start=time(13))
    assert permission(facts, at=NOON).rule == Rule.CONSENT_WITHDRAWN


def test_a_public_holiday_waits_for_the_next_working_day() -> None:
    decided = permission(replace(WELL, lapses_at=at("2027-01-30 00:00")), at=at("2026-12-25 12:00"))
    # Christmas on a Friday; Boxing Day on Saturday is taken on Monday; Sunday is no holiday.
    assert decided == Permission(Rule.PUBLIC_HOLIDAY, at("2026-12-27 09:00"))
    assert is_public_holiday("GB", at("2026-12-28 00:00").date())
    assert not is_public_holiday("ZZ", at("2026-12-25 00:00").date())


def test_the_hours_follow_summer_time() -> None:
    facts = replace(WELL, lapses_at=at("2027-01-01 00:00"))
    winter, summer = at("2026-03-28 08:30"), at("2026-03-29 08:30")
    assert permission(facts, at=winter) == Permission(Rule.OUTSIDE_HOURS, at("2026-03-28 09:00"))
    assert permission(facts, at=summer).rule == Rule.PERMITTED


def test_a_mobile_of_many_zones_must_be_lawful_in_all_of_them() -> None:
    australian = replace(WELL, time_zone="Australia/Perth", phone="+61412345678", country="AU")
    decided = permission(australian, at=at("2026-11-23 03:00"))
    assert decided.rule == Rule.PERMITTED  # 11:00 in Perth, 14:00 in Sydney
    assert permission(australian, at=at("2026-11-23 09:30")).rule == Rule.OUTSIDE_HOURS


def test_a_number_that_tells_of_no_place_leaves_the_customers_own_zone() -> None:
    assert zones_of_number("+18005550123") == ()
    assert zones_of_number("not a number") == ()
    zones = candidate_zones(time_zone="Europe/London", phone="+18005550123")
    assert [str(zone) for zone in zones] == ["Europe/London"]


moments = st.integers(0, 2 * 365 * 24 * 4).map(
    lambda quarter: at("2026-01-01 00:00") + timedelta(minutes=15 * quarter)
)
hours = st.integers(8, 20).flatmap(
    lambda start: st.tuples(st.just(time(start)), st.integers(start + 1, 21).map(time))
)


def is_lawful(facts: Facts, moment: datetime) -> bool:
    """Said again in the plainest way: local clocks, one after the other."""
    own = ZoneInfo(facts.time_zone)
    if is_public_holiday(facts.country, moment.astimezone(own).date()):
        return False
    return all(
        facts.window_start <= moment.astimezone(place).time() < facts.window_end
        and time(8) <= moment.astimezone(place).time() < time(21)
        for place in candidate_zones(time_zone=facts.time_zone, phone=facts.phone)
    )


@settings(max_examples=600, deadline=None)
@given(
    moment=moments,
    zone=st.sampled_from(ZONES),
    phone=st.sampled_from(NUMBERS),
    window=hours,
    country=st.sampled_from(["GB", "US", "DE", "JP", "ZZ"]),
)
def test_never_outside_the_hours_in_any_zone_at_any_hour(
    moment: datetime, zone: str, phone: str, window: tuple[time, time], country: str
) -> None:
    facts = replace(
        WELL,
        time_zone=zone,
        phone=phone,
        country=country,
        window_start=window[0],
        window_end=window[1],
        lapses_at=moment + timedelta(days=60),
    )
    decided = permission(facts, at=moment)
    if decided.is_allowed:
        assert is_lawful(facts, moment)
        return
    assert not is_lawful(facts, moment)
    if decided.rule == Rule.NO_COMMON_HOUR:
        return
    assert decided.until is not None
    assert decided.until > moment
    assert is_lawful(facts, decided.until)
    before = moment
    while (before := before + timedelta(minutes=15)) < decided.until:
        assert not is_lawful(facts, before), "an earlier lawful moment was passed over"


@settings(max_examples=300, deadline=None)
@given(
    hour=st.integers(0, 96),
    zone=st.sampled_from(ZONES),
    change=st.sampled_from(
        [
            "2026-03-08",
            "2026-03-28",
            "2026-04-04",
            "2026-10-03",
            "2026-10-24",
            "2026-11-01",
        ]
    ),
)
def test_never_outside_the_hours_around_the_changes_of_the_clock(
    hour: int, zone: str, change: str
) -> None:
    moment = at(f"{change} 00:00") + timedelta(minutes=30 * hour)
    facts = replace(
        WELL,
        time_zone=zone,
        phone="+80012345678",
        country="ZZ",
        lapses_at=moment + timedelta(days=60),
    )
    decided = permission(facts, at=moment)
    assert decided.is_allowed == is_lawful(facts, moment)
    if decided.until:
        assert is_lawful(facts, decided.until)
        assert decided.until - moment <= timedelta(hours=25)
