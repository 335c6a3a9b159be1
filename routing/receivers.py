"""What an event of a call means for its place in the queue, in the transaction that took it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.afterwards import afterwards
from accounts.live import panel_changed
from accounts.models import Presence, User
from routing.announcing import (
    CALL_BACK,
    CALL_BACK_KEY,
    let_go,
    owe_by_key,
    tell_closed,
    tell_reconnecting,
)
from routing.arriving import give_a_place
from routing.assignment import offer_waiting
from routing.models import CallBack, CallBackReason, Consultation, Place, PlaceState
from routing.outbound import follow
from routing.recordings import start_due
from routing.signals import customer_alone
from telephony.gateway import Direction
from telephony.models import Call, CallEvent
from telephony.protocol import Cause, Kind, Party
from telephony.signals import call_moved
from telephony.states import CallPicture, LegState

CUT_OFF = {Cause.LOST, Cause.SWITCH_GONE, Cause.FAILED}
SAID_ALL = {Kind.PROMPT_DONE, Kind.QUESTIONS_DONE}


@receiver(call_moved)
def follow_the_call(*, call: Call, now: CallPicture, events: list[CallEvent], **_: Any) -> None:
    """Move the place as the new events say, and look for an agent afterwards."""
    place = Place.objects.select_related("queue", "call", "customer").filter(call=call).first()
    hung_up_at = _agents_hung_up(now, events)
    if place is None and any(map(_is_arrival, events)):
        give_a_place(call)
    if place is not None:
        for event in events:
            _follow(place, event, now)
        if hung_up_at and place.state == PlaceState.TALKING:
            place.end(state=PlaceState.DONE, at=hung_up_at)
    if hung_up_at:
        _go_on_or_end(call, now, at=hung_up_at)
    users = {leg.user for leg in now.legs.values() if leg.user}
    panel_changed(panel="routing.phone", user_ids=users)
    panel_changed(panel="routing.board", team_ids={place.queue.team_id} if place else ())
    if users or place or call.direction == Direction.INBOUND:  # else nobody of ours takes part
        transaction.on_commit(offer_waiting, robust=True)
        transaction.on_commit(start_due, robust=True)


def _is_arrival(event: CallEvent) -> bool:
    """A telephone outside calls: the network presents its number, and nobody has asked us."""
    return event.kind == Kind.CALL_CREATED and bool(event.detail.get("is_presented"))


def _follow(place: Place, event: CallEvent, now: CallPicture) -> None:
    detail = event.detail
    if event.kind == Kind.CALL_ENDED:
        _ended(place, now, at=event.at)
    elif detail.get("party") == Party.AGENT and event.leg == place.leg:
        if event.kind == Kind.LEG_ANSWERED:
            place.answered(at=event.at)
            _bring_the_contact(place)
        elif event.kind == Kind.LEG_LEFT and not now.ended_at:
            _left(place, Cause(detail.get("cause", Cause.FAILED)), now)
    elif event.leg == place.call.customer_leg:
        _follow_the_caller(place, event)


def _follow_the_caller(place: Place, event: CallEvent) -> None:
    """What a caller is told, asked and answers while nobody talks with them."""
    if event.kind == Kind.LEG_ANSWERED and place.state == PlaceState.CLOSED:
        afterwards(tell_closed, place.call)
    elif event.kind == Kind.ANSWER_GIVEN:
        said = (event.detail.get("question"), event.detail.get("key"))
        if said == (CALL_BACK, CALL_BACK_KEY):
            owe_by_key(place)
    elif event.kind in SAID_ALL and _has_heard_all(place, event):
        afterwards(let_go, place.call)


def _has_heard_all(place: Place, event: CallEvent) -> bool:
    """After “we will call you back”, or “we are closed” without an answer, nothing follows."""
    if place.state == PlaceState.CALL_BACK:
        return event.kind == Kind.PROMPT_DONE
    return place.state == PlaceState.CLOSED


def _bring_the_contact(place: Place) -> None:
    """Whoever answers a caller who has a contact already works on that contact."""
    contact, agent = place.interaction, place.agent
    if contact is None or agent is None or contact.agent is None or contact.agent == agent:
        return
    passed = Consultation.passed_to(place.leg)
    words = passed.brief if passed else "The caller came back to the queue."
    contact.give_to(by=contact.agent, to=agent, brief=words)


def _left(place: Place, cause: Cause, now: CallPicture) -> None:
    """An agent's leg has gone while the caller is still there."""
    if place.state == PlaceState.OFFERED:
        if cause is Cause.NO_ANSWER and place.agent_id:
            missed = User.objects.get(pk=place.agent_id)
            missed.be(Presence.MISSED)
        place.take_back(passed=True)
    elif place.state == PlaceState.TALKING and cause is Cause.LOST:
        others = [leg for leg in now.of(Party.AGENT) if leg.is_here]
        if not others and place.wait_again():
            afterwards(tell_reconnecting, place.call)


def _agents_hung_up(now: CallPicture, events: list[CallEvent]) -> datetime | None:
    """When the last of ours hung up on a customer who is still there, by these events."""
    agents, customers = now.of(Party.AGENT), now.of(Party.CUSTOMER)
    alone = all(leg.state is LegState.LEFT for leg in agents) and any(
        leg.state is not LegState.LEFT for leg in customers
    )
    if now.ended_at or not alone:
        return None
    return next(
        (
            event.at
            for event in reversed(events)
            if event.kind == Kind.LEG_LEFT
            and event.detail.get("party") == Party.AGENT
            and event.detail.get("cause") == Cause.HUNG_UP
        ),
        None,
    )


def _go_on_or_end(call: Call, now: CallPicture, *, at: datetime) -> None:
    """A higher app goes on with the customer, or the call is over for them too."""
    is_here = any(leg.is_here for leg in now.of(Party.CUSTOMER))
    answers = customer_alone.send(sender=Call, call=call, at=at) if is_here else []
    if not any(is_claimed for _, is_claimed in answers):
        afterwards(let_go, call)


def _ended(place: Place, now: CallPicture, *, at: datetime) -> None:
    was = PlaceState(place.state)
    owner_id = place.agent_id
    after = {PlaceState.TALKING: PlaceState.DONE, PlaceState.CLOSED: PlaceState.CLOSED}
    ended = place.end(state=after.get(was, PlaceState.LEFT), at=at)
    if not ended:
        return
    place.agent_id = owner_id
    if now.cause in CUT_OFF:
        CallBack.owe(place=place, reason=CallBackReason.CUT_OFF)
    elif was not in after and (place.customer_id or place.call.remote_number):
        CallBack.owe(place=place, reason=CallBackReason.LEFT)


@receiver(call_moved)
def follow_calls_of_ours(
    *, call: Call, now: CallPicture, events: list[CallEvent], **_: Any
) -> None:
    """Let the customer's phone ring once the agent is there, and settle what was owed."""
    if call.direction == Direction.OUTBOUND:
        follow(call=call, now=now, events=events)
