"""May this follow-up go out at this moment? Allowed, refused, or not before a time.

Pure: facts in, one rule out. The facts of many follow-ups are read by `FollowUpQuerySet.facts`;
what the law of a place says are data, with their sources: `customers.lawful`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from customers.lawful import PHONES, Law, bar_of_number, bar_of_person, law_at
from customers.places import CallingHours, candidate_places
from followups.grounds import (
    CALL_BACK,
    CHANNEL,
    HUMAN,
    OF_THE_WAY,
    PORTAL,
    Facts,
    Permission,
    Reach,
    Rule,
    Word,
)

COMPLAINT_RECHECK = timedelta(hours=24)
PAUSE_RECHECK = timedelta(hours=1)
ROLLING_DAY = timedelta(hours=24)


def permission(facts: Facts, *, at: datetime, way: str | None = None) -> Permission:
    """Ask every rule about that way (the one being tried), those that refuse for good first."""
    asked = way or facts.way
    law = law_at(facts.country, facts.region, at.date())
    rule, until = _decided(facts, law, asked, at)
    return Permission(rule, until, asked, law.version)


def first_way(facts: Facts, *, at: datetime) -> Permission:
    """The first way from the present one on that no rule of its own refuses; else that refusal.

    Whom no machine may ask, because they are vulnerable, only a person is left to call.
    """
    decided = permission(facts, at=at)
    if decided.rule not in OF_THE_WAY:
        return decided
    for way in _later_ways(facts):
        other = permission(facts, at=at, way=way)
        if other.rule not in OF_THE_WAY:
            return other
    return decided


def _later_ways(facts: Facts) -> Iterable[str]:
    place = facts.ways.index(facts.way) + 1 if facts.way in facts.ways else 0
    return facts.ways[place:]


def _decided(facts: Facts, law: Law, way: str, at: datetime) -> tuple[Rule, datetime | None]:
    refused = _refusal(facts, law, at) or _refusal_of_the_way(facts, law, way, at)
    if refused is not None:
        return refused, None
    hours = calling_hours(facts, way=way) if way in PHONES else None
    if hours is not None and not hours.places:
        return Rule.PLACE_UNKNOWN, None
    held = _held_until(facts, law, at)
    if held is not None:
        is_late = held[1] >= facts.lapses_at
        return (Rule.LAPSED, None) if is_late else _wait(facts, held[0], _opening(hours, held[1]))
    opening = _opening(hours, at)
    if opening == at:
        return Rule.CARE_CALL if facts.is_vulnerable else Rule.PERMITTED, None
    is_holiday = hours is not None and hours.is_holiday(at)
    return _wait(facts, Rule.PUBLIC_HOLIDAY if is_holiday else Rule.OUTSIDE_HOURS, opening)


def _refusal(facts: Facts, law: Law, at: datetime) -> Rule | None:
    """What refuses whatever the way."""
    if facts.attempts_made >= facts.max_attempts or _counted(facts, law) >= law.most_attempts:
        return Rule.ATTEMPTS_USED
    if at >= facts.lapses_at:
        return Rule.LAPSED
    bar = bar_of_person(
        law,
        born_on=facts.born_on,
        bereaved_since=facts.bereaved_since,
        left_on=facts.left_on,
        at=at,
    )
    return Rule(bar) if bar else None


def _refusal_of_the_way(facts: Facts, law: Law, way: str, at: datetime) -> Rule | None:
    if facts.is_vulnerable and way != HUMAN:
        return Rule.PERSON_ONLY
    if way == PORTAL:
        said = {word.is_granted for word in facts.words.values()}
        return Rule.CONSENT_WITHDRAWN if said == {False} else None
    word, reach = facts.words.get(CHANNEL[way]), facts.reach(way)
    if word is not None and not word.is_granted:
        return Rule.CONSENT_WITHDRAWN
    if word is None and law.needs_consent(way):
        return Rule.NO_CONSENT
    if not reach.address:
        return Rule.NO_PHONE if CHANNEL[way] == "voice" else Rule.NO_ADDRESS
    return _listed(facts, law, reach, word, at) if way in PHONES else None


def _listed(facts: Facts, law: Law, reach: Reach, word: Word | None, at: datetime) -> Rule | None:
    bar = bar_of_number(
        law,
        purpose=facts.purpose,
        layers=reach.layers,
        told_at=word.at if word else None,
        register_days=facts.register_days,
        at=at,
    )
    return Rule(bar) if bar else None


def _held_until(facts: Facts, law: Law, at: datetime) -> tuple[Rule, datetime] | None:
    """What makes it wait before the hours are looked at, and until when."""
    if facts.paused_until is not None and facts.paused_until > at:
        return Rule.PAUSED, min(facts.paused_until, at + PAUSE_RECHECK)
    if facts.has_open_complaint:
        return Rule.COMPLAINT_OPEN, at + COMPLAINT_RECHECK
    again_at = _again_at(facts, law)
    if again_at is not None and again_at > at:
        return Rule.TOO_SOON, again_at
    if facts.room_on is not None:
        if facts.room_on == date.max:
            return Rule.HEARD_ENOUGH, facts.lapses_at
        first = datetime.combine(facts.room_on, time(), tzinfo=timezone.get_current_timezone())
        return Rule.HEARD_ENOUGH, max(first, at)
    return None


def _counted(facts: Facts, law: Law) -> int:
    """Tries in which the customer was disturbed."""
    return sum(law.counts(one.outcome) for one in facts.tries)


def _again_at(facts: Facts, law: Law) -> datetime | None:
    """When the gaps after earlier tries are over, and a day holds no more than it may.

    Nothing before the customer's own word counts: they named the time of the next call.
    """
    if not facts.tries:
        return None
    ends: list[datetime] = []
    moments: list[datetime] = []
    for one in facts.tries:
        if one.outcome == CALL_BACK:
            ends, moments = [], []
        elif law.counts(one.outcome):
            ends.append(one.ended_at)
            moments.append(one.ended_at + law.gap_after(one.outcome))
    if len(ends) >= law.most_a_day:
        moments.append(ends[-law.most_a_day] + ROLLING_DAY)
    return max(moments, default=None)


def calling_hours(facts: Facts, *, way: str = HUMAN) -> CallingHours:
    """The hours of a way that rings or sounds, wherever the phone may be."""
    places = candidate_places(
        country=facts.country,
        region=facts.region,
        time_zone=facts.time_zone,
        phone=facts.reach(way).address,
    )
    return _hours(places, facts.window_start, facts.window_end)


_hours = lru_cache(maxsize=8192)(CallingHours)


def _opening(hours: CallingHours | None, at: datetime) -> datetime | None:
    return at if hours is None else hours.opening(at)


def _wait(facts: Facts, rule: Rule, until: datetime | None) -> tuple[Rule, datetime | None]:
    """Wait until then, unless it would be too late to ask or no such moment comes."""
    if until is None:
        return Rule.NO_COMMON_HOUR, None
    return (Rule.LAPSED, None) if until >= facts.lapses_at else (rule, until)
