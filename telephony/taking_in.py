"""How does an event become part of a call? Once, whenever and however often it comes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from telephony.gateway import CallState, Direction, Received
from telephony.models import Call, CallEvent, Recording
from telephony.protocol import Kind
from telephony.signals import call_moved
from telephony.states import picture

logger = logging.getLogger(__name__)


def take_in(*, call_key: str, events: Iterable[Received]) -> int:
    """Keep the events and draw their call anew; how many of them were new.

    1. Lock the call's row: events of one call are taken in one after the other.
    2. Insert; a row that is there already stays as it is, and counts for nothing.
    3. Draw the picture from all events of the call, and write down what differs.
    4. Tell the apps above which events were new, in the same transaction.
    """
    with transaction.atomic():
        events = list(events)
        _let_arrive(call_key, events)
        call = Call.objects.select_for_update().filter(key=call_key).first()
        if call is None:
            logger.warning("events of a call that is not known")
            return 0
        known = set(call.events.values_list("gateway", "event_id"))
        new = [
            CallEvent(
                gateway=one.gateway,
                event_id=one.event_id,
                call=call,
                kind=one.kind,
                number=one.number,
                leg=one.leg,
                at=one.at,
                detail=one.detail,
            )
            for one in {one.event_id: one for one in events}.values()
            if (one.gateway, one.event_id) not in known
        ]
        if not new:
            return 0
        CallEvent.objects.bulk_create(new)
        before = CallState(call.state)
        told = [event.told() for event in call.events.all()]
        seen = picture([one for one in told if one], direction=call.direction)
        call.draw(seen)
        _keep_recordings(call, new)
        new.sort(key=lambda event: (event.number, event.at))
        call_moved.send(sender=Call, call=call, before=before, now=seen, events=new)
    return len(new)


def _let_arrive(call_key: str, events: list[Received]) -> None:
    """A telephone outside has called: the first that we hear of the call is its event."""
    for one in events:
        if one.kind == Kind.CALL_CREATED and one.detail.get("is_presented"):
            Call.objects.get_or_create(
                key=call_key,
                defaults={
                    "gateway": one.gateway,
                    "place": one.detail.get("switch", ""),
                    "direction": Direction.INBOUND,
                    "remote_number": str(one.detail.get("number", ""))[:16],
                },
            )


def _keep_recordings(call: Call, events: list[CallEvent]) -> None:
    for event in events:
        if event.kind == Kind.RECORDING_READY:
            detail = event.detail
            Recording.objects.create(
                call=call,
                file=detail["file"],
                seconds=cast("Any", str(detail["seconds"])),
                started_at=datetime.fromisoformat(detail["started_at"]),
                pauses=detail["pauses"],
            )
