"""How does a call come in? It is known, has a place in a queue, and then it is connected."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry
from customers.contact_points import Channel
from customers.models import Customer
from interactions.models import ContactReason
from routing.assignment import last_agent_of
from routing.models import CallBack, CallBackReason, Match, Place, PlaceState, Queue
from telephony.adapters import gateway, named
from telephony.gateway import Direction, GatewayError, Received
from telephony.models import Call
from telephony.protocol import Cause, Kind
from telephony.taking_in import take_in


class NobodyCanBeReached(RuleBroken):
    """No queue takes this call, or the telephone itself is out of order."""

    status_code = 503


def receive(*, reason: ContactReason | None, number: str = "", is_presented: bool = False) -> Place:
    """A caller has asked to talk: a call, its place, and the offer to an agent.

    `number` is E.164. With `is_presented` the network vouches for it; otherwise the caller only
    says so, and whoever it belongs to is a "maybe". Out of hours the caller is told so and rings
    at nobody. Raises NobodyCanBeReached; then the call is kept as failed, since somebody wanted
    something of us.
    """
    queue = Queue.of(reason)
    if queue is None:
        raise NobodyCanBeReached("Nobody takes calls here at present. Please write to us.")
    customer, match = whose(number, queue, is_presented=is_presented)
    provider = gateway()
    with transaction.atomic():
        call = Call.objects.create(
            gateway=provider.name,
            direction=Direction.INBOUND,
            line=queue.name,
            remote_number=number,
        )
        place = Place.objects.create(
            call=call,
            queue=queue,
            contact_reason=reason,
            customer=customer,
            match=match,
            state=first_state(queue),
            last_agent_id=last_agent_of(customer.pk) if customer else None,
        )
        AuditEntry.record(by=None, verb="call received", subject=call, detail={"queue": queue.pk})
    try:
        ref = provider.open(key=str(call.key), leg=call.customer_leg, direction=Direction.INBOUND)
    except GatewayError as error:
        _failed(call)
        raise NobodyCanBeReached(str(error)) from error
    Call.objects.filter(pk=call.pk).update(place=ref.place)
    call.place = ref.place
    place.call = call
    return place


def first_state(queue: Queue) -> PlaceState:
    """Waiting; out of hours nobody is rung."""
    return PlaceState.WAITING if queue.is_open(timezone.now()) else PlaceState.CLOSED


def connect_caller(place: Place, *, offer: str) -> str:
    """Connect the caller's browser: the SDP answer. Raises NobodyCanBeReached."""
    call = place.call
    try:
        return named(call.gateway).attach(call.ref, leg=call.customer_leg, offer=offer)
    except GatewayError as error:
        raise NobodyCanBeReached(str(error)) from error


def end_by_caller(place: Place) -> None:
    """The caller hangs up. A provider that does not answer ends the leg when it is silent."""
    call = place.call
    with suppress(GatewayError):
        named(call.gateway).drop(call.ref, leg=call.customer_leg, cause=Cause.HUNG_UP)


def call_back_instead(place: Place, *, number: str) -> CallBack:
    """Rather than waiting: we call, in the caller's turn. Raises RuleBroken."""
    number = number or place.call.remote_number
    if not number:
        raise RuleBroken("Write down the number at which we can call you.")
    with transaction.atomic():
        if not place.end(state=PlaceState.CALL_BACK, at=timezone.now()):
            raise RuleBroken("You are talking to us already, or the call has ended.")
        owed = CallBack.owe(place=place, reason=CallBackReason.ASKED, number=number)
    end_by_caller(place)
    return owed


def whose(number: str, queue: Queue, *, is_presented: bool) -> tuple[Customer | None, Match]:
    """The one customer of the queue's team who has this number; several are nobody."""
    if not number:
        return None, Match.NOBODY
    found = Customer.objects.filter(
        team=queue.team_id,
        contact_points__channel__in=[Channel.VOICE, Channel.SMS],
        contact_points__value=number,
    ).distinct()[:2]
    if len(found) != 1:
        return None, Match.NOBODY
    return found[0], Match.CERTAIN if is_presented else Match.MAYBE


def _failed(call: Call) -> None:
    failed = Received(
        gateway=call.gateway,
        event_id=f"not-opened-{call.key}",
        kind=Kind.CALL_ENDED,
        number=0,
        at=timezone.now(),
        leg="",
        detail={"cause": Cause.FAILED},
    )
    take_in(call_key=str(call.key), events=[failed])
