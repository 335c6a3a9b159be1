"""Who opens a call that an agent asked for, and when does the customer's phone ring?"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.live import panel_changed
from routing.models import DialDecision, OutboundCall
from routing.outbound.rules import GUARDS, Wanted, decide
from telephony.adapters import named
from telephony.gateway import Direction, GatewayError, Received
from telephony.models import Call, Leg, Purpose
from telephony.protocol import Cause, Kind
from telephony.states import LegState
from telephony.taking_in import take_in

logger = logging.getLogger(__name__)

AGENT_SECONDS: Final = 20  # for the agent's own page to connect by itself
RING_SECONDS: Final = 30  # 16 CFR 310.4(b)(4)(ii): at least 15 seconds or four rings
STALE: Final = timedelta(seconds=30)  # nobody waits so long for a call of theirs to begin


def place_due() -> int:
    """Open every call that was asked for, and let those dial whose agent is there; how many."""
    asked = OutboundCall.objects.asked().filter(agent__isnull=False).select_related("call")
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
    if asked.agent_id is None or asked.leg is None or not asked.claim():
        return False
    call = asked.call
    if timezone.now() - asked.asked_at > STALE:
        failed(asked, "The telephone came too late to it, so nobody was called. Call again.")
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
        failed(asked, str(error))
        return False
    return True


def failed(
    asked: OutboundCall, words: str, *, cause: Cause = Cause.FAILED, is_for_good: bool = False
) -> None:
    """The call never reached anybody's phone; `is_for_good`: the provider will never place it."""
    asked.end(told=words)
    ended = Received(
        gateway=asked.call.gateway,
        event_id=f"not-placed-{asked.call.key}",
        kind=Kind.CALL_ENDED,
        number=0,
        at=timezone.now(),
        leg="",
        detail={"cause": cause, "is_for_good": is_for_good},
    )
    take_in(call_key=str(asked.call.key), events=[ended])
    look_again(asked)


def dial(pk: int) -> bool:
    """The agent is there: ask the rules for the last time, then ring the customer's phone."""
    related = ("call", "agent", "customer", "contact_point")
    asked = OutboundCall.objects.select_related(*related).get(pk=pk)
    wanted = wanted_by(asked)
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
        ask_to_end(call)
        look_again(asked)
        return False
    try:
        named(call.gateway).ring(call.ref, leg=call.customer_leg, ring=RING_SECONDS)
    except GatewayError as error:
        logger.warning("a customer's phone could not be rung: %s", error)
        OutboundCall.objects.filter(pk=pk, told="").update(told=str(error)[:200])
        ask_to_end(call)
        look_again(asked)
        return False
    return True


def wanted_by(asked: OutboundCall) -> Wanted:
    call = asked.call
    return Wanted(
        key=call.key,
        purpose=Purpose(call.purpose),
        about=asked.about,
        number=call.remote_number,
        customer=asked.customer,
        contact_point=asked.contact_point,
    )


def ask_to_end(call: Call) -> None:
    """A provider that does not answer now is asked again: see `_end_stuck`."""
    with suppress(GatewayError):
        named(call.gateway).end(call.ref, cause=Cause.CANCELED)


def _end_stuck() -> None:
    """Calls whose process died on the way, or that were refused: nobody's phone rings by them."""
    long_ago = timezone.now() - STALE
    stuck = OutboundCall.objects.under_way().filter(claimed_at__lt=long_ago, call__ringing_at=None)
    # Of a voice's call the provider is asked first: it may have rung without our knowing.
    for one in stuck.filter(agent__isnull=False).select_related("call"):
        ask_to_end(one.call)


def look_again(asked: OutboundCall) -> None:
    users = [asked.agent_id] if asked.agent_id else []
    panel_changed(panel="routing.phone", user_ids=users)
    panel_changed(panel="followups.script", user_ids=users, customer_id=asked.customer_id)
