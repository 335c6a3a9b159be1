"""What is being done for the customer, and is what they got in touch for done or dated?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, Prepared
from interactions.models import Direction, Interaction
from offers.days import day
from service.models import LIVE, Promise, PromiseStatus, RequestStatus, ServiceRequest

SOON = timedelta(days=1)
DONE = (RequestStatus.RESOLVED, RequestStatus.CLOSED)
DONE_NOW = {"how": "resolved", "because": "what they came for is done"}


class RequestRow(NamedTuple):
    pk: int
    subject: str
    status: str
    opened_at: datetime
    target_at: datetime
    expected_at: datetime
    interaction: int | None
    type: str
    is_complaint: bool

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


class PromiseRow(NamedTuple):
    pk: int
    text: str
    status: str
    made_at: datetime
    due_at: datetime
    done_at: datetime | None
    interaction: int | None
    request: int | None

    @property
    def is_owed(self) -> bool:
        return self.status == PromiseStatus.OPEN or (
            self.status == PromiseStatus.BROKEN and self.done_at is None
        )

    def told(self, at: datetime) -> dict[str, Any]:
        """The promise as a decision keeps it."""
        if self.status == PromiseStatus.BROKEN or self.due_at < at:
            state = "late"
        else:
            state = "soon" if self.due_at < at + SOON else "ahead"
        return {
            "id": self.pk,
            "text": self.text,
            "due_at": _iso(self.due_at),
            "made_on": day(timezone.localdate(self.made_at)),
            "state": state,
        }


class Doings(NamedTuple):
    """Requests and promises that live or came of this contact.

    `fulfilling` are requests of accepted offers: they are not what the customer came for.
    """

    interaction: Interaction | None
    requests: list[RequestRow]
    promises: list[PromiseRow]
    fulfilling: set[int | None]

    @classmethod
    def of(
        cls, *, customer_id: int, interaction: Interaction | None, fulfilling: set[int | None]
    ) -> Self:
        """Two statements."""
        pk = interaction.pk if interaction else NO_CONTACT_AT_ALL
        return cls(
            interaction,
            [RequestRow(*row) for row in REQUESTS.rows(customer=customer_id, contact=pk)],
            [PromiseRow(*row) for row in PROMISES.rows(customer=customer_id, contact=pk)],
            fulfilling,
        )

    def is_now(self, row: RequestRow | PromiseRow) -> bool:
        """Whether it came of this contact, and not of an offer accepted in it."""
        request = row.pk if isinstance(row, RequestRow) else row.request
        return (
            self.interaction is not None
            and row.interaction == self.interaction.pk
            and request not in self.fulfilling
        )

    def settled(self, *, is_said_settled: bool) -> dict[str, str] | None:
        """How the contact's reason is settled; None while it is not."""
        interaction = self.interaction
        if interaction is None:
            return {"how": "no_contact", "because": "nobody is in contact"}
        if interaction.direction == Direction.OUTBOUND and interaction.contact_reason is None:
            return {"how": "our_call", "because": "we got in touch, not they"}
        about = [request for request in self.requests if self.is_now(request)]
        made = [promise for promise in self.promises if self.is_now(promise)]
        dated = {promise.request for promise in made if promise.status == PromiseStatus.OPEN}
        if all(request.pk in dated for request in about if request.is_live):
            if dated:
                return {"how": "promised", "because": "what they came for has a date"}
            if any(request.status in DONE for request in about) or any(
                promise.status == PromiseStatus.KEPT for promise in made
            ):
                return DONE_NOW
        return DONE_NOW if is_said_settled else None

    def waits_for(self) -> str:
        """What comes first: this contact's request without a date, else the contact's reason."""
        dated = {row.request for row in self.promises if row.status == PromiseStatus.OPEN}
        for request in self.requests:
            if self.is_now(request) and request.is_live and request.pk not in dated:
                return f"“{request.subject}”"
        if self.interaction is not None and self.interaction.contact_reason is not None:
            return f"“{self.interaction.contact_reason.name}”"
        return "the reason for this contact"

    def promises_told(self, at: datetime) -> list[dict[str, Any]]:
        """What is owed apart from live requests; a request tells its own promise."""
        live = {request.pk for request in self.requests if request.is_live}
        return [
            promise.told(at)
            for promise in self.promises
            if promise.is_owed and promise.request not in live
        ]

    def requests_told(self, at: datetime) -> list[dict[str, Any]]:
        """Live requests as a decision keeps them, each with the promise that is due first."""
        first: dict[int | None, PromiseRow] = {}
        for promise in self.promises:
            if promise.is_owed:
                first.setdefault(promise.request, promise)
        return [
            {
                "id": request.pk,
                "subject": request.subject,
                "type": request.type,
                "status": request.status,
                "is_complaint": request.is_complaint,
                "opened_on": day(timezone.localdate(request.opened_at)),
                "target_at": _iso(request.target_at),
                "expected_at": _iso(request.expected_at),
                "is_late": request.target_at < at,
                "is_past_expectation": request.expected_at < at,
                "now": self.is_now(request),
                "promise": first[request.pk].told(at) if request.pk in first else None,
            }
            for request in self.requests
            if request.is_live
        ]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _requests_of(*, customer: int, contact: int) -> QuerySet[Any, Any]:
    """What is live, and whatever this contact opened."""
    wanted = Q(status__in=LIVE) | Q(interaction=contact)
    rows = ServiceRequest.objects.filter(wanted, customer=customer).order_by("pk")
    return rows.values_list(
        "pk",
        "subject",
        "status",
        "opened_at",
        "target_at",
        "expected_at",
        "interaction",
        "request_type__code",
        "request_type__is_complaint",
    )


def _promises_of(*, customer: int, contact: int) -> QuerySet[Any, Any]:
    """What is owed, and whatever this contact promised."""
    open_or_late = Q(status=PromiseStatus.OPEN) | Q(status=PromiseStatus.BROKEN, done_at=None)
    rows = Promise.objects.filter(open_or_late | Q(interaction=contact), customer=customer)
    return rows.order_by("due_at", "pk").values_list(
        "pk", "text", "status", "made_at", "due_at", "done_at", "interaction", "request"
    )


REQUESTS = Prepared(_requests_of, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL})
PROMISES = Prepared(_promises_of, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL})
