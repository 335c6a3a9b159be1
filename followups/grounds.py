"""What do the rules of permission look at, and what can they say? See `followups.permission`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Final

from django.db import models

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
