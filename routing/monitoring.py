"""Who listens to which call, and how? A supervisor hears all, speaks to the agent, or to all.

The supervisor's browser is one more leg of the call. What they do is asked of the provider; how
they take part is told by its events, and the agent sees it unless the installation says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.errors import NotAllowed, RuleBroken
from accounts.models import AuditEntry, Presence, User
from routing.board import led_by
from routing.models import Place, PlaceState
from routing.talking import LONGEST_OFFER, CallGone, TelephoneSilent
from telephony.adapters import named
from telephony.gateway import CallRefused, Capability, GatewayError
from telephony.models import Call, CallEvent, Leg
from telephony.protocol import Cause, Ear, Kind, Party
from telephony.states import LegState

HEARD: Final = {
    Ear.LISTEN: "listens",
    Ear.WHISPER: "speaks to you, unheard by the caller",
    Ear.BARGE: "has joined the call",
}


@dataclass(frozen=True, slots=True)
class Listener:
    """A supervisor in a call, as its agent is told of them."""

    user: User
    ear: Ear

    @property
    def words(self) -> str:
        return f"{self.user} {HEARD[self.ear]}"


def join(*, user: User, call: Call, ear: Ear, offer: str) -> str:
    """Connect the supervisor's browser to the call; the SDP answer. The same again re-attaches."""
    if not offer or len(offer) > LONGEST_OFFER:
        raise RuleBroken("The browser sent no usable connection. Reload the page.")
    provider = named(call.gateway)
    if Capability.MONITORS not in provider.capabilities:
        raise RuleBroken("This telephony cannot let anybody listen.")
    if not Place.objects.filter(call=call, state=PlaceState.TALKING).exists():
        raise CallGone
    key = _key(user, call)
    AuditEntry.record(by=user, verb="call monitoring asked", subject=call, detail={"ear": ear})
    try:
        provider.monitor(call.ref, leg=key, user=user.pk, ear=ear)
        return provider.attach(call.ref, leg=key, offer=offer)
    except CallRefused as error:
        raise CallGone from error
    except GatewayError as error:
        raise TelephoneSilent(str(error)) from error


def change(*, user: User, call: Call, ear: Ear) -> None:
    """Listen, whisper or join from now on."""
    leg = _mine(user, call)
    AuditEntry.record(by=user, verb="call monitoring asked", subject=call, detail={"ear": ear})
    _ask(call, "monitor", leg=leg.key, user=user.pk, ear=ear)


def leave(*, user: User, call: Call) -> None:
    """Be in the call no more; who has left already has left."""
    leg = call.legs.filter(user=user, party=Party.SUPERVISOR).exclude(state=LegState.LEFT).first()
    if leg is not None:
        AuditEntry.record(by=user, verb="monitoring ended", subject=call)
        _ask(call, "drop", leg=leg.key, cause=Cause.HUNG_UP)


def listeners(call: Call) -> list[Listener]:
    """Whom the agent is told of; nobody where the installation hides it."""
    if not settings.MONITORING_IS_SHOWN:
        return []
    here = [LegState.TALKING, LegState.HELD]
    legs = call.legs.filter(party=Party.SUPERVISOR, state__in=here).select_related("user")
    by_key = {leg.key: leg for leg in legs}
    if not by_key:
        return []
    told = CallEvent.objects.filter(call=call, kind=Kind.LEG_EAR, leg__in=by_key)
    ears = dict(told.order_by("number").values_list("leg", "detail__ear"))
    return [
        Listener(leg.user, Ear(ears.get(leg.key, Ear.LISTEN)))
        for leg in by_key.values()
        if leg.user is not None
    ]


def make_available(*, agent: User, by: User) -> bool:
    """Put an agent who missed a call back to work; false when that is no longer how it stands."""
    if not led_by(by).filter(pk=agent.pk).exists():
        raise NotAllowed("You lead other teams than this agent's.")
    with transaction.atomic():
        held = User.objects.select_for_update().get(pk=agent.pk)
        if held.presence != Presence.MISSED:
            return False
        return held.be(Presence.AVAILABLE, by=by)


def _key(user: User, call: Call) -> str:
    """The leg that this supervisor has in the call, or the name of a new one."""
    legs = list(call.legs.filter(user=user, party=Party.SUPERVISOR).order_by("pk"))
    for leg in legs:
        if leg.state != LegState.LEFT:
            return leg.key
    return f"{call.key.hex[:20]}-s{user.pk}-{len(legs) + 1}"


def _mine(user: User, call: Call) -> Leg:
    mine = call.legs.filter(user=user, party=Party.SUPERVISOR).exclude(state=LegState.LEFT)
    leg = mine.first()
    if leg is None:
        raise CallGone
    return leg


def _ask(call: Call, verb: str, **detail: object) -> None:
    try:
        getattr(named(call.gateway), verb)(call.ref, **detail)
    except CallRefused as error:
        raise CallGone from error
    except GatewayError as error:
        raise TelephoneSilent(str(error)) from error
