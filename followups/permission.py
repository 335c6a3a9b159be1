"""May this follow-up go out at this moment? Allowed, refused, or not before a time.

Pure: facts in, one rule out. The facts of many follow-ups are read by `FollowUpQuerySet.facts`;
what the law of a place says are data, with their sources: `customers.lawful`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from django.db import models
from django.utils import timezone

from customers.lawful import PHONES, Law, law_at
from customers.places import CallingHours, candidate_places

COMPLAINT_RECHECK = timedelta(hours=24)
PAUSE_RECHECK = timedelta(hours=1)
ROLLING_DAY = timedelta(hours=24)
# A date begins up to 14 hours earlier, and ends up to 12 hours later, somewhere than in London.
FIRST_DATE, LAST_DATE = timedelta(hours=14), timedelta(hours=-12)
EMAIL, PORTAL, HUMAN, CALL_BACK = "email", "portal", "agent", "call_back"
CHANNEL: Final[Mapping[str, str]] = {
    HUMAN: "voice",
    "voice": "voice",
    "sms": "sms",
    EMAIL: EMAIL,
}
UNDECIDED = ""
ALWAYS: Final = datetime.max.replace(tzinfo=UTC)  # until somebody says otherwise


class Rule(models.TextChoices):
    """The rule that decided, in words for the agent and the supervisor."""

    PERMITTED = "permitted", "Permitted"
    CARE_CALL = "care_call", "Permitted as a care call: the customer is marked vulnerable"
    OUTSIDE_HOURS = "outside_hours", "Outside the calling hours at the customer's place"
    PUBLIC_HOLIDAY = "public_holiday", "Public holiday at the customer's place"
    COMPLAINT_OPEN = "complaint_open", "A complaint of the customer is open"
    NO_CONSENT = "no_consent", "The customer has not agreed to be asked this way"
    CONSENT_WITHDRAWN = "consent_withdrawn", "The customer does not want to be asked this way"
    DO_NOT_CALL = "do_not_call", "The number is on the do-not-call list"
    REGISTERED = "registered", "The number is on a public register against such calls"
    REGISTER_TOO_OLD = "register_too_old", "The public register on file is too old to go by"
    NO_PHONE = "no_phone", "No phone number that reaches the customer"
    NO_ADDRESS = "no_address", "No address that reaches the customer this way"
    PLACE_UNKNOWN = "place_unknown", "The time at the customer's place is not known"
    NO_COMMON_HOUR = "no_common_hour", "No hour is lawful in every place where the phone may ring"
    HEARD_ENOUGH = "heard_enough", "The customer has heard from us often enough for a while"
    TOO_SOON = "too_soon", "Tried a short while ago: too soon to try again"
    PAUSED = "paused", "The policy is paused"
    NOT_IN_SAMPLE = "not_in_sample", "Not in the sample"
    COOLING_DOWN = "cooling_down", "Asked a short while ago: left alone for some days"
    ATTEMPTS_USED = "attempts_used", "All attempts are used"
    LAPSED = "lapsed", "Too late to ask"
    BEREAVED = "bereaved", "A bereavement was notified: nobody asks"
    MINOR = "minor", "The customer is not of age"
    LEFT = "left", "No longer a customer"
    PERSON_ONLY = "person_only", "Marked vulnerable: only a person may ask"


ALLOWING: Final = frozenset({Rule.PERMITTED, Rule.CARE_CALL})
# What is refused in one way may be permitted in the next.
OF_THE_WAY: Final = frozenset(
    {
        *(Rule.NO_CONSENT, Rule.CONSENT_WITHDRAWN, Rule.PERSON_ONLY, Rule.NO_PHONE),
        *(Rule.NO_ADDRESS, Rule.DO_NOT_CALL, Rule.REGISTERED, Rule.REGISTER_TOO_OLD),
        *(Rule.PLACE_UNKNOWN, Rule.NO_COMMON_HOUR),
    }
)


@dataclass(frozen=True, slots=True)
class Reach:
    """The best address on a channel, and since when which do-not-call layers hold its number."""

    address: str = ""
    point_id: int | None = None
    layers: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Word:
    """The customer's newest word on being asked by a channel, and when it was given."""

    is_granted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """How an earlier attempt ended, and when."""

    outcome: str
    ended_at: datetime


NO_REACH: Final = Reach()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. `reaches` and `words` are by channel; `way` is the one being tried,
    `ways` all of them in order. `room_on` is the first day on which the contact budget has room;
    None where it has room now. `paused_until`: None where the policy is not paused.
    `register_days`: of which day each public register on file is, by its layer.
    """

    attempts_made: int
    max_attempts: int
    lapses_at: datetime
    window_start: time
    window_end: time
    country: str
    region: str
    time_zone: str
    has_open_complaint: bool = False
    is_vulnerable: bool = False
    born_on: date | None = None
    bereaved_since: date | None = None
    left_on: date | None = None
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    tries: Sequence[Try] = ()  # oldest first
    way: str = HUMAN
    ways: Sequence[str] = (HUMAN,)
    purpose: str = "survey"
    room_on: date | None = None
    paused_until: datetime | None = None
    register_days: Mapping[str, date] = field(default_factory=dict)

    def reach(self, way: str) -> Reach:
        """Where the customer is reached in that way."""
        return self.reaches.get(CHANNEL.get(way, ""), NO_REACH)

    def reached_at(self, number: str) -> Facts:
        """The same, where this number is called in place of the best one."""
        voice = replace(self.reach(HUMAN), address=number)
        return replace(self, reaches={**self.reaches, CHANNEL[HUMAN]: voice})

    @property
    def phone(self) -> str:
        """The number to call, E.164, or empty."""
        return self.reach(HUMAN).address

    @property
    def phone_id(self) -> int | None:
        return self.reach(HUMAN).point_id


@dataclass(frozen=True, slots=True)
class Permission:
    """One decision: `until` is set when the rule only makes it wait. `way` is the one decided on,
    `law` the version of the rules' data.
    """

    rule: Rule
    until: datetime | None = None
    way: str = field(default=UNDECIDED, compare=False)
    law: str = field(default="", compare=False)

    @property
    def is_allowed(self) -> bool:
        return self.rule in ALLOWING


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
    if facts.bereaved_since is not None:
        return Rule.BEREAVED
    if facts.born_on and _age(facts.born_on, (at + LAST_DATE).date()) < law.adult_years:
        return Rule.MINOR
    if facts.left_on and facts.left_on <= (at + FIRST_DATE).date():
        return Rule.LEFT
    return None


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
    """The do-not-call layers that concern this purpose; a register that is too old is none."""
    told_at = word.at if word else None
    for layer, since in reach.layers.items():
        if law.bars(layer, purpose=facts.purpose, since=since, told_at=told_at):
            is_register = layer.startswith("register:")
            return Rule.REGISTERED if is_register else Rule.DO_NOT_CALL
    for register in law.registers_for(facts.purpose):
        day = facts.register_days.get(register.layer)
        if day is not None and (at + FIRST_DATE).date() - day > register.longest_age:
            return Rule.REGISTER_TOO_OLD
    return None


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


def _age(born_on: date, day: date) -> int:
    birthday_is_to_come = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - birthday_is_to_come


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
