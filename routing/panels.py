"""What does an agent's phone show?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db.models import Subquery
from django.utils import timezone

from accounts.models import User
from accounts.prepared import NEVER, NOBODY, Prepared
from interactions.models import Interaction
from routing.models import CallBack, Consultation, Match, OutboundCall, Place
from routing.monitoring import Listener, listeners
from routing.recordings import QUESTION, is_to_be_asked, state_of
from routing.talking import colleagues
from telephony.adapters import gateway
from telephony.gateway import CallState, Capability, Dialling
from telephony.models import Call, Leg, Purpose
from telephony.protocol import Party
from telephony.states import LegState

STILL_NEWS: Final = timedelta(minutes=1)

# Asked by every page of the desk, and nearly always answered with nothing: the leg of this person,
# and a call of theirs that was not made and of which they may not have heard yet.
MINE = Prepared(
    lambda *, user, since: (
        User.objects.filter(pk=user)
        .order_by()
        .values_list(
            Subquery(
                Leg.objects.filter(user=user)
                .exclude(state=LegState.LEFT)
                .order_by("-pk")
                .values("pk")[:1]
            ),
            Subquery(
                OutboundCall.objects.not_made(agent=user, since=since)
                .order_by("-pk")
                .values("pk")[:1]
            ),
        )
    ),
    {"user": NOBODY, "since": NEVER},
)


@dataclass(frozen=True)
class Phone:
    """The phone of one agent: silent, ringing, or in a call."""

    user: User
    leg: Leg | None = None
    customer_leg: Leg | None = None
    place: Place | None = None
    interaction: Interaction | None = None
    consultation: Consultation | None = None
    outbound: OutboundCall | None = None
    not_made: OutboundCall | None = None
    colleagues: list[User] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    recording: str = ""
    asks_to_record: str = ""

    @property
    def call(self) -> Call | None:
        return self.leg.call if self.leg else None

    @property
    def is_ringing(self) -> bool:
        return self.outbound is None and not self.is_there

    @property
    def is_there(self) -> bool:
        return self.leg is None or self.leg.state not in {LegState.RINGING, LegState.INVITED}

    @property
    def calls_out(self) -> str:
        """How far a call of ours is; nothing once somebody has answered it."""
        if self.outbound is None or self.call is None or self.call.answered_at:
            return ""
        return "Their phone rings" if self.call.ringing_at else "Connecting you first"

    @property
    def is_talking(self) -> bool:
        return self.leg is not None and not self.is_ringing

    @property
    def is_held(self) -> bool:
        return self.customer_leg is not None and self.customer_leg.state == LegState.HELD

    @property
    def is_consulted(self) -> bool:
        """Whether a colleague asks, rather than a customer calls."""
        return self.consultation is not None and self.consultation.to_id == self.user.pk

    @property
    def is_handed(self) -> bool:
        """Whether the colleague has left the call, and only the customer waits."""
        return self.consultation is not None and self.consultation.handed_over_at is not None

    @property
    def is_certain(self) -> bool:
        return self.place is not None and self.place.match == Match.CERTAIN

    @property
    def caller(self) -> str:
        """The name as far as it may be told."""
        if self.place and self.place.customer:
            return str(self.place.customer)
        if self.outbound and self.outbound.customer:
            return str(self.outbound.customer)
        number = self.call.remote_number if self.call else ""
        return number or "Somebody on our web page"

    @property
    def is_maybe(self) -> bool:
        return self.place is not None and self.place.match == Match.MAYBE

    @property
    def needs_a_customer(self) -> bool:
        """In a call with nobody known: say who it is, so that it is a contact of theirs."""
        return self.is_talking and self.place is not None and self.place.interaction_id is None

    @property
    def state(self) -> str:
        if self.leg is None:
            return "silent"
        return "ringing" if self.is_ringing else "talking"


def phone(user: User) -> Phone:
    """The phone as the rows say it is."""
    ((leg_pk, not_made_pk),) = MINE.rows(user=user.pk, since=timezone.now() - STILL_NEWS)
    not_made = OutboundCall.objects.filter(pk=not_made_pk).first() if not_made_pk else None
    if leg_pk is None:
        return Phone(user=user, not_made=not_made)
    leg = Leg.objects.select_related("call").get(pk=leg_pk)
    related = ("customer", "contact_reason", "queue", "interaction")
    place = Place.objects.filter(call=leg.call).select_related(*related).first()
    asked = Consultation.open_in(leg.call)
    talking = leg.state not in {LegState.RINGING, LegState.INVITED}
    outbound = OutboundCall.objects.filter(leg=leg.key).select_related("customer").first()
    contact = Interaction.objects.filter(call=leg.call).first() if outbound else None
    is_known = place is not None and place.agent_id == user.pk and place.interaction is not None
    return Phone(
        user=user,
        leg=leg,
        customer_leg=leg.call.legs.filter(party=Party.CUSTOMER).first(),
        place=place,
        interaction=place.interaction if place else contact,
        outbound=outbound,
        not_made=not_made,
        consultation=asked if talking or asked else Consultation.passed_to(leg.key),
        colleagues=colleagues(user) if talking else [],
        listeners=listeners(leg.call) if talking else [],
        recording=state_of(leg.call) if talking else "",
        asks_to_record=QUESTION if place and is_known and is_to_be_asked(place) else "",
    )


# --- Call-backs in My work --------------------------------------------------------------------

CALL_BACKS_SHOWN: Final = 6
CALL_BACKS_COUNTED: Final = 100


@dataclass(frozen=True, slots=True)
class CallBacks:
    """The calls that this agent may make for us, in the order in which people came."""

    shown: list[CallBack]
    count: int

    @property
    def further(self) -> int:
        return self.count - len(self.shown)

    @property
    def is_more(self) -> bool:
        return self.count > CALL_BACKS_COUNTED


def call_backs(user: User) -> CallBacks:
    """Theirs, and those of their teams that nobody owns."""
    open_ones = CallBack.objects.visible_to(user).waiting_for(user)
    rows = open_ones.select_related("customer", "queue").order_by("entered_at", "pk")
    counted = open_ones.order_by()[: CALL_BACKS_COUNTED + 1].count()
    return CallBacks(shown=list(rows[:CALL_BACKS_SHOWN]), count=counted)


@dataclass(frozen=True, slots=True)
class OwedCall:
    """One call that we owe: who, why, since when, and how it can be made."""

    owed: CallBack
    dialling: Dialling | None
    places_calls: bool
    last: OutboundCall | None
    last_call: Call | None

    @property
    def who(self) -> str:
        return str(self.owed.customer or self.owed.number or "Somebody without a number")

    @property
    def is_under_way(self) -> bool:
        return self.last_call is not None and not self.last_call.is_over

    @property
    def came_of_it(self) -> str:
        """What the last try came to, in the provider's words or the rule's."""
        if self.last is None or self.last_call is None or not self.last_call.is_over:
            return ""
        return self.last.told or OUTCOMES.get(CallState(self.last_call.state), "")


OUTCOMES: Final = {
    CallState.BUSY: "Their line was busy, or they declined.",
    CallState.NO_ANSWER: "They did not answer.",
    CallState.FAILED: "The call could not be made.",
    CallState.CANCELED: "The call was ended before they answered.",
}


def owed_call(owed: CallBack) -> OwedCall:
    last = (
        OutboundCall.objects.filter(about=owed.pk, call__purpose=Purpose.CALL_BACK)
        .select_related("call", "agent")
        .order_by("-pk")
        .first()
    )
    provider = gateway()
    return OwedCall(
        owed=owed,
        dialling=provider.dialling(owed.number) if owed.number else None,
        places_calls=Capability.PLACES_CALLS in provider.capabilities,
        last=last,
        last_call=last.call if last else None,
    )
