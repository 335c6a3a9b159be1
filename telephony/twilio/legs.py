"""What do our rows say of a call's legs at the provider?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from telephony.models import Call
from telephony.protocol import Kind, Party
from telephony.states import LegState
from telephony.twilio.asked import NotThere
from telephony.twilio.telling import BEGUN, GATEWAY, GIVEN_UP, NOT_BEGUN

IN_FLIGHT: Final = timedelta(seconds=60)  # a wish so young may still reach the provider


def known(call: Call) -> dict[str, str]:
    """Legs that have not left, with the provider's names for them."""
    events = call.events.filter(gateway=GATEWAY).exclude(leg="")
    told = list(events.order_by("pk").values_list("leg", "kind", "detail__sid"))
    gone = {leg for leg, kind, _ in told if kind == Kind.LEG_LEFT}
    return {leg: str(sid) for leg, _, sid in told if sid and leg not in gone}


def leftovers(call: Call) -> list[str]:
    """Legs that go on at the provider and should not: of a call that is over, or given up."""
    sids = known(call)
    if call.is_over:
        return list(sids.values())
    given_up = call.events.filter(gateway=GATEWAY, kind=GIVEN_UP)
    unwanted = set(given_up.values_list("leg", flat=True))
    return [sid for leg, sid in sids.items() if leg in unwanted]


def was_customer_dialled(call: Call) -> bool:
    """Whether the customer's leg is, was or may be at the provider, which then tells its end."""
    of_theirs = call.events.filter(gateway=GATEWAY, leg=call.customer_leg)
    if of_theirs.filter(detail__has_key="sid").exists():
        return True
    count = {kind: of_theirs.filter(kind=kind).count() for kind in (BEGUN, NOT_BEGUN, GIVEN_UP)}
    return count[BEGUN] > count[NOT_BEGUN] + count[GIVEN_UP]


def was_customer_ordered(call: Call) -> bool:
    """Whether an order to dial the customer was sent of which no refusal is known."""
    of_theirs = call.events.filter(gateway=GATEWAY, leg=call.customer_leg)
    return of_theirs.filter(kind=BEGUN).count() > of_theirs.filter(kind=NOT_BEGUN).count()


def is_in_flight(call: Call) -> bool:
    """Whether a wish about this call is so young that the provider may not know of it yet."""
    begun = call.events.filter(gateway=GATEWAY, kind=BEGUN).order_by("-received_at")
    latest = begun.values_list("received_at", flat=True).first() or call.created_at
    return timezone.now() - latest < IN_FLIGHT


def agent_leg(call: Call) -> str:
    """The leg of the agent who is whispered to. Raises NotThere."""
    legs = call.legs.filter(party=Party.AGENT, state__in=[LegState.TALKING, LegState.HELD])
    found = legs.values_list("key", flat=True).first()
    if found is None:
        raise NotThere("No agent is in this call.")
    return found


def whose(call: Call, leg: str) -> dict[str, Any]:
    """Party and user of a leg, from what was told or asked before."""
    if leg == call.customer_leg:
        return {"party": Party.CUSTOMER}
    events = call.events.filter(leg=leg, detail__has_key="party").order_by("pk")
    detail = events.values_list("detail", flat=True).first() or {}
    return {name: detail[name] for name in ("party", "user") if name in detail}
