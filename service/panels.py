"""What is open for a customer: requests and promises with their clocks?"""

from __future__ import annotations

from dataclasses import dataclass

from customers.models import Customer
from interactions.models import Interaction
from service.models import STEPS, Promise, RequestStatus, ServiceRequest

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
    open_requests = ServiceRequest.objects.of(customer).open().order_by("target_at", "pk")
    owed = Promise.objects.of(customer).owed().order_by("due_at", "pk")
    return Requests(
        customer_id=customer.pk,
        interaction_id=interaction.pk if interaction else None,
        requests=list(open_requests.select_related("owner", "request_type")[:50]),
        promises=list(owed.select_related("owner")[:50]),
    )


def request_detail(*, request: ServiceRequest) -> RequestDetail:
    steps = [(to, STEP_WORDS[RequestStatus(to)]) for to in STEPS[request.status]]
    return RequestDetail(request, steps)
