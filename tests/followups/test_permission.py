"""Every rule, each alone; and never a call outside the hours, wherever the phone may ring."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.lawful import law_at
from customers.places import candidate_places, candidate_zones, zones_of_number
from followups.grounds import ALWAYS, Facts, Permission, Reach, Rule, Try, Word
from followups.permission import first_way, permission
from tests.followups.scenes import NOON

LONDON_NUMBER = "+442079460101"
YES, NO = Word(is_granted=True, at=NOON), Word(is_granted=False, at=NOON)
EVERYWHERE = {"voice": YES, "sms": YES, "email": YES}
REACHED = {
    "voice": Reach(LONDON_NUMBER, 1),
    "sms": Reach("+447700900101", 2),
    "email": Reach("ada@example.com", 3),
}
WELL = Facts(
    attempts_made=0,
    max_attempts=9,
    lapses_at=NOON + timedelta(days=14),
    window_start=time(9),
    window_end=time(20),
    country="GB",
    region="",
    time_zone="Europe/London",
    reaches=REACHED,
    words=EVERYWHERE,
    ways=("agent", "voice", "sms", "email", "portal"),
)
ZONES = sorted(name for name in available_timezones() if "/" in name)
NUMBERS = [
    LONDON_NUMBER,
    "+12125550123",
    "+14015550123",
    "+61412345678",
    "+18005550123",
    "+79161234567",
    "+33612345678",
]
PLACES = [("GB", ""), ("GB", "GB-SCT"), ("US", ""), ("US", "US-TX"), ("DE", ""), ("ZZ", "")]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def called(number: str, *layers: str) -> dict[str, Any]:
    return {"reaches": REACHED | {"voice": Reach(number, 1, dict.fromkeys(layers, NOON))}}


def tried(*tries: tuple[str, float]) -> dict[str, Any]:
    """Earlier tries: how they ended, how many hours before noon."""
    return {"tries": tuple(Try(how, NOON - timedelta(hours=ago)) for how, ago in tries)}


@pytest.mark.parametrize(
    ("change", "rule", "until"),
    [
        ({}, Rule.PERMITTED, None),
        ({"is_vulnerable": True}, Rule.CARE_CALL, None),
        ({"attempts_made": 9}, Rule.ATTEMPTS_USED, None),
        ({"lapses_at": NOON}, Rule.LAPSED, None),
        ({"bereaved_since": date(2026, 11, 20)}, Rule.BEREAVED, None),
        ({"born_on": date(2008, 11, 24)}, Rule.MINOR, None),
        ({"born_on": date(2008, 11, 22)}, Rule.PERMITTED, None),
        ({"born_on": date(2008, 2, 29)}, Rule.PERMITTED, None),
        ({"left_on": date(2026, 11, 23)}, Rule.LEFT, None),
        ({"left_on": date(2026, 11, 25)}, Rule.PERMITTED, None),
        ({"words": {"sms": YES}}, Rule.NO_CONSENT, None),
        ({"words": EVERYWHERE | {"voice": NO}}, Rule.CONSENT_WITHDRAWN, None),
        ({"reaches": {}}, Rule.NO_PHONE, None),
        (called(LONDON_NUMBER, "internal"), Rule.DO_NOT_CALL, None),
        (called(LONDON_NUMBER, "global"), Rule.DO_NOT_CALL, None),
        (called(LONDON_NUMBER, "register:tps"), Rule.PERMITTED, None),  # no marketing
        (called(LONDON_NUMBER, "register:unheard-of"), Rule.REGISTERED, None),
        ({"time_zone": "Mars/Olympus"} | called("+80012345678"), Rule.PLACE_UNKNOWN, None),
        ({"has_open_complaint": True}, Rule.COMPLAINT_OPEN, at("2026-11-24 12:00")),
        ({"paused_until": ALWAYS}, Rule.PAUSED, at("2026-11-23 13:00")),
        ({"paused_until": at("2026-11-23 12:10")}, Rule.PAUSED, at("2026-11-23 12:10")),
        ({"paused_until": NOON}, Rule.PERMITTED, None),
        ({"room_on": date(2026, 11, 26)}, Rule.HEARD_ENOUGH, at("2026-11-26 09:00")),
        ({"room_on": date.max}, Rule.LAPSED, None),
        (tried(("no_answer", 2)), Rule.TOO_SOON, at("2026-11-24 10:00")),
        (tried(("no_answer", 24)), Rule.PERMITTED, None),
        (tried(("sent", 2)), Rule.TOO_SOON, at("2026-11-24 10:00")),
        (tried(*(("sent", ago) for ago in (99, 75, 50, 25))), Rule.ATTEMPTS_USED, None),
        (tried(("mailed", 1), ("not_sent", 1)), Rule.PERMITTED, None),
        (tried(("busy", 0.5)), Rule.TOO_SOON, at("2026-11-23 12:30")),
        (tried(("busy", 1)), Rule.PERMITTED, None),
        (tried(("busy", 3), ("busy", 1)), Rule.TOO_SOON, at("2026-11-24 09:00")),
        (tried(("no_answer", 2), ("call_back", 1)), Rule.PERMITTED, None),
        (tried(("not_called", 0.1)), Rule.PERMITTED, None),
        (tried(*(("busy", ago) for ago in (99, 75, 50, 25))), Rule.ATTEMPTS_USED, None),
        ({"window_start": time(13)}, Rule.OUTSIDE_HOURS, at("2026-11-23 13:00")),
        ({"window_end": time(12)}, Rule.OUTSIDE_HOURS, at("2026-11-24 09:00")),
        ({"time_zone": "America/New_York"}, Rule.OUTSIDE_HOURS, at("2026-11-23 14:00")),
        (called("+12125550123"), Rule.OUTSIDE_HOURS, at("2026-11-23 14:00")),
        (
            {"country": "US", "region": "US-NY", "time_zone": "America/New_York"},
            Rule.OUTSIDE_HOURS,
            at("2026-11-23 14:00"),
        ),
        (  # in which state the customer is nobody knows: no state calls before ten
            {"country": "US", "time_zone": "America/New_York"},
            Rule.OUTSIDE_HOURS,
            at("2026-11-23 15:00"),
        ),
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
    change: dict[str, Any], rule: Rule, until: datetime | None
) -> None:
    decided = permission(replace(WELL, **change), at=NOON)
    assert decided == Permission(rule, until)
    assert decided.way == "agent"
    assert decided.law == law_at(change.get("country", "GB"), "", NOON.date()).version


@pytest.mark.parametrize(
    ("way", "change", "rule"),
    [
        *((way, {}, Rule.PERMITTED) for way in ("voice", "sms", "email", "portal")),
        *((way, {"is_vulnerable": True}, Rule.PERSON_ONLY) for way in ("voice", "sms", "email")),
        ("portal", {"is_vulnerable": True}, Rule.PERSON_ONLY),
        *((way, {"words": {}}, Rule.NO_CONSENT) for way in ("voice", "sms", "email")),
        ("portal", {"words": {}}, Rule.PERMITTED),
        ("portal", {"words": {"voice": NO}}, Rule.CONSENT_WITHDRAWN),
        ("email", {"words": {"voice": YES}}, Rule.NO_CONSENT),
        ("sms", {"words": EVERYWHERE | {"sms": NO}}, Rule.CONSENT_WITHDRAWN),
        ("voice", {"reaches": {}}, Rule.NO_PHONE),
        ("email", {"reaches": {}}, Rule.NO_ADDRESS),
        (
            "sms",
            {"reaches": {"sms": Reach("+447700900101", 2, {"internal": NOON})}},
            Rule.DO_NOT_CALL,
        ),
        ("email", called(LONDON_NUMBER, "internal"), Rule.PERMITTED),
        *((way, {"bereaved_since": date(2026, 1, 1)}, Rule.BEREAVED) for way in ("sms", "portal")),
        *((way, {"has_open_complaint": True}, Rule.COMPLAINT_OPEN) for way in ("email", "portal")),
        *((way, {"window_start": time(13)}, Rule.OUTSIDE_HOURS) for way in ("voice", "sms")),
        *((way, {"window_start": time(13)}, Rule.PERMITTED) for way in ("email", "portal")),
    ],
)
def test_each_way_has_rules_of_its_own(way: str, change: dict[str, Any], rule: Rule) -> None:
    decided = permission(replace(WELL, **change), at=NOON, way=way)
    assert (decided.rule, decided.way) == (rule, way)


@pytest.mark.parametrize(
    ("listed", "word", "taken", "rule"),
    [
        ("2026-11-20", "2026-11-01", "2026-11-20", Rule.REGISTERED),
        ("2026-11-20", "2026-11-21", "2026-11-20", Rule.PERMITTED),  # reg. 21 (4): told us later
        (None, "2026-11-01", "2026-11-20", Rule.PERMITTED),
        (None, "2026-11-01", "2026-10-26", Rule.REGISTER_TOO_OLD),  # a day more than 28
        (None, "2026-11-01", "2026-10-27", Rule.PERMITTED),
    ],
)
def test_marketing_looks_into_public_registers(
    listed: str | None, word: str, taken: str, rule: Rule
) -> None:
    layers = {"register:tps": at(f"{listed} 00:00")} if listed else {}
    facts = replace(
        WELL,
        purpose="marketing",
        words={"voice": Word(is_granted=True, at=at(f"{word} 00:00"))},
        reaches={"voice": Reach(LONDON_NUMBER, 1, layers)},
        register_days={"register:tps": date.fromisoformat(taken)},
    )
    assert permission(facts, at=NOON).rule == rule
    assert permission(replace(facts, purpose="survey"), at=NOON).rule == Rule.PERMITTED


@pytest.mark.parametrize(
    ("change", "way", "rule"),
    [
        ({}, "agent", Rule.PERMITTED),
        ({"words": EVERYWHERE | {"voice": NO}}, "sms", Rule.PERMITTED),
        ({"words": {"email": YES}}, "email", Rule.PERMITTED),
        ({"words": {"sms": YES}, "window_start": time(13)}, "sms", Rule.OUTSIDE_HOURS),
        ({"words": {"voice": NO}}, "agent", Rule.CONSENT_WITHDRAWN),
        ({"words": {}}, "portal", Rule.PERMITTED),
        ({"bereaved_since": date(2026, 1, 1)}, "agent", Rule.BEREAVED),
        ({"is_vulnerable": True, "words": {"sms": YES}}, "agent", Rule.NO_CONSENT),
        (
            {"is_vulnerable": True, "ways": ("voice", "agent"), "way": "voice"},
            "agent",
            Rule.CARE_CALL,
        ),
        (
            {"is_vulnerable": True, "ways": ("voice", "sms"), "way": "voice"},
            "voice",
            Rule.PERSON_ONLY,
        ),
        (
            {"words": {"voice": NO, "sms": YES}, "ways": ("sms", "agent")},
            "agent",
            Rule.CONSENT_WITHDRAWN,
        ),
    ],
)
def test_a_way_that_is_refused_leaves_the_next_one(
    change: dict[str, Any], way: str, rule: Rule
) -> None:
    decided = first_way(replace(WELL, **change), at=NOON)
    assert (decided.way, decided.rule) == (way, rule)


def test_what_refuses_for_good_goes_before_what_makes_it_wait() -> None:
    facts = replace(WELL, words={"voice": NO}, has_open_complaint=True, window_start=time(13))
    assert permission(facts, at=NOON).rule == Rule.CONSENT_WITHDRAWN


def test_a_public_holiday_waits_for_the_next_day_with_calls() -> None:
    decided = permission(replace(WELL, lapses_at=at("2027-01-30 00:00")), at=at("2026-12-25 12:00"))
    # Christmas on a Friday; Boxing Day on Saturday is taken on Monday; Sunday is no holiday.
    assert decided == Permission(Rule.PUBLIC_HOLIDAY, at("2026-12-27 10:00"))


def test_the_hours_follow_summer_time() -> None:
    facts = replace(WELL, lapses_at=at("2027-01-01 00:00"))
    winter, summer = at("2026-03-27 08:30"), at("2026-03-30 08:30")
    assert permission(facts, at=winter) == Permission(Rule.OUTSIDE_HOURS, at("2026-03-27 09:00"))
    assert permission(facts, at=summer).rule == Rule.PERMITTED


def test_a_mobile_of_many_zones_must_be_lawful_in_all_of_them() -> None:
    australian = replace(WELL, time_zone="Australia/Perth", country="AU", **called("+61412345678"))
    decided = permission(australian, at=at("2026-11-23 03:00"))
    assert decided.rule == Rule.OUTSIDE_HOURS  # 9:30 on the Cocos Islands
    assert permission(australian, at=at("2026-11-23 06:45")).rule == Rule.PERMITTED
    assert permission(australian, at=at("2026-11-23 07:00")).rule == Rule.OUTSIDE_HOURS


def test_the_law_of_the_number_holds_beside_that_of_the_address() -> None:
    sunday = at("2026-11-22 15:00")
    in_new_york: dict[str, Any] = {
        "country": "US",
        "region": "US-NY",
        "time_zone": "America/New_York",
    }
    new_yorker = replace(WELL, **in_new_york, **called("+12125550123"))
    assert permission(new_yorker, at=sunday).rule == Rule.PERMITTED
    rhode_island_number = replace(new_yorker, **called("+14015550123"))
    decided = permission(rhode_island_number, at=sunday)
    assert decided == Permission(Rule.OUTSIDE_HOURS, at("2026-11-23 14:00"))


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
    """Said again in the plainest way: every clock with every law, one after the other."""
    own = [(ZoneInfo(facts.time_zone), facts.country, facts.region)]
    by_number = candidate_places(country="", region="", time_zone="", phone=facts.phone)
    numbered = [(place.zone, place.country, place.region) for place in by_number]
    for zone, country, region in own + [place for place in numbered if place[1]]:
        local = moment.astimezone(zone)
        span = law_at(country, region, local.date()).span(local.date())
        if span is None or not (
            max(span[0], facts.window_start, time(8))
            <= local.time()
            < min(span[1], facts.window_end, time(21))
        ):
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(
    moment=moments,
    zone=st.sampled_from(ZONES),
    phone=st.sampled_from(NUMBERS),
    window=hours,
    place=st.sampled_from(PLACES),
)
def test_never_outside_the_hours_in_any_zone_at_any_hour(
    moment: datetime,
    zone: str,
    phone: str,
    window: tuple[time, time],
    place: tuple[str, str],
) -> None:
    facts = replace(
        WELL,
        time_zone=zone,
        country=place[0],
        region=place[1],
        window_start=window[0],
        window_end=window[1],
        lapses_at=moment + timedelta(days=60),
        **called(phone),
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
