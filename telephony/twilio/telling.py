"""What does the provider tell, in the words of every gateway?

A leg is one of their calls, a call of ours is one of their conferences. Their times have seconds,
their sequence numbers count within one of their calls; both together are the order (`number`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from django.utils import timezone

from telephony.gateway import Direction, Received
from telephony.models import Call
from telephony.protocol import AnsweredBy, Cause, Kind, Party

GATEWAY: Final = "twilio"
SID: Final = re.compile(r"[A-Za-z0-9_-]{2,64}")
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
STEP: Final = 1000  # events that one second has room for
LAST_OF_SECOND: Final = STEP - 1
LEFT: Final = LAST_OF_SECOND - 1  # nothing of a leg comes after its end

# Kinds of our own: what we asked the provider for. They are kept, and draw no picture.
BEGUN: Final = "dial.begun"
NOT_BEGUN: Final = "dial.refused"
GIVEN_UP: Final = "dial.given-up"
DROP_ASKED: Final = "drop.asked"
END_ASKED: Final = "end.asked"
QUESTIONS_ASKED: Final = "questions.asked"
PROMPTS_ASKED: Final = "prompts.asked"

LIVE: Final = {
    "queued": Kind.LEG_ADDED,
    "initiated": Kind.LEG_ADDED,
    "ringing": Kind.LEG_RINGING,
    "answered": Kind.LEG_ANSWERED,
    "in-progress": Kind.LEG_ANSWERED,
}
CAUSES: Final = {
    "completed": Cause.HUNG_UP,
    "busy": Cause.BUSY,
    "no-answer": Cause.NO_ANSWER,
    "failed": Cause.FAILED,
    "canceled": Cause.CANCELED,
}
PEOPLE_AND_MACHINES: Final = {
    "human": AnsweredBy.PERSON,
    "machine": AnsweredBy.MACHINE,
    "fax": AnsweredBy.MACHINE,
}
HOLDS: Final = {
    "participant-hold": Kind.LEG_HELD,
    "participant-unhold": Kind.LEG_RESUMED,
}


class NotUnderstood(ValueError):
    """A webhook without what every one has."""


def number(at: datetime, within: int) -> int:
    """The place of an event in the provider's order."""
    return int(at.timestamp()) * STEP + min(max(within, 0), LAST_OF_SECOND)


def event(
    kind: str,
    *,
    event_id: str,
    leg: str = "",
    at: datetime | None = None,
    place: int | None = None,
    **detail: Any,
) -> Received:
    at = at or timezone.now()
    place = number(at, 0) if place is None else place
    return Received(GATEWAY, event_id, kind, place, at, leg, detail)


def of_leg(
    call: Call, leg: str, said: Mapping[str, str], query: Mapping[str, str]
) -> list[Received]:
    """A status callback. Raises NotUnderstood. Nothing of whoever is called is kept."""
    sid, status = _sid(said, "CallSid"), said.get("CallStatus", "")
    at, sequence = _at(said), said.get("SequenceNumber", "")
    within = int(sequence) if sequence.isdecimal() and len(sequence) < 6 else 0
    source = said.get("CallbackSource", "call-progress-events")[:40]
    id_ = f"{sid}-{source}-{sequence[:6] if sequence else status[:20]}"
    detail = whose(call, leg, query) | {"sid": sid}
    return in_words(call, leg, status, event_id=id_, at=at, within=within, **detail)


def in_words(
    call: Call,
    leg: str,
    status: str,
    *,
    event_id: str,
    at: datetime,
    within: int,
    **detail: Any,
) -> list[Received]:
    """Their status of one leg as our events; the end of the customer's is the end of the call."""
    if status in LIVE:
        kind = LIVE[status]
        place = 0 if kind is Kind.LEG_ADDED else number(at, within)
        return [event(kind, event_id=event_id, leg=leg, at=at, place=place, **detail)]
    if status not in CAUSES:
        place = number(at, within)
        return [
            event(f"leg.{status}"[:40], event_id=event_id, leg=leg, at=at, place=place, **detail)
        ]
    cause = _cause(call, leg, status, detail.get("party", ""))
    place = number(at, LEFT)
    left = event(
        Kind.LEG_LEFT, event_id=event_id, leg=leg, at=at, place=place, **detail | {"cause": cause}
    )
    if detail.get("party") != Party.CUSTOMER:
        return [left]
    last = number(at, LAST_OF_SECOND)
    return [
        left,
        event(Kind.CALL_ENDED, event_id=f"{event_id}-call", at=at, place=last, cause=cause),
    ]


def key_of_arrival(said: Mapping[str, str]) -> uuid.UUID:
    """Our key for a call that somebody placed to us: the same for each time we are told."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{GATEWAY}:{_sid(said, 'CallSid')}")


def of_arrival(leg: str, said: Mapping[str, str]) -> list[Received]:
    """Somebody calls a number of ours; the network vouches for theirs, if it says one."""
    sid, caller = _sid(said, "CallSid"), said.get("From", "")
    shown = caller if E164.fullmatch(caller) else ""
    return [
        event(
            Kind.CALL_CREATED,
            event_id=f"{sid}-arrived",
            place=0,
            direction=Direction.INBOUND,
            number=shown,
            is_presented=True,
        ),
        event(
            Kind.LEG_ADDED, event_id=f"{sid}-made", leg=leg, place=0, party=Party.CUSTOMER, sid=sid
        ),
    ]


def of_conference(call: Call, said: Mapping[str, str]) -> list[Received]:
    """A conference's callback: holds count, and who called in is connected; the rest is kept.

    Raises NotUnderstood.
    """
    sid, what = _sid(said, "ConferenceSid"), said.get("StatusCallbackEvent", "")[:28]
    at, sequence = _at(said), said.get("SequenceNumber", "0")
    if not sequence.isdecimal() or len(sequence) > 6:
        raise NotUnderstood("no SequenceNumber")
    leg = said.get("ParticipantLabel", "")[:40]
    is_customer = leg == call.customer_leg
    kind: str = HOLDS.get(what, f"conference.{what}")
    if what == "participant-join" and is_customer and call.direction == Direction.INBOUND:
        kind = Kind.LEG_ANSWERED
    id_, place = f"{sid}-conference-{sequence}", number(at, int(sequence))
    if kind not in set(Kind):
        return [event(kind, event_id=id_, at=at, place=place)]
    if not leg.startswith(call.key.hex[:24]):
        raise NotUnderstood("no leg of this call")
    detail = {"party": Party.CUSTOMER} if is_customer else {}
    return [event(kind, event_id=id_, leg=leg, at=at, place=place, **detail)]


def of_detection(leg: str, said: Mapping[str, str]) -> list[Received]:
    """Whether a person or a machine answered, as far as the provider can hear."""
    sid, theirs = _sid(said, "CallSid"), said.get("AnsweredBy", "unknown")[:30]
    ours = PEOPLE_AND_MACHINES.get(theirs.split("_")[0], "")
    return [
        event(
            Kind.MACHINE_DETECTED, event_id=f"{sid}-answered-by", leg=leg, by=ours, as_told=theirs
        )
    ]


def whose(call: Call, leg: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Party and user of a leg; they stand in the address that we gave, which is signed."""
    if leg == call.customer_leg:
        return {"party": Party.CUSTOMER}
    party, user = query.get("party", ""), query.get("user", "")
    found: dict[str, Any] = {"party": Party(party)} if party in set(Party) else {}
    return found | ({"user": int(user)} if user.isdecimal() and len(user) < 12 else {})


def _cause(call: Call, leg: str, status: str, party: str) -> Cause:
    """Why a leg ended: what we asked for, when the provider only says that it is over."""
    if status == "busy" and party != Party.CUSTOMER:
        return Cause.REJECTED
    if status not in {"completed", "canceled"}:
        return CAUSES[status]
    asked = call.events.filter(gateway=GATEWAY, kind__in=[DROP_ASKED, END_ASKED])
    wishes = asked.filter(leg__in=[leg, ""]).order_by("pk")
    wish = wishes.values_list("detail__cause", flat=True).first()
    return Cause(wish) if wish else CAUSES[status]


def _sid(said: Mapping[str, str], name: str) -> str:
    sid = said.get(name, "")
    if not SID.fullmatch(sid):
        raise NotUnderstood(f"no {name}")
    return sid


def _at(said: Mapping[str, str]) -> datetime:
    """Their time (RFC 2822), or now where none is told."""
    written = said.get("Timestamp", "")
    try:
        return aware(parsedate_to_datetime(written)) if written else timezone.now()
    except ValueError as error:
        raise NotUnderstood("no time") from error


def aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
