"""How is a leg dialled, once, whatever becomes of the provider's answer?

1. A row says that it begins: whoever writes it dials, and nobody else.
2. The provider is asked, once.
3. Where no answer comes, the provider is asked whether it dialled, by names that are ours.
4. A row says how the provider names the leg, or that it refused, or that we gave the leg up.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import Any, Final

from django.utils import timezone

from telephony.gateway import CallRefused, GatewayError, GatewayUnavailable
from telephony.models import Call
from telephony.protocol import Kind
from telephony.taking_in import take_in
from telephony.twilio import addresses, legs, telling
from telephony.twilio.asked import NotDone, Unanswered, client, in_our_words
from telephony.twilio.looking import look
from telephony.twilio.telling import BEGUN, GIVEN_UP, NOT_BEGUN

logger = logging.getLogger(__name__)

LOOKS: Final = 3  # how often the provider is asked whether it did what it did not answer to
BETWEEN_LOOKS: Final = 0.5  # seconds


def dial(call: Call, leg: str, **how: Any) -> None:
    """Claim and commit, dial, write down what came of it."""
    if not _claimed(call, leg):
        _found_again(call, leg)
        return
    sid = ""
    try:
        with in_our_words():
            conference = client().conferences(call.key.hex)
            made = conference.participants.create(
                label=leg,
                beep="false",
                start_conference_on_enter=True,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                conference_status_callback=addresses.of_call("conference_told", call),
                conference_status_callback_event=["start", "end", "join", "leave", "hold"],
                **how,
            )
            sid = made.call_sid or ""
    except (NotDone, CallRefused):
        count = call.events.filter(kind=NOT_BEGUN, leg=leg).count()
        _write(call, NOT_BEGUN, event_id=f"{leg}-refused-{count}", leg=leg)
        raise
    except Unanswered as error:
        logger.warning("a leg may have been dialled: %s", error)
    _added(call, leg, sid or _found_after(call, leg))


def _claimed(call: Call, leg: str) -> bool:
    """Whether it is ours to dial: once, and once more after each refusal."""
    refused = call.events.filter(kind=NOT_BEGUN, leg=leg).count()
    return _write(call, BEGUN, event_id=f"{leg}-begun-{refused}", leg=leg) == 1


def _found_again(call: Call, leg: str) -> None:
    """This leg was begun before: it is there, or it is not, but it is not dialled again."""
    if leg in legs.known(call):
        return
    if sid := look(call, leg):
        _added(call, leg, sid)
        return
    begun = call.events.filter(kind=BEGUN, leg=leg).latest("received_at")
    if timezone.now() - begun.received_at < legs.IN_FLIGHT:
        raise GatewayUnavailable("The provider has not said yet whether it dialled.")
    raise CallRefused("This was begun, the provider knows nothing of it; it is a new call now.")


def _found_after(call: Call, leg: str) -> str:
    """After an answer that was lost. Raises GatewayUnavailable; the leg is not wanted then."""
    for attempt in range(LOOKS):
        if attempt:
            time.sleep(BETWEEN_LOOKS)
        with suppress(GatewayError):  # also a refusal to say is no word on whether it dialled
            if sid := look(call, leg):
                return sid
    _write(call, GIVEN_UP, event_id=f"{leg}-given-up", leg=leg)
    raise GatewayUnavailable("The provider did not say whether it dialled. Nobody dials twice.")


def _added(call: Call, leg: str, sid: str) -> None:
    who = legs.whose(call, leg)
    _write(call, Kind.LEG_ADDED, event_id=f"{sid}-made", leg=leg, place=0, sid=sid, **who)


def _write(call: Call, kind: str, **of_it: Any) -> int:
    return take_in(call_key=str(call.key), events=[telling.event(kind, **of_it)])
