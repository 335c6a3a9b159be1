"""Who lets a customer's phone ring in a call in which an automatic voice talks?

1. Claim: one process marks the row, asks every rule at this moment, keeps the decision. Commit.
2. Act: the provider opens the call and rings the customer's phone. What it refuses was not made.
3. Whoever died in between, or got no answer, has left a claimed row: the provider is asked what
   became of it (`telephony.reconciling`), and nothing is dialled again.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import timezone

from routing.models import DialDecision, OutboundCall
from routing.outbound.placing import RING_SECONDS, failed, wanted_by
from routing.outbound.rules import GUARDS, Ruling, decide
from telephony.adapters import named
from telephony.gateway import Direction, GatewayError
from telephony.models import Call, GatewayCircuit
from telephony.protocol import Cause

logger = logging.getLogger(__name__)

AT_ONCE: Final = 50
SECONDS: Final = 20.0  # well below the soft limit of a task; the next one goes on from there


def ring_due(*, seconds: float = SECONDS) -> int:
    """Ring everybody whom a voice is to call; how many phones were asked to ring.

    A provider that has not answered for a while is left alone: what waits, waits.
    """
    until, rung, silent = time.monotonic() + seconds, 0, set[str]()
    for _ in range(AT_ONCE):
        if time.monotonic() > until:
            break
        with transaction.atomic():
            asked = _next(silent)
            if asked is None or not asked.claim_all():
                break
            ruling = _decided(asked)
        rung += _rung(asked, ruling)
    return rung


def _next(silent: set[str]) -> OutboundCall | None:
    """Whom nobody else rings at this moment, whoever has waited for longest; it is locked.

    Providers that are to be left alone become `silent`.
    """
    while True:
        free = OutboundCall.objects.asked().by_voice().exclude(call__gateway__in=silent)
        related = free.select_related("call", "customer", "contact_point")
        locked = related.select_for_update(of=("self",), skip_locked=True)
        asked = locked.order_by("asked_at", "pk").first()
        if asked is None or GatewayCircuit.lets_through(asked.call.gateway, at=timezone.now()):
            return asked
        silent.add(asked.call.gateway)


def _rung(asked: OutboundCall, ruling: Ruling) -> bool:
    """It is claimed and committed: act."""
    if not ruling.is_allowed:
        failed(asked, f"Not dialled: {ruling.words}.", cause=Cause.CANCELED)
        return False
    call, asked_at = asked.call, timezone.now()
    try:
        ref = named(call.gateway).open(
            key=str(call.key),
            leg=call.customer_leg,
            direction=Direction.OUTBOUND,
            ring=RING_SECONDS,
        )
    except GatewayError as error:
        _note(asked, error, asked_at=asked_at)
        return False
    GatewayCircuit.worked(call.gateway)
    Call.objects.filter(pk=call.pk, place="").update(place=ref.place)
    return True


def _note(asked: OutboundCall, error: GatewayError, *, asked_at: datetime) -> None:
    """What certainly was not placed is over now; of the rest the provider is asked later."""
    logger.warning("a customer's phone could not be rung: %s", error)
    if error.permanent:
        GatewayCircuit.worked(asked.call.gateway)  # it answers, and refuses this call alone
    else:
        GatewayCircuit.failed(asked.call.gateway, asked_at=asked_at, at=timezone.now())
    if error.nothing_done:
        failed(asked, str(error), is_for_good=error.permanent)


def _decided(asked: OutboundCall) -> Ruling:
    """The rules for the last time; whoever has to know of a refusal is told with it.

    One that cannot be decided is not called, and holds up none of those behind it.
    """
    wanted = wanted_by(asked)
    try:
        ruling = decide(wanted, by=None, when=DialDecision.When.DIALLING)
        guard = GUARDS.get(wanted.purpose)
        if not ruling.is_allowed and guard and guard.refused:
            guard.refused(wanted, None, ruling)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, its neighbours go on)
        what = type(error).__name__
        logger.error("call %s cannot be decided: %s", asked.call_id, what)
        return Ruling(False, "undecided", f"Cannot be decided: {what}")
    return ruling
