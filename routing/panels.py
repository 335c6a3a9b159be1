"""What does an agent's phone show?"""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from accounts.prepared import NOBODY, Prepared
from interactions.models import Interaction
from routing.models import Consultation, Match, Place
from routing.monitoring import Listener, listeners
from routing.recordings import state_of
from routing.talking import colleagues
from telephony.models import Call, Leg
from telephony.protocol import Party
from telephony.states import LegState

# Asked by every page of the desk, and nearly always answered with nothing.
MY_LEG = Prepared(
    lambda *, user: (
        Leg.objects.filter(user=user)
        .exclude(state=LegState.LEFT)
        .order_by("-pk")
        .values_list("pk")[:1]
    ),
    {"user": NOBODY},
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
    colleagues: list[User] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    recording: str = ""

    @property
    def call(self) -> Call | None:
        return self.leg.call if self.leg else None

    @property
    def is_ringing(self) -> bool:
        return self.leg is not None and self.leg.state in {LegState.RINGING, LegState.INVITED}

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
    def caller(self) -> str:
        """The name as far as it may be told."""
        if self.place and self.place.customer:
            return str(self.place.customer)
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
    found = MY_LEG.rows(user=user.pk)
    if not found:
        return Phone(user=user)
    leg = Leg.objects.select_related("call").get(pk=found[0][0])
    related = ("customer", "contact_reason", "queue", "interaction")
    place = Place.objects.filter(call=leg.call).select_related(*related).first()
    talking = leg.state not in {LegState.RINGING, LegState.INVITED}
    return Phone(
        user=user,
        leg=leg,
        customer_leg=leg.call.legs.filter(party=Party.CUSTOMER).first(),
        place=place,
        interaction=place.interaction if place else None,
        consultation=Consultation.open_in(leg.call),
        colleagues=colleagues(user) if talking else [],
        listeners=listeners(leg.call) if talking else [],
        recording=state_of(leg.call) if talking else "",
    )
