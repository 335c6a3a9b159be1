"""How do we call somebody? The agent first; the customer's phone rings when an agent is there.

1. An agent asks. The rules are asked and the decision is kept; then the call is a row, by a key
   that is the same for every try to place it.
2. One process claims the row, opens the call at the provider and rings the agent's page, which
   answers by itself, since it was the agent's own wish.
3. The provider says that the agent is there. One process claims the dialling, asks the rules
   again, keeps that decision too, and only then the customer's phone rings.
4. Whoever claimed and died has left a claimed row: the provider is asked what became of it
   (`telephony.reconciling`), and nothing is dialled again.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.models import ContactPoint, Customer
from customers.places import EARLIEST, LATEST, CallingHours, candidate_zones
from interactions.models import Interaction
from routing.models import (
    AgentPhone,
    CallBack,
    DialDecision,
    OutboundCall,
    Place,
    PlaceState,
)
from routing.models.phones import FRESH
from routing.talking import my_leg
from telephony.adapters import gateway, named
from telephony.gateway import Capability, Direction, GatewayError, Received
from telephony.models import Call, CallerId, CallEvent, Leg, Purpose, SuppressionEntry
from telephony.protocol import Cause, Kind, Party
from telephony.states import CallPicture, LegState
from telephony.taking_in import take_in

logger = logging.getLogger(__name__)

AGENT_SECONDS: Final = 20  # for the agent's own page to connect by itself
RING_SECONDS: Final = 30  # 16 CFR 310.4(b)(4)(ii): at least 15 seconds or four rings
STALE: Final = timedelta(seconds=30)  # nobody waits so long for a call of theirs to begin
KEYS: Final = uuid.UUID("0f6d3ab0-6a53-4f5c-9f54-5c1f0f7a2f1e")


class NotDialled(RuleBroken):
    """A rule refuses the call at this moment; the decision is kept."""


class PhoneNotReady(RuleBroken):
    """The agent's own phone, or ours, cannot place a call now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that an agent asks for. `number` is E.164, `about` the id of what it is for."""

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
Refused = Callable[[Wanted, User, Ruling], None]


@dataclass(frozen=True, slots=True)
class Guard:
    """Who knows the rules of a purpose, and who is told when they refuse at the last moment."""

    rules: Rules
    refused: Refused | None = None


GUARDS: Final[dict[str, Guard]] = {}


def places_calls() -> bool:
    """Whether we dial, or the agent does."""
    return Capability.PLACES_CALLS in gateway().capabilities


def key_of(purpose: str, about: int, *, after: Call | None = None) -> uuid.UUID:
    """The key of the call about this: the same until a call of it has come to nothing."""
    return uuid.uuid5(KEYS, f"{purpose}:{about}:{after.pk if after else 0}")


def came_to_nothing(call: Call) -> bool:
    """Whether it is over without the customer's phone ever having rung: it may be tried again."""
    return call.is_over and call.ringing_at is None


# -- what the rules say --------------------------------------------------------------------------


def decide(wanted: Wanted, *, by: User, when: DialDecision.When) -> Ruling:
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
    zone = wanted.customer.time_zone if wanted.customer else ""
    zones = candidate_zones(time_zone=zone, phone=wanted.number)
    if not zones:
        return Ruling(False, "place_unknown", "The time at the customer's place is not known")
    if not CallingHours(zones=zones, start=EARLIEST, end=LATEST, country="").is_open(at):
        return Ruling(False, "outside_hours", "Outside the calling hours at the customer's place")
    return Ruling(True, "asked_for", "The customer asked to be called")


GUARDS[Purpose.CALL_BACK] = Guard(lawful_hours)


# -- asking for a call ---------------------------------------------------------------------------


def ask(wanted: Wanted, *, by: User) -> Ruling:
    """May this be called now, by this agent? Raises PhoneNotReady; the ruling may refuse."""
    _phone_is_ready(by)
    if CallerId.for_calls() is None:
        raise PhoneNotReady(
            "No number of ours may be shown to whom we call. An administrator enters one that "
            "was verified."
        )
    return decide(wanted, by=by, when=DialDecision.When.QUEUED)


def _phone_is_ready(user: User) -> None:
    fresh = AgentPhone.objects.filter(user=user, seen_at__gte=timezone.now() - FRESH)
    if not fresh.exists():
        raise PhoneNotReady("Your phone is in no open window. Open the console, then call again.")
    reserved = Place.objects.filter(agent=user, state__in=[PlaceState.OFFERED, PlaceState.TALKING])
    if my_leg(user) is not None or reserved.exists():
        raise PhoneNotReady("You are in a call, or one rings at your phone. End that one first.")


def queue(wanted: Wanted, *, by: User) -> OutboundCall:
    """Write the call down to be placed; asked for twice, or by two, it is one call.

    Raises Conflict when this agent is calling somebody else.
    """
    shown = CallerId.for_calls()
    try:
        with transaction.atomic():
            call, is_new = Call.objects.get_or_create(
                key=wanted.key,
                defaults={
                    "gateway": gateway().name,
                    "direction": Direction.OUTBOUND,
                    "purpose": wanted.purpose,
                    "remote_number": wanted.number,
                    "caller_id": shown.number if shown else "",
                },
            )
            if not is_new:
                return OutboundCall.objects.select_related("call", "agent").get(call=call)
            asked = OutboundCall.objects.create(
                call=call,
                about=wanted.about,
                agent=by,
                customer=wanted.customer,
                contact_point=wanted.contact_point,
                leg=f"{call.key.hex}-a",
            )
            AuditEntry.record(
                by=by, verb="call asked for", subject=call, detail={"purpose": wanted.purpose}
            )
            panel_changed(panel="routing.phone", user_ids=[by.pk])
    except IntegrityError as error:
        raise Conflict("You are calling somebody already. End that call first.") from error
    return asked


# -- placing it ----------------------------------------------------------------------------------


def place_due() -> int:
    """Open every call that was asked for, and let those dial whose agent is there; how many."""
    asked = OutboundCall.objects.asked().select_related("call", "agent")
    placed = sum(_place(one) for one in asked.order_by("asked_at", "pk"))
    agent_is_there = Leg.objects.filter(
        key=OuterRef("leg"), state__in=[LegState.TALKING, LegState.HELD]
    )
    there = OutboundCall.objects.under_way().filter(Exists(agent_is_there), dialled_at=None)
    for pk in there.values_list("pk", flat=True):
        dial(pk)
    _end_stuck()
    return placed


def _place(asked: OutboundCall) -> bool:
    """Claim, then act; whoever comes second does nothing."""
    if not asked.claim():
        return False
    call = asked.call
    if timezone.now() - asked.asked_at > STALE:
        _failed(asked, "The telephone came too late to it, so nobody was called. Call again.")
        return False
    provider = named(call.gateway)
    try:
        ref = provider.open(key=str(call.key), leg=call.customer_leg, direction=Direction.OUTBOUND)
        Call.objects.filter(pk=call.pk).update(place=ref.place)
        call.place = ref.place
        provider.invite(ref, leg=asked.leg, user=asked.agent_id, ring=AGENT_SECONDS)
    except GatewayError as error:
        logger.warning("a call could not be placed: %s", error)
        with suppress(GatewayError):
            provider.end(call.ref, cause=Cause.FAILED)
        _failed(asked, str(error))
        return False
    return True


def _failed(asked: OutboundCall, words: str) -> None:
    """The call never reached anybody's phone."""
    asked.end(told=words)
    failed = Received(
        gateway=asked.call.gateway,
        event_id=f"not-placed-{asked.call.key}",
        kind=Kind.CALL_ENDED,
        number=0,
        at=timezone.now(),
        leg="",
        detail={"cause": Cause.FAILED},
    )
    take_in(call_key=str(asked.call.key), events=[failed])
    _look_again(asked)


def dial(pk: int) -> bool:
    """The agent is there: ask the rules for the last time, then ring the customer's phone."""
    related = ("call", "agent", "customer", "contact_point")
    asked = OutboundCall.objects.select_related(*related).get(pk=pk)
    wanted = _wanted(asked)
    with transaction.atomic():
        if not asked.claim_dialling():
            return False
        ruling = decide(wanted, by=asked.agent, when=DialDecision.When.DIALLING)
        guard = GUARDS.get(wanted.purpose)
        if not ruling.is_allowed:
            OutboundCall.objects.filter(pk=pk).update(told=f"Not dialled: {ruling.words}."[:200])
            if guard and guard.refused:
                guard.refused(wanted, asked.agent, ruling)
    call = asked.call
    if not ruling.is_allowed:
        _ask_to_end(call)
        _look_again(asked)
        return False
    try:
        named(call.gateway).ring(call.ref, leg=call.customer_leg, ring=RING_SECONDS)
    except GatewayError as error:
        logger.warning("a customer's phone could not be rung: %s", error)
        OutboundCall.objects.filter(pk=pk, told="").update(told=str(error)[:200])
        _ask_to_end(call)
        _look_again(asked)
        return False
    return True


def _wanted(asked: OutboundCall) -> Wanted:
    call = asked.call
    return Wanted(
        key=call.key,
        purpose=Purpose(call.purpose),
        about=asked.about,
        number=call.remote_number,
        customer=asked.customer,
        contact_point=asked.contact_point,
    )


def _ask_to_end(call: Call) -> None:
    """A provider that does not answer now is asked again: see `_end_stuck`."""
    with suppress(GatewayError):
        named(call.gateway).end(call.ref, cause=Cause.CANCELED)


def _end_stuck() -> None:
    """Calls whose process died on the way, or that were refused: nobody's phone rings by them."""
    long_ago = timezone.now() - STALE
    stuck = OutboundCall.objects.under_way().filter(claimed_at__lt=long_ago, call__ringing_at=None)
    for one in stuck.select_related("call"):
        _ask_to_end(one.call)


def _look_again(asked: OutboundCall) -> None:
    panel_changed(panel="routing.phone", user_ids=[asked.agent_id])
    panel_changed(
        panel="followups.script", user_ids=[asked.agent_id], customer_id=asked.customer_id
    )


# -- what becomes of it --------------------------------------------------------------------------


def follow(*, call: Call, now: CallPicture, events: list[CallEvent]) -> None:
    """What the new events mean: rows only, in the transaction that took them in."""
    asked = OutboundCall.objects.select_related("call", "agent").filter(call=call).first()
    if asked is None:
        return
    _know_the_place(call, events)
    answered = {event.leg for event in events if event.kind == Kind.LEG_ANSWERED}
    if call.customer_leg in answered and now.answered_at and call.purpose == Purpose.CALL_BACK:
        _settle(asked)
    if now.ended_at:
        asked.end()
    elif asked.leg in answered:
        transaction.on_commit(lambda: dial(asked.pk), robust=True)
    elif now.answered_at is None and _agent_has_gone(asked, now):
        transaction.on_commit(lambda: _ask_to_end(call), robust=True)
    _look_again(asked)


def _know_the_place(call: Call, events: list[CallEvent]) -> None:
    """Whoever opened the call may have died before writing down where it is."""
    place = next((name for event in events if (name := event.detail.get("switch"))), "")
    if place and not call.place:
        Call.objects.filter(pk=call.pk, place="").update(place=place)
        call.place = place


def _agent_has_gone(asked: OutboundCall, now: CallPicture) -> bool:
    leg = now.legs.get(asked.leg)
    others = any(one.is_here for one in now.of(Party.AGENT))
    return leg is not None and leg.state in {LegState.LEFT, LegState.LOST} and not others


def _settle(asked: OutboundCall) -> None:
    """The call that was owed has been made: it is a contact of theirs from now on."""
    owed = CallBack.objects.select_related("call", "queue").filter(pk=asked.about).first()
    if owed is None:
        return
    owed.settle(by=asked.agent)
    if asked.customer is not None and not Interaction.objects.filter(call=asked.call).exists():
        place = Place.objects.select_related("contact_reason").filter(call=owed.call).first()
        Interaction.open_contact(
            customer=asked.customer,
            by=asked.agent,
            channel="voice",
            direction=Direction.OUTBOUND,
            contact_reason=place.contact_reason if place else None,
            subject="Call back",
            call=asked.call,
        )


# -- call-backs ----------------------------------------------------------------------------------


def call_back(owed: CallBack, *, by: User) -> OutboundCall:
    """Call whom we owe it. Raises PhoneNotReady, NotDialled, Conflict."""
    if owed.done_at is not None:
        raise Conflict("Somebody has called them already. Choose another one.")
    if not owed.number:
        raise RuleBroken("We have no number to call back. Find the customer, and write to them.")
    before = Call.objects.filter(
        pk__in=OutboundCall.objects.filter(about=owed.pk).values("call"), purpose=Purpose.CALL_BACK
    ).order_by("-pk")
    last = before.first()
    if last is not None and not last.is_over:
        return OutboundCall.objects.select_related("call", "agent").get(call=last)
    wanted = Wanted(
        key=key_of(Purpose.CALL_BACK, owed.pk, after=last),
        purpose=Purpose.CALL_BACK,
        about=owed.pk,
        number=owed.number,
        customer=owed.customer,
        contact_point=_point(owed),
    )
    ruling = ask(wanted, by=by)
    if not ruling.is_allowed:
        raise NotDialled(f"{ruling.words}, so nobody was called.")
    return queue(wanted, by=by)


def _point(owed: CallBack) -> ContactPoint | None:
    if owed.customer is None:
        return None
    return owed.customer.contact_points.filter(value=owed.number).first()
