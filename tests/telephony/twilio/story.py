"""One call from its start to its end, as it is told in several tests."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from telephony.gateway import Direction
from telephony.models import Call, CallEvent, Leg
from telephony.twilio.adapter import TwilioGateway
from tests.telephony.twilio.provider import NOON, Phone, Provider


def agent_leg(call: Call) -> str:
    return f"{call.key.hex[:24]}-1"


def agent_answers(provider: Provider, twilio: TwilioGateway, call: Call, sam: User) -> Phone:
    twilio.open(key=str(call.key), leg=call.customer_leg, direction=Direction.OUTBOUND)
    twilio.invite(call.ref, leg=agent_leg(call), user=sam.pk, ring=20)
    agent = provider.phone(agent_leg(call))
    provider.ring(agent)
    provider.answer(agent)
    return agent


def customer_answers(provider: Provider, twilio: TwilioGateway, call: Call) -> Phone:
    twilio.ring(call.ref, leg=call.customer_leg, ring=25)
    customer = provider.phone(call.customer_leg)
    provider.ring(customer)
    provider.answer(customer, by="human")
    return customer


def whole(provider: Provider, twilio: TwilioGateway, call: Call, sam: User) -> None:
    """Agent first, then the customer; a hold; the customer hangs up."""
    provider.now = NOON
    agent_answers(provider, twilio, call, sam)
    customer = customer_answers(provider, twilio, call)
    twilio.hold(call.ref, leg=call.customer_leg, is_held=True)
    twilio.hold(call.ref, leg=call.customer_leg, is_held=False)
    provider.end(customer)


DRAWN = ("state", "ringing_at", "answered_at", "ended_at", "cause", "answered_by")
LEG_DRAWN = ("party", "user", "state", "answered_at", "held_for", "left_at", "cause")


def drawn(call: Call) -> list[Any]:
    """What the database says of this call, without names of its own."""
    legs = Leg.objects.filter(call=call).order_by("party").values(*LEG_DRAWN)
    return [Call.objects.values(*DRAWN).get(pk=call.pk), *legs]


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Call, Leg, CallEvent)]
