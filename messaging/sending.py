"""How does a text leave at most once, whatever becomes of the provider's answer?

1. Claim: one conditional UPDATE, committed. Whoever claimed it sends it, and nobody else ever.
2. Act: the gateway is asked, once, outside of any transaction.
3. Record: sent, refused, put off (certainly not sent, tried again later), or unknown.
4. What was claimed and not recorded within the lease, or is unknown, is asked about at the
   provider. Known there: its state. Not known there for so long: not delivered. Never sent again.
"""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from messaging.adapters import named
from messaging.gateway import NoAnswer, NotSent, SendingRefused, SendingState, Told
from messaging.models import IN_FLIGHT, Sending
from messaging.signals import sending_moved

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)  # longer than any answer of a gateway may take
GONE: Final = timedelta(minutes=10)  # unknown at the provider for so long: it never got there
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
MOST_TRIES: Final = 8
BATCH: Final = 50

# From where the provider's word takes it: never backwards, and an end is an end.
BEFORE: Final = {
    SendingState.SENT: IN_FLIGHT,
    SendingState.DELIVERED: (*IN_FLIGHT, SendingState.SENT),
    SendingState.FAILED: (*IN_FLIGHT, SendingState.SENT),
}


def send(sending: Sending) -> SendingState:
    """Claim, send, write down what came of it; a text that somebody else has is left to them."""
    if not sending.claim():
        return SendingState(Sending.objects.get(pk=sending.pk).state)
    try:
        told = named(sending.gateway).send(sending.outgoing)
    except NotSent as error:
        _put_off(sending, str(error))
    except SendingRefused as error:
        take_in(sending, Told(SendingState.FAILED, because=str(error)))
    except NoAnswer as error:
        logger.warning("a text may have been sent: %s", error)
        sending.becomes(
            SendingState.UNKNOWN, only_from=(SendingState.SENDING,), because=str(error)[:160]
        )
    else:
        take_in(sending, told)
    return SendingState(sending.state)


def _put_off(sending: Sending, because: str) -> None:
    if sending.tries >= MOST_TRIES:
        take_in(sending, Told(SendingState.FAILED, because=because))
        return
    sending.put_off(back_off(sending.tries), because=because)


def back_off(tries: int) -> timedelta:
    """Twice as long after each try, with jitter of a half, up to a cap."""
    longest: timedelta = min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
    share: float = random.uniform(0.5, 1)
    return longest * share


def take_in(sending: Sending, told: Told) -> bool:
    """Write down what the provider says; a late or doubled word changes nothing."""
    with transaction.atomic():
        more = {"because": told.because[:160]} if told.because else {}
        if told.place:
            more["place"] = told.place
        moved = sending.becomes(told.state, only_from=BEFORE[told.state], **more)
        if moved:
            sending_moved.send(Sending, sending=sending)
    return moved


def ask_about_the_unknown() -> int:
    """Ask the providers about what nobody confirmed; how many were settled."""
    now = timezone.now()
    rows = Sending.objects.unsettled(before=now - LEASE).exclude(asked_at__gt=now - LEASE)
    return sum(_ask_about(sending) for sending in rows[:BATCH])


def _ask_about(sending: Sending) -> bool:
    now = timezone.now()
    mine = Sending.objects.filter(pk=sending.pk, state__in=IN_FLIGHT, asked_at=sending.asked_at)
    if not mine.update(asked_at=now):
        return False
    gateway = named(sending.gateway)
    if not gateway.can_be_asked:
        return _never_known(sending, now)
    try:
        told = gateway.told(sending.outgoing)
    except NoAnswer as error:
        sending.becomes(
            SendingState.UNKNOWN, only_from=(SendingState.SENDING,), because=str(error)[:160]
        )
        return False
    if told is not None:
        return take_in(sending, told)
    if sending.claimed_at and now - sending.claimed_at < GONE:
        return False
    return take_in(sending, Told(SendingState.FAILED, because="The provider never got it."))


def _never_known(sending: Sending, now: datetime) -> bool:
    """Nobody will ever say: it may have been sent, and is not sent again."""
    if sending.claimed_at and now - sending.claimed_at < GONE:
        return False
    with transaction.atomic():
        moved = sending.becomes(SendingState.UNKNOWN, only_from=IN_FLIGHT, settled_at=now)
        if moved:
            sending_moved.send(Sending, sending=sending)
    return moved


def cancel(sending: Sending, *, because: str) -> bool:
    """Not sent after all; false when it is on its way already."""
    return sending.becomes(
        SendingState.CANCELED, only_from=(SendingState.QUEUED,), because=because[:160]
    )
