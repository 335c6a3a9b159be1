"""How is a customer told that a promise will break, before they have to ask?

A contact about their own concern, not a survey and not an offer: it takes no consent to be asked,
and stops where the customer has forbidden calls about service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import User
from customers import budget
from customers.contact_points import Channel
from customers.models import Consent, ContactPoint, Customer, DrawnFor
from customers.models import Purpose as Consented
from customers.places import EARLIEST, LATEST, CallingHours, candidate_places
from interactions.models import Direction, Interaction
from routing.models import OutboundCall
from routing.outbound import Guard, NotDialled, Ruling, Wanted, ask, came_to_nothing, key_of, queue
from service.models import EarlyWarning, WarningAnswered
from telephony.models import Call, Purpose, SuppressionEntry

SUBJECT: Final = "Before a promise breaks"


@dataclass(frozen=True, slots=True)
class Standing:
    """May the customer be told by phone at this moment; if only later, from when on?"""

    ruling: Ruling
    point: ContactPoint | None
    until: datetime | None = None


def standing(warning: EarlyWarning, *, at: datetime | None = None) -> Standing:
    """What the rules of a contact about service say; nothing is written."""
    now = at or timezone.now()
    point = _point(warning.customer)
    refused = _refusal(warning, point)
    if refused is not None or point is None:
        return Standing(refused or NO_PHONE, point)
    customer = warning.customer
    places = candidate_places(
        country=customer.country,
        region=customer.region,
        time_zone=customer.time_zone,
        phone=point.value,
    )
    hours = CallingHours(places, EARLIEST, LATEST)
    if not places:
        words = "The time at the customer's place is not known"
        return Standing(Ruling(False, "place_unknown", words), point)
    if not hours.is_open(now):
        words = "Outside the calling hours at the customer's place"
        return Standing(Ruling(False, "outside_hours", words), point, hours.opening(now))
    return Standing(Ruling(True, "service", "Permitted: it is about their own concern"), point)


NO_PHONE: Final = Ruling(False, "no_phone", "No phone number that reaches the customer")


def _refusal(warning: EarlyWarning, point: ContactPoint | None) -> Ruling | None:
    if warning.settled_at is not None:
        return Ruling(False, "warning_settled", "Somebody has seen to this promise already")
    if point is None:
        return NO_PHONE
    if SuppressionEntry.holds(point.value):
        return Ruling(False, "do_not_call", "The number is on the do-not-call list")
    word = Consent.objects.filter(
        customer=warning.customer_id, purpose=Consented.SERVICE, channel=Channel.VOICE
    )
    newest = word.order_by("-recorded_at", "-pk").first()
    if newest is not None and not newest.is_granted:
        return Ruling(False, "consent_withdrawn", "The customer does not want calls about service")
    others = Interaction.objects.open().filter(customer=warning.customer_id)
    if others.exclude(pk=warning.contact_id or 0).exists():
        return Ruling(False, "in_contact", "The customer is in contact with us: tell them there")
    return None


def _point(customer: Customer) -> ContactPoint | None:
    points = customer.contact_points.filter(channel=Channel.VOICE)
    return points.order_by("-is_preferred", "pk").first()


def begin(warning: EarlyWarning, *, by: User) -> Interaction:
    """Open the contact in which the customer is told, where the agent dials; once.

    Raises NotDialled, WarningAnswered.
    """
    now = standing(warning)
    if not now.ruling.is_allowed:
        raise NotDialled(f"{now.ruling.words}, so nobody was called.")
    return _open(warning, by=by)


def _open(warning: EarlyWarning, *, by: User, call: Call | None = None) -> Interaction:
    with transaction.atomic():
        contact = Interaction.open_contact(
            customer=warning.customer,
            by=by,
            channel=Channel.VOICE,
            direction=Direction.OUTBOUND,
            subject=f"{SUBJECT}: {warning.what}"[:200],
            call=call,
        )
        budget.draw(
            customer_id=warning.customer_id,
            purpose=Consented.SERVICE,
            channel=Channel.VOICE,
            what=DrawnFor.PROMISE,
            subject_id=warning.pk,
            limits=None,
            by=by,
        )
        warning.begin(by=by, contact=contact)
    return contact


def last_call(warning: EarlyWarning) -> OutboundCall | None:
    """The newest call about this that an agent asked for."""
    calls = OutboundCall.objects.filter(about=warning.pk, call__purpose=Purpose.PROMISE)
    return calls.select_related("call", "agent").order_by("-pk").first()


def call(warning: EarlyWarning, *, by: User) -> Interaction:
    """Call the customer: the agent's page first, then their phone; the contact of that call.

    Asked for twice it is one call; one that never rang is tried again in the same contact. Raises
    NotDialled (the decision is kept), PhoneNotReady, WarningAnswered, Conflict.
    """
    before, contact = last_call(warning), warning.contact
    if contact is not None and (contact.closed_at or contact.agent_id != by.pk):
        raise WarningAnswered
    if contact is not None and before is not None and not came_to_nothing(before.call):
        return contact
    wanted = _wanted(warning, after=before.call if before else None)
    ruling = ask(wanted, by=by)
    if not ruling.is_allowed:
        raise NotDialled(f"{ruling.words}, so nobody was called.")
    with transaction.atomic():
        EarlyWarning.objects.select_for_update(of=("self",), no_key=True).get(pk=warning.pk)
        asked = queue(wanted, by=by)
        if asked.agent_id != by.pk:
            raise WarningAnswered
        if contact is None:
            return _open(warning, by=by, call=asked.call)
        Interaction.objects.filter(pk=contact.pk).update(call=asked.call)
    return contact


def _wanted(warning: EarlyWarning, *, after: Call | None) -> Wanted:
    point = _point(warning.customer)
    if point is None:
        raise NotDialled(f"{NO_PHONE.words}, so nobody was called.")
    return Wanted(
        key=key_of(Purpose.PROMISE, warning.pk, after=after),
        purpose=Purpose.PROMISE,
        about=warning.pk,
        number=point.value,
        customer=warning.customer,
        contact_point=point,
    )


def rules(wanted: Wanted, at: datetime) -> Ruling:
    """May this customer be told at this number at this moment?"""
    warning = EarlyWarning.objects.select_related("customer").filter(pk=wanted.about).first()
    if warning is None:
        return Ruling(False, "warning_settled", "Somebody has seen to this promise already")
    now = standing(warning, at=at)
    if now.ruling.is_allowed and now.point and now.point.value != wanted.number:
        return Ruling(False, "number_changed", "The customer is reached at another number now")
    return now.ruling


class PromiseNotTold(RuleBroken):
    def __init__(self) -> None:
        super().__init__(
            "This contact is about a promise that will break. Say first what came of it: told, "
            "what was agreed instead, or not reached."
        )


def refuse_while_untold(contact: Interaction) -> None:
    """The contact is wrapped up after its warning, so that none stays half told."""
    if EarlyWarning.objects.open().filter(contact=contact).exists():
        raise PromiseNotTold


FOREWARNINGS: Final = Guard(rules=rules)
