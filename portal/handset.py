"""What is a customer's phone in the demo: which numbers there are, and what rings or talks there?

Only with CONTINUUM_DEMO: the page stands for the network, which knows whose telephone it is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing

from customers.contact_points import Channel
from customers.models import ContactPoint
from followups.models import FollowUp, FollowUpStatus
from routing.incoming import NobodyCanBeReached
from telephony.adapters import named
from telephony.gateway import Direction, GatewayError
from telephony.models import Call, CallerId, Leg
from telephony.protocol import Cause, Party
from telephony.states import LegState

SALT: Final = "portal.handset"
SHOWN: Final = 24
RINGS: Final = frozenset({LegState.RINGING})
THERE: Final = frozenset({LegState.TALKING, LegState.HELD, LegState.LOST})


@dataclass(frozen=True, slots=True)
class Choice:
    """A phone that can be taken in hand."""

    name: str
    token: str
    is_expected: bool


def is_open() -> bool:
    return bool(settings.CONTINUUM_DEMO)


def choices() -> list[Choice]:
    """Some of the seeded customers, those first whom somebody is about to call."""
    soon = FollowUp.objects.filter(status__in=[FollowUpStatus.READY, FollowUpStatus.IN_PROGRESS])
    expected = list(soon.order_by("due_at").values_list("customer", flat=True)[:SHOWN])
    points = ContactPoint.objects.filter(channel=Channel.VOICE).select_related("customer")
    first = points.filter(customer__in=expected).order_by("customer__name", "pk")
    others = points.exclude(customer__in=expected).order_by("customer_id", "pk")
    found = [*first[:SHOWN], *others[:SHOWN]][:SHOWN]
    return [
        Choice(
            name=point.customer.name,
            token=token_of(point),
            is_expected=point.customer_id in expected,
        )
        for point in found
    ]


def token_of(point: ContactPoint) -> str:
    return signing.dumps(point.pk, salt=SALT)


def point_of(token: str) -> ContactPoint | None:
    """The number behind a link; a forged one is nobody's."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    points = ContactPoint.objects.filter(channel=Channel.VOICE)
    return points.select_related("customer").filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Handset:
    """One number's telephone at this moment: silent, ringing, or in a call."""

    number: str
    call: Call | None = None
    leg: Leg | None = None

    @property
    def state(self) -> str:
        if self.call is None:
            return "silent"
        if self.call.direction == Direction.INBOUND:
            return "talking" if self.call.answered_at else "calling"
        if self.leg is not None and self.leg.state in RINGS:
            return "ringing"
        return "talking" if self.leg is not None and self.leg.state in THERE else "silent"

    @property
    def caller(self) -> str:
        """Who calls, as the network shows it: the name that belongs to our number."""
        if self.call is None or self.call.direction == Direction.INBOUND:
            return ""
        shown = CallerId.objects.filter(number=self.call.caller_id).first()
        return shown.name if shown else self.call.caller_id


def handset(point: ContactPoint) -> Handset:
    call = Call.objects.going_on().filter(remote_number=point.value).order_by("-pk").first()
    if call is None:
        return Handset(number=point.value)
    leg = call.legs.filter(party=Party.CUSTOMER).first()
    return Handset(number=point.value, call=call, leg=leg)


def answer(point: ContactPoint, *, offer: str) -> str:
    """Answer, or come back to the call: the SDP answer. Raises NobodyCanBeReached."""
    now = handset(point)
    if now.call is None or now.state == "silent":
        raise NobodyCanBeReached("Nobody is calling any more.")
    try:
        return named(now.call.gateway).attach(now.call.ref, leg=now.call.customer_leg, offer=offer)
    except GatewayError as error:
        raise NobodyCanBeReached(str(error)) from error


def hang_up(point: ContactPoint) -> None:
    """End the call, or decline the one that rings."""
    now = handset(point)
    if now.call is None:
        return
    cause = Cause.REJECTED if now.state == "ringing" else Cause.HUNG_UP
    with suppress(GatewayError):
        named(now.call.gateway).drop(now.call.ref, leg=now.call.customer_leg, cause=cause)
