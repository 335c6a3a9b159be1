"""May this follow-up go out at this moment? Allowed, refused for good, or not before a time.

Pure: facts in, one rule out. The facts of many follow-ups are read by `FollowUpQuerySet.facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import models
from django.utils import timezone

from customers.places import CallingHours, candidate_zones

COMPLAINT_RECHECK = timedelta(hours=24)


class Rule(models.TextChoices):
    """The rule that decided, in words for the agent and the supervisor."""

    PERMITTED = "permitted", "Permitted"
    CARE_CALL = "care_call", "Permitted as a care call: the customer is marked vulnerable"
    OUTSIDE_HOURS = "outside_hours", "Outside the calling hours at the customer's place"
    PUBLIC_HOLIDAY = "public_holiday", "Public holiday at the customer's place"
    COMPLAINT_OPEN = "complaint_open", "A complaint of the customer is open"
    NO_CONSENT = "no_consent", "The customer has not agreed to be asked by phone"
    CONSENT_WITHDRAWN = "consent_withdrawn", "The customer does not want to be asked by phone"
    DO_NOT_CALL = "do_not_call", "The number is on the do-not-call list"
    NO_PHONE = "no_phone", "No phone number that reaches the customer"
    PLACE_UNKNOWN = "place_unknown", "The time at the customer's place is not known"
    NO_COMMON_HOUR = "no_common_hour", "No hour is lawful in every place where the phone may ring"
    HEARD_ENOUGH = "heard_enough", "The customer has heard from us often enough for a while"
    ATTEMPTS_USED = "attempts_used", "All attempts are used"
    LAPSED = "lapsed", "Too late to ask"


ALLOWING: Final = frozenset({Rule.PERMITTED, Rule.CARE_CALL})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. `phone` is E.164 or empty; `consent` is None when never asked;
    `is_suppressed`: the phone stands on the do-not-call list. `room_on` is the first day on which
    the contact budget has room for it; None where it has room now.
    """

    attempts_made: int
    max_attempts: int
    lapses_at: datetime
    window_start: time
    window_end: time
    country: str
    time_zone: str
    phone: str
    phone_id: int | None
    consent: bool | None
    has_open_complaint: bool
    is_vulnerable: bool
    is_suppressed: bool
    room_on: date | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """One decision: `until` is set when the rule only makes it wait."""

    rule: Rule
    until: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return self.rule in ALLOWING


def permission(facts: Facts, *, at: datetime) -> Permission:
    """Ask every rule in turn, those that refuse for good first."""
    refused = _refusal(facts, at=at)
    if refused is not None:
        return Permission(refused)
    hours = calling_hours(facts)
    if not hours.zones:
        return Permission(Rule.PLACE_UNKNOWN)
    if facts.has_open_complaint:
        return _wait(facts, Rule.COMPLAINT_OPEN, hours.opening(at + COMPLAINT_RECHECK))
    if facts.room_on is not None:
        return _wait_for_room(facts, hours, facts.room_on, at=at)
    return _within_hours(facts, hours, at=at)


def _within_hours(facts: Facts, hours: CallingHours, *, at: datetime) -> Permission:
    if hours.is_open(at):
        return Permission(Rule.CARE_CALL if facts.is_vulnerable else Rule.PERMITTED)
    closed = Rule.PUBLIC_HOLIDAY if hours.is_holiday(at) else Rule.OUTSIDE_HOURS
    return _wait(facts, closed, hours.opening(at))


def calling_hours(facts: Facts) -> CallingHours:
    return CallingHours(
        zones=candidate_zones(time_zone=facts.time_zone, phone=facts.phone),
        start=facts.window_start,
        end=facts.window_end,
        country=facts.country,
    )


def _refusal(facts: Facts, *, at: datetime) -> Rule | None:
    if facts.attempts_made >= facts.max_attempts:
        return Rule.ATTEMPTS_USED
    if at >= facts.lapses_at:
        return Rule.LAPSED
    if not facts.consent:
        return Rule.NO_CONSENT if facts.consent is None else Rule.CONSENT_WITHDRAWN
    if not facts.phone:
        return Rule.NO_PHONE
    return Rule.DO_NOT_CALL if facts.is_suppressed else None


def _wait_for_room(facts: Facts, hours: CallingHours, room_on: date, *, at: datetime) -> Permission:
    first = datetime.combine(room_on, time(), tzinfo=timezone.get_current_timezone())
    if first >= facts.lapses_at:
        return Permission(Rule.LAPSED)
    return _wait(facts, Rule.HEARD_ENOUGH, hours.opening(max(first, at)))


def _wait(facts: Facts, rule: Rule, until: datetime | None) -> Permission:
    """Wait until then, unless it would be too late to ask or no such moment comes."""
    if until is None:
        return Permission(Rule.NO_COMMON_HOUR)
    return Permission(Rule.LAPSED) if until >= facts.lapses_at else Permission(rule, until)
