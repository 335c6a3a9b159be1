"""What an event of a call means for its place in the queue, in the transaction that took it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.live import panel_changed
from accounts.models import Presence, User
from routing.arriving import give_a_place
from routing.assignment import offer_waiting
from routing.models import CallBack, CallBackReason, Place, PlaceState
from routing.recordings import start_due
from telephony.models import Call, CallEvent
from telephony.protocol import Cause, Kind, Party
from telephony.signals import call_moved
from telephony.states import CallPicture

CUT_OFF = {Cause.LOST, Cause.SWITCH_GONE, Cause.FAILED}


@receiver(call_moved)
def follow_the_call(*, call: Call, now: CallPicture, events: list[CallEvent], **_: Any) -> None:
    """Move the place as the new events say, and look for an agent afterwards."""
    place = Place.objects.select_related("queue", "call", "customer").filter(call=call).first()
    if place is None and any(map(_is_arrival, events)):
        give_a_place(call)
    if place is not None:
        for event in events:
            _follow(place, event, now)
    users = {leg.user for leg in now.legs.values() if leg.user}
    panel_changed(panel="routing.phone", user_ids=users)
    panel_changed(panel="routing.board", team_ids={place.queue.team_id} if place else ())
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
        elif event.kind == Kind.LEG_LEFT and not now.ended_at:
            _left(place, Cause(detail.get("cause", Cause.FAILED)), now)


def _left(place: Place, cause: Cause, now: CallPicture) -> None:
    """An agent's leg has gone while the caller is still there."""
    if place.state == PlaceState.OFFERED:
        if cause is Cause.NO_ANSWER and place.agent_id:
            missed = User.objects.get(pk=place.agent_id)
            missed.be(Presence.MISSED)
        place.take_back(passed=True)
    elif place.state == PlaceState.TALKING and cause is Cause.LOST:
        others = [leg for leg in now.of(Party.AGENT) if leg.is_here]
        if not others:
            place.wait_again()


def _ended(place: Place, now: CallPicture, *, at: datetime) -> None:
    was = PlaceState(place.state)
    owner_id = place.agent_id
    served = was is PlaceState.TALKING
    ended = place.end(state=PlaceState.DONE if served else PlaceState.LEFT, at=at)
    if not ended:
        return
    place.agent_id = owner_id
    if now.cause in CUT_OFF:
        CallBack.owe(place=place, reason=CallBackReason.CUT_OFF)
    elif not served and (place.customer_id or place.call.remote_number):
        CallBack.owe(place=place, reason=CallBackReason.LEFT)
