"""What do we know of this customer at this moment? Gathered in few statements, as plain JSON.

Everything a decision is made from stands here, the day and what is late by now included, so that
the decision itself needs no clock and replays bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

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


def gather(
    *, customer: Customer, interaction: Interaction | None, at: datetime, catalogue_number: int
) -> dict[str, Any]:
    """The inputs of a decision as of `at`."""
    contact = ContactFacts()
    reason = None
    if interaction is not None:
        reason = interaction.contact_reason
        contact = ContactFacts(reason.code if reason else None, interaction.channel)
    offers = _offers(customer)
    requests = _requests(customer, interaction)
    promises = _promises(customer, interaction)
    fulfilling = {offer["request"] for offer in offers} - {None}
    settled = _settled(interaction, requests, promises, fulfilling)
    return {
        "catalogue": catalogue_number,
        "today": timezone.localdate(at).isoformat(),
        "customer": customer.pk,
        "interaction": interaction.pk if interaction else None,
        "facts": facts_of(customer_id=customer.pk, at=at, contact=contact),
        "contact": {
            "reason": reason.code if reason else None,
            "reason_name": reason.name if reason else "",
            "intent": reason.intent if reason else None,
            "is_follow_up": bool(interaction and interaction.is_follow_up),
            "settled": settled,
            "waits_for": _waits_for(interaction, requests, promises, fulfilling),
        },
        "marketing": _marketing(customer, interaction, at),
        "needs": _needs(customer, interaction),
        "requests": _requests_told(requests, promises, interaction, fulfilling, at),
        "promises": _promises_told(requests, promises, at),
        "offers": [_offer_told(offer) for offer in offers],
        "answered": _answered(customer, at),
        "seen": _seen(customer, interaction),
    }


def newest_event(customer: Any) -> QuerySet[Any]:
    """The newest entry of a customer's timeline: what happened since makes a decision stale."""
    return TimelineEntry.objects.filter(customer=customer).newest().values("pk")[:1]


def newest_answer(interaction: Any) -> QuerySet[Any]:
    return AnswerGiven.objects.filter(interaction=interaction).order_by("-pk").values("pk")[:1]


def _seen(customer: Customer, interaction: Interaction | None) -> list[int | None]:
    """The newest event and answer that this situation knows of."""
    found = Customer.objects.filter(pk=customer.pk).values_list(
        Subquery(newest_event(OuterRef("pk"))),
        Subquery(newest_answer(interaction.pk if interaction else None)),
    )
    return list(found.get())


def _local(at: datetime) -> date:
    return timezone.localtime(at).date()


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


# --- Rows -------------------------------------------------------------------------------------


def _needs(customer: Customer, interaction: Interaction | None) -> list[dict[str, Any]]:
    needs = Need.objects.of(customer).open().select_related("need_type").order_by("pk")
    expressed = (NeedSource.STATED, NeedSource.DISCOVERED)
    return [
        {
            "id": need.pk,
            "type": need.need_type.code,
            "name": need.need_type.name,
            "strength": f"{need.strength:.2f}",
            "source": need.source,
            "evidence": need.evidence,
            "now": (
                interaction is not None
                and need.interaction_id == interaction.pk
                and need.source in expressed
            ),
        }
        for need in needs
    ]


def _offers(customer: Customer) -> list[dict[str, Any]]:
    """Every offer put to the customer, oldest first; one statement."""
    names = ("status", "presented_at", "later_on", "request", "request__status", "product__code")
    rows = Offer.objects.of(customer).order_by("presented_at", "pk").values_list(*names)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _offer_told(offer: dict[str, Any]) -> dict[str, Any]:
    later_on = offer["later_on"]
    return {
        "product": offer["product__code"],
        "status": offer["status"],
        "on": _local(offer["presented_at"]).isoformat(),
        "later_on": later_on.isoformat() if later_on else None,
        "under_way": offer["status"] == OfferStatus.ACCEPTED and offer["request__status"] in LIVE,
    }


def _requests(customer: Customer, interaction: Interaction | None) -> list[ServiceRequest]:
    wanted = Q(status__in=LIVE)
    if interaction is not None:
        wanted |= Q(interaction=interaction)
    return list(
        ServiceRequest.objects.of(customer)
        .filter(wanted)
        .select_related("request_type")
        .only(
            "subject",
            "status",
            "opened_at",
            "target_at",
            "expected_at",
            "interaction",
            "request_type__code",
            "request_type__is_complaint",
        )
        .order_by("pk")
    )


def _promises(customer: Customer, interaction: Interaction | None) -> list[Promise]:
    owed = Q(status=PromiseStatus.OPEN) | Q(status=PromiseStatus.BROKEN, done_at=None)
    if interaction is not None:
        owed |= Q(interaction=interaction)
    return list(Promise.objects.of(customer).filter(owed).order_by("due_at", "pk"))


def _is_owed(promise: Promise) -> bool:
    return promise.status == PromiseStatus.OPEN or (
        promise.status == PromiseStatus.BROKEN and promise.done_at is None
    )


def _state(promise: Promise, at: datetime) -> str:
    if promise.status == PromiseStatus.BROKEN or promise.due_at < at:
        return "late"
    return "soon" if promise.due_at < at + SOON else "ahead"


def _promise_told(promise: Promise, at: datetime) -> dict[str, Any]:
    return {
        "id": promise.pk,
        "text": promise.text,
        "due_at": _iso(promise.due_at),
        "made_on": day(_local(promise.made_at)),
        "state": _state(promise, at),
    }


def _promises_told(
    requests: Iterable[ServiceRequest], promises: Iterable[Promise], at: datetime
) -> list[dict[str, Any]]:
    """What is owed apart from live requests; a request tells its own promise."""
    live = {request.pk for request in requests if request.status in LIVE}
    return [
        _promise_told(promise, at)
        for promise in promises
        if _is_owed(promise) and promise.request_id not in live
    ]


def _requests_told(
    requests: Iterable[ServiceRequest],
    promises: Iterable[Promise],
    interaction: Interaction | None,
    fulfilling: set[Any],
    at: datetime,
) -> list[dict[str, Any]]:
    first: dict[int | None, Promise] = {}
    for promise in promises:
        if _is_owed(promise):
            first.setdefault(promise.request_id, promise)
    return [
        {
            "id": request.pk,
            "subject": request.subject,
            "type": request.request_type.code,
            "status": request.status,
            "is_complaint": request.request_type.is_complaint,
            "opened_on": day(_local(request.opened_at)),
            "target_at": _iso(request.target_at),
            "expected_at": _iso(request.expected_at),
            "is_late": request.target_at < at,
            "is_past_expectation": request.expected_at < at,
            "now": (
                interaction is not None
                and request.interaction_id == interaction.pk
                and request.pk not in fulfilling
            ),
            "promise": _promise_told(first[request.pk], at) if request.pk in first else None,
        }
        for request in requests
        if request.status in LIVE
    ]


def _answered(customer: Customer, at: datetime) -> list[str]:
    """Questions whose answer we know: asked again only after `ANSWER_MEMORY`."""
    given = AnswerGiven.objects.filter(
        interaction__customer=customer, at__gte=at - ANSWER_MEMORY
    ).values_list("question__code", flat=True)
    return sorted(set(given))


# --- Is what the customer got in touch for done, or promised with a date? ----------------------


def _settled(
    interaction: Interaction | None,
    requests: Iterable[ServiceRequest],
    promises: Iterable[Promise],
    fulfilling: set[Any],
) -> dict[str, str] | None:
    """How the contact's reason is settled; None while it is not.

    What an accepted offer set going settles nothing: it is not what the customer came for.
    """
    if interaction is None:
        return {"how": "no_contact", "because": "nobody is in contact"}
    if interaction.direction == Direction.OUTBOUND and interaction.contact_reason is None:
        return {"how": "our_call", "because": "we got in touch, not they"}
    about = [
        request
        for request in requests
        if request.interaction_id == interaction.pk and request.pk not in fulfilling
    ]
    made = [
        promise
        for promise in promises
        if promise.interaction_id == interaction.pk and promise.request_id not in fulfilling
    ]
    dated = {promise.request_id for promise in made if promise.status == PromiseStatus.OPEN}
    live = [request for request in about if request.status in LIVE]
    if all(request.pk in dated for request in live):
        if dated:
            return {"how": "promised", "because": "what they came for has a date"}
        if any(request.status in DONE for request in about) or any(
            promise.status == PromiseStatus.KEPT for promise in made
        ):
            return {"how": "resolved", "because": "what they came for is done"}
    if ReasonSettled.objects.filter(interaction=interaction).exists():
        return {"how": "resolved", "because": "what they came for is done"}
    return None


def _waits_for(
    interaction: Interaction | None,
    requests: Iterable[ServiceRequest],
    promises: Iterable[Promise],
    fulfilling: set[Any],
) -> str:
    """What comes first: the request of this contact without a date, else the contact's reason."""
    dated = {promise.request_id for promise in promises if promise.status == PromiseStatus.OPEN}
    for request in requests:
        if (
            interaction is not None
            and request.interaction_id == interaction.pk
            and request.status in LIVE
            and request.pk not in fulfilling | dated
        ):
            return f"“{request.subject}”"
    if interaction is not None and interaction.contact_reason is not None:
        return f"“{interaction.contact_reason.name}”"
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
