"""What becomes of a call of ours? Rows only, in the transaction that took its events in."""

from __future__ import annotations

from django.db import transaction

from interactions.models import Interaction
from routing.models import CallBack, OutboundCall, Place
from routing.outbound.placing import ask_to_end, dial, look_again
from telephony.gateway import Direction
from telephony.models import Call, CallEvent, Purpose
from telephony.protocol import Kind, Party
from telephony.states import CallPicture, LegState


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
    elif asked.leg and asked.leg in answered:
        transaction.on_commit(lambda: dial(asked.pk), robust=True)
    elif now.answered_at is None and _agent_has_gone(asked, now):
        transaction.on_commit(lambda: ask_to_end(call), robust=True)
    look_again(asked)


def _know_the_place(call: Call, events: list[CallEvent]) -> None:
    """Whoever opened the call may have died before writing down where it is."""
    place = next((name for event in events if (name := event.detail.get("switch"))), "")
    if place and not call.place:
        Call.objects.filter(pk=call.pk, place="").update(place=place)
        call.place = place


def _agent_has_gone(asked: OutboundCall, now: CallPicture) -> bool:
    leg = now.legs.get(asked.leg or "")
    others = any(one.is_here for one in now.of(Party.AGENT))
    return leg is not None and leg.state in {LegState.LEFT, LegState.LOST} and not others


def _settle(asked: OutboundCall) -> None:
    """The call that was owed has been made: it is a contact of theirs from now on."""
    owed = CallBack.objects.select_related("call", "queue").filter(pk=asked.about).first()
    if owed is None or asked.agent is None:
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
