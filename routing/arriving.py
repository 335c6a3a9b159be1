"""How does a call from a telephone outside come in? By an event: nobody asked us before."""

from __future__ import annotations

import logging

from django.db import transaction

from accounts.models import AuditEntry
from routing.assignment import last_agent_of
from routing.incoming import first_state, whose
from routing.models import Place, Queue
from telephony.adapters import named
from telephony.gateway import GatewayError
from telephony.models import Call
from telephony.protocol import Cause

logger = logging.getLogger(__name__)


def give_a_place(call: Call) -> None:
    """The caller's place in the default queue; after the commit the call is accepted.

    The network vouches for the number, so whoever it belongs to is certain. Without a queue the
    caller hears that nobody takes calls, as far as SIP can say so: the call is refused.
    """
    queue = Queue.of(None)
    if queue is None:
        transaction.on_commit(lambda: _refuse(call), robust=True)
        return
    customer, match = whose(call.remote_number, queue, is_presented=True)
    Call.objects.filter(pk=call.pk).update(line=queue.name)
    call.line = queue.name
    Place.objects.create(
        call=call,
        queue=queue,
        customer=customer,
        match=match,
        state=first_state(queue),
        last_agent_id=last_agent_of(customer.pk) if customer else None,
    )
    AuditEntry.record(by=None, verb="call received", subject=call, detail={"queue": queue.pk})
    transaction.on_commit(lambda: _accept(call), robust=True)


def _accept(call: Call) -> None:
    """A provider that is silent goes on ringing, and ends the call by itself after a minute."""
    try:
        named(call.gateway).accept(call.ref, leg=call.customer_leg)
    except GatewayError as error:
        logger.warning("a call could not be accepted: %s", error)


def _refuse(call: Call) -> None:
    try:
        named(call.gateway).drop(call.ref, leg=call.customer_leg, cause=Cause.REJECTED)
    except GatewayError as error:
        logger.warning("a call could not be refused: %s", error)
