"""Who may ask for a call, and by which key is it the same however often it is asked for?"""

from __future__ import annotations

import uuid
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from routing.models import AgentPhone, DialDecision, OutboundCall, Place, PlaceState
from routing.models.phones import FRESH
from routing.outbound.rules import Ruling, Wanted, decide
from routing.talking import my_leg
from telephony.adapters import gateway
from telephony.gateway import Capability, Direction
from telephony.models import Call, CallerId

KEYS: Final = uuid.UUID("0f6d3ab0-6a53-4f5c-9f54-5c1f0f7a2f1e")


class PhoneNotReady(RuleBroken):
    """The agent's own phone, or ours, cannot place a call now."""


def places_calls() -> bool:
    """Whether we dial, or the agent does."""
    return Capability.PLACES_CALLS in gateway().capabilities


def key_of(purpose: str, about: int, *, after: Call | None = None) -> uuid.UUID:
    """The key of the call about this: the same until a call of it has come to nothing."""
    return uuid.uuid5(KEYS, f"{purpose}:{about}:{after.pk if after else 0}")


def came_to_nothing(call: Call) -> bool:
    """Whether it is over without the customer's phone ever having rung: it may be tried again."""
    return call.is_over and call.ringing_at is None


def ask(wanted: Wanted, *, by: User) -> Ruling:
    """May this be called now, by this agent? Raises PhoneNotReady; the ruling may refuse."""
    _phone_is_ready(by)
    if CallerId.for_calls() is None:
        raise PhoneNotReady(
            "No number of ours may be shown to whom we call. An administrator enters one that "
            "was verified."
        )
    return decide(wanted, by=by, when=DialDecision.When.QUEUED)


def _phone_is_ready(user: User) -> None:
    fresh = AgentPhone.objects.filter(user=user, seen_at__gte=timezone.now() - FRESH)
    if not fresh.exists():
        raise PhoneNotReady("Your phone is in no open window. Open the console, then call again.")
    reserved = Place.objects.filter(agent=user, state__in=[PlaceState.OFFERED, PlaceState.TALKING])
    if my_leg(user) is not None or reserved.exists():
        raise PhoneNotReady("You are in a call, or one rings at your phone. End that one first.")


def queue(wanted: Wanted, *, by: User | None) -> OutboundCall:
    """Write the call down to be placed; asked for twice, or by two, it is one call.

    Without an agent (`by`) an automatic voice talks, and the same customer is called by none at
    the same time. Raises Conflict when this agent, or a voice, is calling already.
    """
    shown = CallerId.for_calls()
    try:
        with transaction.atomic():
            call, is_new = Call.objects.get_or_create(
                key=wanted.key,
                defaults={
                    "gateway": gateway().name,
                    "direction": Direction.OUTBOUND,
                    "purpose": wanted.purpose,
                    "remote_number": wanted.number,
                    "caller_id": shown.number if shown else "",
                },
            )
            if not is_new:
                return OutboundCall.objects.select_related("call", "agent").get(call=call)
            asked = OutboundCall.objects.create(
                call=call,
                about=wanted.about,
                agent=by,
                customer=wanted.customer,
                contact_point=wanted.contact_point,
                leg=f"{call.key.hex}-a" if by else None,
            )
            AuditEntry.record(
                by=by, verb="call asked for", subject=call, detail={"purpose": wanted.purpose}
            )
            panel_changed(panel="routing.phone", user_ids=[by.pk] if by else [])
    except IntegrityError as error:
        raise Conflict("A call of this kind goes on already. End that one first.") from error
    return asked
