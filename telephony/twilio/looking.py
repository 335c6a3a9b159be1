"""What does the provider say of a call, when it is asked?"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from telephony.gateway import Received
from telephony.models import Call, CallEvent
from telephony.protocol import Kind
from telephony.twilio import legs, telling
from telephony.twilio.asked import NotThere, client, in_our_words

CLOCKS_APART: Final = timedelta(minutes=5)  # theirs and ours, at the worst


def conference_of(call: Call) -> str:
    """Their name of the call's conference, while it goes on."""
    found = conferences(call)
    return next((str(one.sid) for one in found if str(one.status) != "completed"), "")


def conferences(call: Call) -> list[Any]:
    """All that the provider has by the call's key; one begins with the first order to dial."""
    with in_our_words():
        return list(client().conferences.list(friendly_name=call.key.hex, limit=20))


def participants(conference: str) -> list[Any]:
    if not conference:
        return []
    with suppress(NotThere), in_our_words():
        return list(client().conferences(conference).participants.list(limit=50))
    return []


def look(call: Call, leg: str) -> str:
    """The leg's name at the provider, as a webhook or the provider itself says; or nothing."""
    if sid := legs.known(call).get(leg, ""):
        return sid
    for one in participants(conference_of(call)):
        if one.label == leg and one.call_sid:
            return str(one.call_sid)
    return over_already(call) if leg == call.customer_leg else ""


def over_already(call: Call) -> str:
    """The customer's leg that was dialled and has ended before anybody told us; or nothing.

    A conference that is over lists nobody, but it is there, so an order by this key was taken.
    Their list of calls says which: one to that number from ours, since then, of no other call.
    """
    if not legs.was_customer_ordered(call) or not conferences(call):
        return ""
    since = call.created_at - CLOCKS_APART
    with in_our_words():
        placed = client().calls.list(
            to=call.remote_number, from_=call.caller_id, start_time_after=since, limit=50
        )
        sids = [str(one.sid) for one in placed if one.sid and _is_since(one, since)]
    of_others = set(
        CallEvent.objects.filter(gateway=telling.GATEWAY, detail__sid__in=sids)
        .exclude(call=call)
        .values_list("detail__sid", flat=True)
    )
    return next((sid for sid in sids if sid not in of_others), "")


def _is_since(one: Any, since: datetime) -> bool:
    begun = _time(one.start_time)
    return begun is None or begun >= since


def sid_of(call: Call, leg: str) -> str:
    """Raises NotThere."""
    sid = look(call, leg)
    if not sid:
        raise NotThere("This leg is not in the call any more.")
    return sid


def told(call: Call) -> list[Received] | None:
    """What we were not told yet about every leg that the provider still knows.

    None when it knows none, and nothing of the call can be on its way there any more.
    """
    sids = legs.known(call)
    for one in participants(conference_of(call)):
        if one.label and one.call_sid:
            sids.setdefault(one.label, one.call_sid)
    if call.customer_leg not in sids and not call.is_over and (sid := over_already(call)):
        sids[call.customer_leg] = sid
    found: list[Received] = []
    is_known = legs.was_customer_ordered(call) and bool(conferences(call))
    for leg, sid in sids.items():
        with suppress(NotThere):
            found += _told_of(call, leg, sid)
            is_known = True
    return found if is_known or legs.is_in_flight(call) else None


def _told_of(call: Call, leg: str, sid: str) -> list[Received]:
    with in_our_words():
        one = client().calls(sid).fetch()
        status = str(one.status or "")
        begun, ended = _time(one.start_time), _time(one.end_time)
        lasted = timedelta(seconds=int(one.duration or 0))
    events = list(call.events.filter(gateway=telling.GATEWAY, leg=leg))
    kinds = {known.kind for known in events}
    who = {"sid": sid} | legs.whose(call, leg)
    latest = max([known.at for known in events if known.detail.get("sid")], default=None)
    found: list[Received] = []
    if Kind.LEG_ADDED not in kinds:
        found += telling.in_words(
            call,
            leg,
            "initiated",
            event_id=f"{sid}-told-initiated",
            at=timezone.now(),
            within=0,
            **who,
        )
    is_over = status in telling.CAUSES
    was_answered = status in {"in-progress", "answered"} or (status == "completed" and lasted)
    if was_answered and Kind.LEG_ANSWERED not in kinds:
        at = ended - lasted if is_over and ended else begun or timezone.now()
        at = max(at, latest) if latest and not is_over else at
        found += telling.in_words(
            call, leg, "answered", event_id=f"{sid}-told-answered", at=at, within=2, **who
        )
    if is_over and Kind.LEG_LEFT not in kinds:
        at = ended or timezone.now()
        found += telling.in_words(
            call, leg, status, event_id=f"{sid}-told-{status}", at=at, within=900, **who
        )
    return found


def _time(at: datetime | None) -> datetime | None:
    return telling.aware(at) if isinstance(at, datetime) else None
