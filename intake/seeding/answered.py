"""What did customers say to the offers of the last two weeks, and what was done about it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import ContactDraw, DrawnFor, Purpose
from intake.seeding import requests
from intake.seeding.book import Book
from intake.seeding.clock import DAY, HOUR, at_work, day_of, moment_of, second_of
from intake.seeding.contacts import Contact
from intake.seeding.world import Coded, World
from needs.models import Need, NeedsReview, ReviewCause
from offers import catalogue
from offers.models import Decision, Offer, OfferStatus
from service.models import Promise, PromiseStatus, RequestStatus, ServiceRequest

PUT = 0.9  # of the contacts with an offer: the agent put one to the customer
FIRST = 0.85  # of those: the one that stood first
WANTED = 0.62  # accepted of a hundred, where the need is as strong and the fit as good as can be
NOT_ACCEPTED = (OfferStatus.DECLINED,) * 3 + (OfferStatus.LATER, OfferStatus.NOT_RELEVANT)
LATER_DAYS = (16, 60)  # from the contact, so that none has come yet
STILL_OPEN = 0.25  # of the needs that were not met
CREDIT = "credit-decision"  # a decision is promised, not the product


@dataclass(slots=True)
class Answer:
    """What a customer said to one offer of a decision."""

    contact: Contact
    decision: Decision
    entry: Mapping[str, Any]
    status: OfferStatus
    reason: int | None = None
    later_on: int | None = None  # second of the day
    done_at: int | None = None
    offer: Offer | None = None

    @property
    def is_accepted(self) -> bool:
        return self.status == OfferStatus.ACCEPTED

    @property
    def said_now(self) -> bool:
        """Whether the offer answers a need that was said in this contact."""
        needs = self.decision.inputs["needs"]
        return any(need["id"] == self.entry["need"] and need["now"] for need in needs)


def drawn(
    book: Book, contact: Contact, decision: Decision, reasons: Sequence[int]
) -> Answer | None:
    """What came of the list; None where it has no offer, or none was put.

    `reasons` are the keys of those for which customers decline.
    """
    listed = [entry for entry in decision.results["ways"] if entry["kind"] == "offer"]
    put, place, said = book.chance() < PUT, book.chance() < FIRST, book.chance()
    if not listed or not put:
        return None
    entry = listed[0] if place or len(listed) == 1 else listed[1]
    factors = {row["name"]: float(row["value"]) for row in entry["factors"]}
    if said < WANTED * factors["need strength"] * factors["fit"]:
        return Answer(contact, decision, entry, OfferStatus.ACCEPTED)
    status = book.pick(NOT_ACCEPTED)
    answer = Answer(contact, decision, entry, status)
    if status == OfferStatus.DECLINED:
        answer.reason = book.pick(reasons)
    elif status == OfferStatus.LATER:
        answer.later_on = contact.at + book.between(*LATER_DAYS) * DAY
    return answer


def keep(answers: Sequence[Answer], *, world: World) -> None:
    """The rows of one day's answers: requests and promises first, then the offers."""
    published = catalogue.in_force()
    accepted = [answer for answer in answers if answer.is_accepted]
    asked: list[ServiceRequest] = []
    promised: list[Promise] = []
    for answer in accepted:
        fulfilment = published.by_code[answer.entry["product"]].fulfilment
        assert fulfilment is not None
        request, promise = _fulfilled(answer, fulfilment, world)
        asked.append(request)
        promised.append(promise)
    ServiceRequest.objects.bulk_create(asked)
    Promise.objects.bulk_create(promised)
    following = dict(zip(map(id, accepted), zip(asked, promised, strict=True), strict=True))
    for answer in answers:
        request_of, promise_of = following.get(id(answer), (None, None))
        answer.offer = _offer(answer, world, request=request_of, promise=promise_of)
    Offer.objects.bulk_create(answer.offer for answer in answers if answer.offer)
    ContactDraw.objects.bulk_create(map(_line, answers))


def _fulfilled(
    answer: Answer, fulfilment: Mapping[str, Any], world: World
) -> tuple[ServiceRequest, Promise]:
    """What accepting started: done on some working hour before its time, or still under way."""
    done_at = at_work(answer.contact.closed_at + 2 * HOUR)
    answer.done_at = done_at if done_at <= world.second - HOUR else None
    request = _request(answer, fulfilment, world)
    return request, _promise(answer, fulfilment, request)


def _request(answer: Answer, fulfilment: Mapping[str, Any], world: World) -> ServiceRequest:
    contact, kind = answer.contact, world.request_types[fulfilment["request_type"]]
    product, opened_at = world.products[answer.entry["product"]], contact.closed_at
    return ServiceRequest(
        customer_id=contact.customer,
        interaction_id=contact.pk,
        request_type_id=kind.pk,
        product_id=product.pk,
        subject=f"{product.name}: {fulfilment['promise_text']}"[:200],
        status=RequestStatus.OPEN if answer.done_at is None else RequestStatus.CLOSED,
        owner_id=contact.agent,
        opened_at=moment_of(opened_at),
        target_at=moment_of(opened_at + kind.target),
        expected_at=moment_of(opened_at + kind.expected),
        resolved_at=None if answer.done_at is None else moment_of(answer.done_at),
    )


def _promise(answer: Answer, fulfilment: Mapping[str, Any], request: ServiceRequest) -> Promise:
    made_at = answer.contact.closed_at
    due_at = made_at + int(float(fulfilment["promise_days"]) * DAY)
    return Promise(
        customer_id=request.customer_id,
        request=request,
        interaction_id=request.interaction_id,
        product_id=request.product_id,
        text=fulfilment["promise_text"],
        owner_id=request.owner_id,
        made_at=moment_of(made_at),
        due_at=moment_of(max(due_at, at_work(due_at))),
        expected_at=request.expected_at,
        status=PromiseStatus.OPEN if answer.done_at is None else PromiseStatus.KEPT,
        done_at=request.resolved_at,
    )


def _offer(
    answer: Answer, world: World, *, request: ServiceRequest | None, promise: Promise | None
) -> Offer:
    entry, contact = answer.entry, answer.contact
    later_on = timezone.localdate(moment_of(answer.later_on)) if answer.later_on else None
    return Offer(
        customer_id=contact.customer,
        interaction_id=contact.pk,
        product_id=world.products[entry["product"]].pk,
        decision=answer.decision,
        need_id=entry["need"],
        status=answer.status,
        reason_id=answer.reason,
        later_on=later_on,
        benefit=Decimal(entry["benefit"]),
        currency=entry["currency"],
        benefit_sentence=entry["benefit_text"][:300],
        presented_at=answer.decision.made_at,
        answered_at=moment_of(contact.closed_at),
        answered_by_id=contact.agent,
        request=request,
        promise=promise,
    )


def _line(answer: Answer) -> ContactDraw:
    """Its line on the ledger of the contact budget."""
    assert answer.offer is not None
    at = answer.decision.made_at
    return ContactDraw(
        customer_id=answer.contact.customer,
        purpose=Purpose.MARKETING,
        channel=answer.decision.inputs["facts"]["channel"],
        what=DrawnFor.OFFER,
        subject_id=answer.offer.pk,
        on=timezone.localdate(at),
        at=at,
        is_owed=answer.said_now,
        by_id=answer.contact.agent,
    )


def tell(book: Book, answers: Sequence[Answer]) -> None:
    """What the customers' history says of it, and what became of their needs and holdings."""
    settled: list[Need] = []
    published = catalogue.in_force()
    for answer in answers:
        product = book.world.products[answer.entry["product"]]
        contact, words = answer.contact, answer.status.label.lower()
        title = f"Offer {words}: {product.name}"
        book.line(contact.customer, contact.pk, contact.closed_at, "offer", title)
        if answer.entry["need"] and (answer.is_accepted or book.chance() > STILL_OPEN):
            settled.append(_settled(answer))
        if answer.is_accepted:
            fulfilment = published.by_code[answer.entry["product"]].fulfilment
            assert fulfilment is not None
            gives_holding = fulfilment["request_type"] != CREDIT
            _tell_done(book, answer, product, gives_holding=gives_holding)
    changed = ["status", "settled_at", "settled_by", "settled_in"]
    Need.objects.bulk_update(settled, changed)
    NeedsReview.objects.bulk_create(map(_asked_again, filter(_is_later, answers)))


def _is_later(answer: Answer) -> bool:
    return answer.status == OfferStatus.LATER


def _asked_again(answer: Answer) -> NeedsReview:
    """The day that the customer named, in the work of the agent who heard it."""
    assert answer.offer is not None
    assert answer.offer.later_on is not None
    return NeedsReview(
        customer_id=answer.contact.customer,
        interaction_id=answer.contact.pk,
        owner_id=answer.contact.agent,
        due_on=answer.offer.later_on,
        cause=ReviewCause.LATER,
        product_id=answer.offer.product_id,
        created_at=moment_of(answer.contact.closed_at),
    )


def _settled(answer: Answer) -> Need:
    contact = answer.contact
    return Need(
        pk=answer.entry["need"],
        status="met" if answer.is_accepted else "unmet",
        settled_at=moment_of(contact.closed_at),
        settled_by_id=contact.agent,
        settled_in_id=contact.pk,
    )


def _tell_done(book: Book, answer: Answer, product: Coded, *, gives_holding: bool) -> None:
    """The steps of its request, and the holding that it led to."""
    assert answer.offer is not None
    assert answer.offer.request is not None
    assert answer.offer.promise is not None
    contact, done_at = answer.contact, answer.done_at
    request = answer.offer.request
    opened_at, status = second_of(request.opened_at), str(request.status)
    requests.history(book, request.pk, contact.agent, opened_at, done_at, status)
    for at, kind, title in (
        (opened_at, "request", f"Request opened: {request.subject}"),
        (opened_at, "promise", f"Promised: {answer.offer.promise.text}"),
        (done_at, "request", f"Request closed: {request.subject}"),
        (done_at, "promise", f"Promise kept: {answer.offer.promise.text}"),
    ):
        if at is not None:
            book.line(contact.customer, contact.pk, at, kind, title[:200])
    if done_at is not None and gives_holding:
        reference = f"{product.pk:02d}-{contact.customer:08d}"
        book.holdings.add(
            contact.customer, product.pk, reference, day_of(done_at), None, "", "0", "0", "0"
        )
