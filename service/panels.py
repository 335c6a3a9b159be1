"""What is open for a customer: requests and promises with their clocks?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.models import User
from accounts.prepared import NOBODY, PreparedModels
from customers.models import Customer
from interactions.models import Interaction
from routing.models import OutboundCall
from routing.outbound import came_to_nothing
from service import forewarning
from service.forewarning import Standing
from service.models import STEPS, EarlyWarning, Promise, RequestStatus, ServiceRequest
from telephony.adapters import gateway
from telephony.gateway import Capability, Dialling

RISKS: Final = 50

STEP_WORDS = {
    RequestStatus.IN_PROGRESS: "Take up",
    RequestStatus.WAITING: "Wait for the customer",
    RequestStatus.RESOLVED: "Resolve",
    RequestStatus.CLOSED: "Customer confirms",
    RequestStatus.WITHDRAWN: "Withdraw",
}


@dataclass(frozen=True, slots=True)
class Requests:
    """The open requests and owed promises of a customer, the soonest first."""

    customer_id: int
    interaction_id: int | None
    requests: list[ServiceRequest]
    promises: list[Promise]


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """One request with its history, its promises and the steps that are possible from here."""

    request: ServiceRequest
    steps: list[tuple[str, str]]


def requests(*, customer: Customer, interaction: Interaction | None = None) -> Requests:
    return Requests(
        customer_id=customer.pk,
        interaction_id=interaction.pk if interaction else None,
        requests=OPEN_REQUESTS.rows(customer=customer.pk),
        promises=OWED_PROMISES.rows(customer=customer.pk),
    )


OPEN_REQUESTS = PreparedModels(
    ServiceRequest,
    lambda *, customer: (
        ServiceRequest.objects.filter(customer=customer).open().order_by("target_at", "pk")[:50]
    ),
    {"customer": NOBODY},
    related=["owner", "request_type"],
)
OWED_PROMISES = PreparedModels(
    Promise,
    lambda *, customer: (
        Promise.objects.filter(customer=customer).owed().order_by("due_at", "pk")[:50]
    ),
    {"customer": NOBODY},
    related=["owner"],
)


@dataclass(frozen=True, slots=True)
class Risk:
    """One early warning: may the customer be told now, and how far is the call about it?"""

    warning: EarlyWarning
    standing: Standing
    asked: OutboundCall | None

    @property
    def dialling(self) -> Dialling | None:
        point = self.standing.point
        return gateway().dialling(point.value) if point else None

    @property
    def places_calls(self) -> bool:
        return Capability.PLACES_CALLS in gateway().capabilities

    @property
    def can_call(self) -> bool:
        """Once their phone has rung in this contact, what came of it is said first."""
        if not self.standing.ruling.is_allowed or self.warning.settled_at:
            return False
        return self.asked is None or came_to_nothing(self.asked.call)

    @property
    def telephone(self) -> str:
        """How far the call is, in words; empty before there is one."""
        if self.asked is None:
            return ""
        call = self.asked.call
        if self.asked.told or call.is_over:
            return self.asked.told or "The call has ended."
        if call.answered_at:
            return "You are talking."
        return "Their phone rings…" if call.ringing_at else "Connecting you first…"


def at_risk(*, user: User) -> list[EarlyWarning]:
    """The open warnings that this person is to act on, the soonest first.

    An agent's own; those who lead read the ones of their teams that nobody acted on in time.
    """
    rows = EarlyWarning.objects.visible_to(user).open()
    rows = rows.of_owner(user) if user.is_agent else rows.escalated()
    related = rows.select_related("customer", "owner", "promise", "request", "contact")
    return list(related.order_by("due_at", "pk")[:RISKS])


def risk(warning: EarlyWarning) -> Risk:
    return Risk(
        warning=warning,
        standing=forewarning.standing(warning),
        asked=forewarning.last_call(warning),
    )


def request_detail(*, request: ServiceRequest) -> RequestDetail:
    steps = [(to, STEP_WORDS[RequestStatus(to)]) for to in STEPS[RequestStatus(request.status)]]
    return RequestDetail(request, steps)
