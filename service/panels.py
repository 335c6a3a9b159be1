"""What is open for a customer: requests and promises with their clocks?"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.prepared import NOBODY, PreparedModels
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


def request_detail(*, request: ServiceRequest) -> RequestDetail:
    steps = [(to, STEP_WORDS[RequestStatus(to)]) for to in STEPS[request.status]]
    return RequestDetail(request, steps)
