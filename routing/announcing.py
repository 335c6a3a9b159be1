"""What are callers told who wait, or who call while nobody is here?

1. Claim: callers to whom nothing was said for a while, a few a second, with SKIP LOCKED. That
   they were told is written and committed, so that two processes never speak to the same caller.
2. Say: their place and about how long it takes; the first time with the offer to be called back.
   What the provider does not say comes at the next turn. Music goes on afterwards.
   Where the queue records, that is said before all, at once, and also while a phone rings for them.
3. The key that answers the offer is an event like any other (`routing.receivers`).
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from routing.assignment import estimated_wait
from routing.models import CallBack, CallBackReason, Place, PlaceState, RecordingPolicy
from telephony import spoken
from telephony.adapters import named
from telephony.gateway import GatewayError
from telephony.models import Call, Leg
from telephony.protocol import Cause, Party
from telephony.states import LegState

logger = logging.getLogger(__name__)

FIRST: Final = timedelta(seconds=10)
AGAIN: Final = timedelta(seconds=45)
AT_ONCE: Final = 10
KEY_SECONDS: Final = 6.0
CALL_BACK: Final = "call_back"
CALL_BACK_KEY: Final = "1"


def tell_waiting(*, at: datetime) -> int:
    """Tell whoever has not been told for a while; how many were claimed."""
    customer = Leg.objects.filter(
        call=OuterRef("call"), party=Party.CUSTOMER, state=LegState.TALKING
    )
    waits = Q(state=PlaceState.WAITING)
    due = Q(told_at=None, entered_at__lte=at - FIRST) | Q(told_at__lte=at - AGAIN)
    recorded = Q(told_at=None, queue__recording=RecordingPolicy.CONSENTED)
    with transaction.atomic():
        places = list(
            Place.objects.filter(
                waits & due | recorded & (waits | Q(state=PlaceState.OFFERED)), Exists(customer)
            )
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("queue", "call")
            .order_by("entered_at", "pk")[:AT_ONCE]
        )
        Place.objects.filter(pk__in=[place.pk for place in places]).update(told_at=at)
    for place in places:
        try:
            _tell_place(place, is_first=place.told_at is None)
        except GatewayError as error:
            logger.warning("a caller could not be told: %s", error)
            if not error.permanent:
                break
    return len(places)


def _tell_place(place: Place, *, is_first: bool) -> None:
    call = place.call
    notice = is_first and place.queue.recording == RecordingPolicy.CONSENTED
    prompts = [spoken.RECORDING_NOTICE] if notice else []
    if place.state == PlaceState.OFFERED:
        named(call.gateway).say(call.ref, leg=call.customer_leg, prompts=prompts)
        return
    prompts.append(spoken.place_in_queue(Place.objects.ahead_of(place).count() + 1))
    if about := estimated_wait(place):
        prompts.append(spoken.minutes_to_wait(about / timedelta(minutes=1)))
    if is_first and call.remote_number:
        _ask(call, questionnaire=_offer(before=prompts))
    else:
        named(call.gateway).say(call.ref, leg=call.customer_leg, prompts=prompts)


def tell_closed(call: Call) -> None:
    """Nobody is here now; where we know their number, one key has us call back."""
    try:
        if call.remote_number:
            _ask(call, questionnaire=_offer(before=[spoken.CLOSED]))
        else:
            leg = call.customer_leg
            named(call.gateway).say(call.ref, leg=leg, prompts=[spoken.CLOSED])
    except GatewayError as error:
        logger.warning("a caller could not be told that we are closed: %s", error)
        let_go(call)


def tell_reconnecting(call: Call) -> None:
    with suppress(GatewayError):
        leg = call.customer_leg
        named(call.gateway).say(call.ref, leg=leg, prompts=[spoken.RECONNECTING])


def owe_by_key(place: Place) -> bool:
    """The caller has asked by key to be called; false when they talk to somebody by now.

    Within the transaction that took the key in; the good-bye is said after it.
    """
    now = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    place.state, place.agent_id, place.leg = now.state, now.agent_id, now.leg
    call, was_offered = place.call, now.state == PlaceState.OFFERED
    if now.state not in {PlaceState.WAITING, PlaceState.OFFERED, PlaceState.CLOSED}:
        return False
    place.end(state=PlaceState.CALL_BACK, at=timezone.now())
    CallBack.owe(place=place, reason=CallBackReason.ASKED)
    ringing = place.leg if was_offered else ""
    transaction.on_commit(lambda: _say_goodbye(call, ringing=ringing), robust=True)
    return True


def _say_goodbye(call: Call, *, ringing: str) -> None:
    """What is kept is told; the call ends when that has been said."""
    provider = named(call.gateway)
    try:
        provider.say(call.ref, leg=call.customer_leg, prompts=[spoken.CALL_BACK_KEPT])
        if ringing:
            provider.drop(call.ref, leg=ringing, cause=Cause.CANCELED)
    except GatewayError:
        let_go(call)


def let_go(call: Call) -> None:
    """End a call in which there is no more to say. A silent provider ends it by its own clock."""
    try:
        named(call.gateway).end(call.ref, cause=Cause.HUNG_UP)
    except GatewayError as error:
        logger.warning("a call could not be ended: %s", error)


def _offer(*, before: list[str]) -> dict[str, Any]:
    question = {"code": CALL_BACK, "prompt": spoken.CALL_BACK_OFFER, "keys": CALL_BACK_KEY}
    return {"questions": [question], "before": before, "tries": 1, "seconds": KEY_SECONDS}


def _ask(call: Call, *, questionnaire: dict[str, Any]) -> None:
    named(call.gateway).ask(call.ref, leg=call.customer_leg, questionnaire=questionnaire)
