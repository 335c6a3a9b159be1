"""May this be called at this moment, which rule says so, and who is told when it may not?"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import User
from customers.models import ContactPoint, Customer
from customers.places import EARLIEST, LATEST, CallingHours, Place, candidate_zones
from routing.models import DialDecision
from telephony.models import Purpose, SuppressionEntry


class NotDialled(RuleBroken):
    """A rule refuses the call at this moment; the decision is kept."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that is asked for. `number` is E.164, `about` the id of what it is for."""

    key: uuid.UUID
    purpose: Purpose
    about: int
    number: str
    customer: Customer | None = None
    contact_point: ContactPoint | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule says of one call at one moment."""

    is_allowed: bool
    code: str
    words: str


Rules = Callable[[Wanted, datetime], Ruling]
Refused = Callable[[Wanted, User | None, Ruling], None]


@dataclass(frozen=True, slots=True)
class Guard:
    """Who knows the rules of a purpose, and who is told when they refuse at the last moment."""

    rules: Rules
    refused: Refused | None = None


GUARDS: Final[dict[str, Guard]] = {}


def decide(wanted: Wanted, *, by: User | None, when: DialDecision.When) -> Ruling:
    """Ask every rule at this moment, and keep what they say."""
    now = timezone.now()
    ruling = _ruling(wanted, at=now)
    DialDecision.objects.create(
        call_key=wanted.key,
        purpose=wanted.purpose,
        when=when,
        number=wanted.number,
        customer=wanted.customer,
        contact_point=wanted.contact_point,
        by=by,
        at=now,
        is_allowed=ruling.is_allowed,
        rule=ruling.code,
        words=ruling.words[:200],
    )
    return ruling


def _ruling(wanted: Wanted, *, at: datetime) -> Ruling:
    if SuppressionEntry.holds(wanted.number):
        return Ruling(False, "do_not_call", "The number is on the do-not-call list")
    guard = GUARDS.get(wanted.purpose)
    if guard is None:
        return Ruling(False, "no_rule", "No rule allows calls of this kind")
    return guard.rules(wanted, at)


def lawful_hours(wanted: Wanted, at: datetime) -> Ruling:
    """For a call that the customer asked for: any hour that is lawful wherever it may ring."""
    own = wanted.customer.time_zone if wanted.customer else ""
    zones = candidate_zones(time_zone=own, phone=wanted.number)
    if not zones:
        return Ruling(False, "place_unknown", "The time at the customer's place is not known")
    places = tuple(Place(zone) for zone in zones)
    if not CallingHours(places=places, start=EARLIEST, end=LATEST).is_open(at):
        return Ruling(False, "outside_hours", "Outside the calling hours at the customer's place")
    return Ruling(True, "asked_for", "The customer asked to be called")


GUARDS[Purpose.CALL_BACK] = Guard(lawful_hours)
