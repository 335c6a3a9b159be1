"""What do we know of this customer at this moment? Gathered in few statements, as plain JSON.

Everything a decision is made from stands here, the day and what is late by now included, so that
the decision itself needs no clock and replays bit for bit.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.contact_points import Channel
from customers.models import Consent, Customer, Purpose
from interactions.models import Direction, Interaction, TimelineEntry
from needs.models import AnswerGiven, Need, NeedSource
from offers.facts import ContactFacts, facts_of
from offers.models import Offer, OfferStatus, ReasonSettled
from offers.stages import day
from service.models import LIVE, Promise, PromiseStatus, RequestStatus, ServiceRequest

SOON = timedelta(days=1)
ANSWER_MEMORY = timedelta(days=30)
EARLIEST, LATEST = time(8), time(21)  # no sales call outside, at the customer's place
DONE = (RequestStatus.RESOLVED, RequestStatus.CLOSED)
DONE_NOW = {"how": "resolved", "because": "what they came for is done"}


def gather(
    *, customer: Customer, interaction: Interaction | None, at: datetime, catalogue_number: int
) -> dict[str, Any]:
    """The inputs of a decision as of `at`; nine statements, ten in a follow-up."""
    pk = interaction.pk if interaction else NO_CONTACT_AT_ALL
    reason = interaction.contact_reason if interaction else None
    contact = ContactFacts(
        reason.code if reason else None, interaction.channel if interaction else None
    )
    offers = [OfferRow(*row) for row in OFFERS.rows(customer=customer.pk)]
    requests = [RequestRow(*row) for row in REQUESTS.rows(customer=customer.pk, contact=pk)]
    promises = [PromiseRow(*row) for row in PROMISES.rows(customer=customer.pk, contact=pk)]
    [(event, answer, is_said_settled)] = SEEN.rows(customer=customer.pk, contact=pk)
    doings = Doings(interaction, requests, promises, {offer.request for offer in offers} - {None})
    return {
        "catalogue": catalogue_number,
        "today": timezone.localdate(at).isoformat(),
        "customer": customer.pk,
        "interaction": interaction.pk if interaction else None,
        "facts": facts_of(customer_id=customer.pk, at=at, contact=contact),
        "contact": {
            "reason": contact.reason,
            "reason_name": reason.name if reason else "",
            "intent": reason.intent if reason else None,
            "is_follow_up": bool(interaction and interaction.is_follow_up),
            "settled": _settled(doings, is_said_settled=is_said_settled),
            "waits_for": _waits_for(doings),
        },
        "marketing": _marketing(customer, interaction, at),
        "needs": [_need(row, pk) for row in NEEDS.rows(customer=customer.pk)],
        "requests": _requests_told(doings, at),
        "promises": _promises_told(doings, at),
        "offers": [_offer_told(offer) for offer in offers],
        "answered": _answered(customer, at),
        "seen": [event, answer],
    }


# --- Rows -------------------------------------------------------------------------------------


class OfferRow(NamedTuple):
    status: str
    presented_at: datetime
    later_on: date | None
    request: int | None
    request_status: str | None
    product: str


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


class Doings(NamedTuple):
    """What is being done for the customer; `fulfilling` are requests of accepted offers."""

    interaction: Interaction | None
    requests: list[RequestRow]
    promises: list[PromiseRow]
    fulfilling: set[int | None]

    def is_now(self, row: RequestRow | PromiseRow) -> bool:
        """Whether it came of this contact, and not of an offer accepted in it."""
        request = row.pk if isinstance(row, RequestRow) else row.request
        return (
            self.interaction is not None
            and row.interaction == self.interaction.pk
            and request not in self.fulfilling
        )


def _offers_of(*, customer: int) -> QuerySet[Any, Any]:
    """Every offer put to the customer, oldest first."""
    rows = Offer.objects.filter(customer=customer).order_by("presented_at", "pk")
    return rows.values_list(
        "status", "presented_at", "later_on", "request", "request__status", "product__code"
    )


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


def _needs_of(*, customer: int) -> QuerySet[Any, Any]:
    return (
        Need.objects.filter(customer=customer)
        .open()
        .order_by("pk")
        .values_list(
            "pk",
            "need_type__code",
            "need_type__name",
            "strength",
            "source",
            "evidence",
            "interaction",
        )
    )


def newest_event(customer: Any) -> QuerySet[Any]:
    """The newest entry of a customer's timeline: what happened since makes a decision stale."""
    return TimelineEntry.objects.filter(customer=customer).newest().values("pk")[:1]


def newest_answer(interaction: Any) -> QuerySet[Any]:
    return AnswerGiven.objects.filter(interaction=interaction).order_by("-pk").values("pk")[:1]


def _seen_by(*, customer: int, contact: int) -> QuerySet[Any, Any]:
    """The newest event and answer that this situation knows of; is the reason said to be done?"""
    return Customer.objects.filter(pk=customer).values_list(
        Subquery(newest_event(OuterRef("pk"))),
        Subquery(newest_answer(contact)),
        Exists(ReasonSettled.objects.filter(interaction=contact)),
    )


OFFERS = Prepared(_offers_of, {"customer": NOBODY})
NEEDS = Prepared(_needs_of, {"customer": NOBODY})
REQUESTS = Prepared(_requests_of, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL})
PROMISES = Prepared(_promises_of, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL})
SEEN = Prepared(_seen_by, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL})


# --- Rows as the decision reads them ----------------------------------------------------------


def _local(at: datetime) -> date:
    return timezone.localtime(at).date()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _need(row: tuple[Any, ...], contact: int) -> dict[str, Any]:
    pk, code, name, strength, source, evidence, interaction = row
    return {
        "id": pk,
        "type": code,
        "name": name,
        "strength": f"{strength:.2f}",
        "source": source,
        "evidence": evidence,
        "now": interaction == contact and source != NeedSource.INFERRED,
    }


def _offer_told(offer: OfferRow) -> dict[str, Any]:
    return {
        "product": offer.product,
        "status": offer.status,
        "on": _local(offer.presented_at).isoformat(),
        "later_on": offer.later_on.isoformat() if offer.later_on else None,
        "under_way": offer.status == OfferStatus.ACCEPTED and offer.request_status in LIVE,
    }


def _promise_told(promise: PromiseRow, at: datetime) -> dict[str, Any]:
    if promise.status == PromiseStatus.BROKEN or promise.due_at < at:
        state = "late"
    else:
        state = "soon" if promise.due_at < at + SOON else "ahead"
    return {
        "id": promise.pk,
        "text": promise.text,
        "due_at": _iso(promise.due_at),
        "made_on": day(_local(promise.made_at)),
        "state": state,
    }


def _promises_told(doings: Doings, at: datetime) -> list[dict[str, Any]]:
    """What is owed apart from live requests; a request tells its own promise."""
    live = {request.pk for request in doings.requests if request.status in LIVE}
    return [
        _promise_told(promise, at)
        for promise in doings.promises
        if promise.is_owed and promise.request not in live
    ]


def _requests_told(doings: Doings, at: datetime) -> list[dict[str, Any]]:
    first: dict[int | None, PromiseRow] = {}
    for promise in doings.promises:
        if promise.is_owed:
            first.setdefault(promise.request, promise)
    return [
        {
            "id": request.pk,
            "subject": request.subject,
            "type": request.type,
            "status": request.status,
            "is_complaint": request.is_complaint,
            "opened_on": day(_local(request.opened_at)),
            "target_at": _iso(request.target_at),
            "expected_at": _iso(request.expected_at),
            "is_late": request.target_at < at,
            "is_past_expectation": request.expected_at < at,
            "now": doings.is_now(request),
            "promise": _promise_told(first[request.pk], at) if request.pk in first else None,
        }
        for request in doings.requests
        if request.status in LIVE
    ]


def _answered(customer: Customer, at: datetime) -> list[str]:
    """Questions whose answer we know: asked again only after `ANSWER_MEMORY`."""
    rows = ANSWERED.rows(customer=customer.pk, since=at - ANSWER_MEMORY)
    return sorted({code for (code,) in rows})


def _answered_by(*, customer: int, since: datetime) -> QuerySet[Any, Any]:
    given = AnswerGiven.objects.filter(interaction__customer=customer, at__gte=since)
    return given.values_list("question__code")


ANSWERED = Prepared(_answered_by, {"customer": NOBODY, "since": NEVER})


# --- Is what the customer got in touch for done, or promised with a date? ----------------------


def _settled(doings: Doings, *, is_said_settled: bool) -> dict[str, str] | None:
    """How the contact's reason is settled; None while it is not.

    What an accepted offer set going settles nothing: it is not what the customer came for.
    """
    interaction = doings.interaction
    if interaction is None:
        return {"how": "no_contact", "because": "nobody is in contact"}
    if interaction.direction == Direction.OUTBOUND and interaction.contact_reason is None:
        return {"how": "our_call", "because": "we got in touch, not they"}
    about = [request for request in doings.requests if doings.is_now(request)]
    made = [promise for promise in doings.promises if doings.is_now(promise)]
    dated = {promise.request for promise in made if promise.status == PromiseStatus.OPEN}
    if all(request.pk in dated for request in about if request.status in LIVE):
        if dated:
            return {"how": "promised", "because": "what they came for has a date"}
        if any(request.status in DONE for request in about) or any(
            promise.status == PromiseStatus.KEPT for promise in made
        ):
            return DONE_NOW
    return DONE_NOW if is_said_settled else None


def _waits_for(doings: Doings) -> str:
    """What comes first: the request of this contact without a date, else the contact's reason."""
    dated = {row.request for row in doings.promises if row.status == PromiseStatus.OPEN}
    for request in doings.requests:
        if doings.is_now(request) and request.status in LIVE and request.pk not in dated:
            return f"“{request.subject}”"
    if doings.interaction is not None and doings.interaction.contact_reason is not None:
        return f"“{doings.interaction.contact_reason.name}”"
    return "the reason for this contact"


# --- May this contact sell? -------------------------------------------------------------------


def _marketing(
    customer: Customer, interaction: Interaction | None, at: datetime
) -> dict[str, Any] | None:
    """Whether a follow-up may turn to offers now; None in every other contact."""
    if interaction is None or not interaction.is_follow_up:
        return None
    consent = (
        Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING, channel=Channel.VOICE)
        .order_by("-recorded_at", "-pk")
        .values_list("is_granted", flat=True)
        .first()
    )
    if not consent:
        return {"is_permitted": False, "because": "marketing calls are not permitted"}
    if not _within_hours(at, customer.time_zone):
        return {"is_permitted": False, "because": "it is too early or too late for the customer"}
    return {"is_permitted": True, "because": "marketing calls are permitted"}


def _within_hours(at: datetime, time_zone: str) -> bool:
    """Whether sales calls are lawful now at the customer's place; false where that is unknown."""
    try:
        local = at.astimezone(ZoneInfo(time_zone)).time()
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return EARLIEST <= local < LATEST
