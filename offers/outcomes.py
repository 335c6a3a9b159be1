"""What follows from each answer to an offer, and how is an answer taken back within seconds?

Every effect stands in the transaction of the answer. Taking back undoes them one by one and
leaves the history: the offer goes, what it opened is withdrawn with the reason, the contact that
it drew is given back, and a need that it met is open again.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from customers import budget
from customers.budget import Ruling
from customers.models import DrawnFor, HeldElsewhere, Purpose
from interactions.models import Interaction, TimelineEntry, TimelineKind
from needs.models import Need, NeedsReview, NeedStatus, ReviewCause
from offers import catalogue
from offers.models import Condition, ConditionComparison, Decision, Offer, OfferStatus
from offers.stages import Sieve
from products.models import Product
from service.models import Promise, RequestStatus, RequestType, ServiceRequest

TAKEN_BACK_WITHIN = timedelta(seconds=60)
BY_MISTAKE = "The answer to the offer was entered by mistake"


class NothingToFulfil(RuleBroken):
    """Accepting would promise nothing, so that nothing can be accepted."""

    def __init__(self, product: Product, why: str) -> None:
        super().__init__(f"{product} cannot be accepted: {why} Nothing was changed.")


class NotAFigure(RuleBroken):
    def __init__(self, product: Product) -> None:
        super().__init__(
            f"That is no figure of {product}. Choose one of those listed, with a number like 4.50."
        )


class TooLateToTakeBack(Conflict):
    def __init__(self, offer: Offer) -> None:
        super().__init__(
            f"It is too late to take the answer to {offer.product} back. "
            "Change what it started instead."
        )


class Wanted(NamedTuple):
    """What a product would need to be right: words, and where it can be told a figure."""

    words: str
    term: str = ""
    comparison: str = ""
    figure: Decimal | None = None


class Fulfilled(NamedTuple):
    request: ServiceRequest
    promise: Promise


def fulfil(
    *, product: Product, number: int, interaction: Interaction, by: User, benefit_sentence: str
) -> Fulfilled:
    """Open the request and make the promise that accepting means, before anything is accepted.

    `number` is the catalogue that let the product be seen. Raises NothingToFulfil.
    """
    fulfilment = catalogue.published(number).by_code[product.code].fulfilment
    if fulfilment is None:
        raise NothingToFulfil(
            product, "it has no fulfilment. Ask an administrator to say what accepting it starts."
        )
    request_type = RequestType.objects.filter(code=fulfilment["request_type"]).first()
    if request_type is None:
        raise NothingToFulfil(product, "the kind of request that it opens is not there any more.")
    request = ServiceRequest.open_request(
        customer=interaction.customer,
        request_type=request_type,
        subject=f"{product}: {fulfilment['promise_text']}"[:200],
        owner=by,
        by=by,
        interaction=interaction,
        product=product,
        description=benefit_sentence,
    )
    promise = Promise.make(
        customer=interaction.customer,
        text=fulfilment["promise_text"],
        due_at=timezone.now() + timedelta(days=float(fulfilment["promise_days"])),
        owner=by,
        by=by,
        request=request,
        interaction=interaction,
        product=product,
    )
    return Fulfilled(request, promise)


def count(offer: Offer, decision: Decision, *, interaction: Interaction, by: User) -> Ruling:
    """One more offer heard: it stands on the ledger of the contact budget, or has no room.

    What answers a need said in this contact, or its reason, is service that was asked for: counted
    and never refused.
    """
    published = catalogue.published(decision.catalogue_number)
    match = Sieve(decision.inputs, published).matches.get(
        published.by_code[offer.product.code].position
    )
    return budget.draw(
        customer_id=offer.customer_id,
        purpose=Purpose.MARKETING,
        channel=interaction.channel,
        what=DrawnFor.OFFER,
        subject_id=offer.pk,
        limits=published.policy.limits,
        is_owed=match is not None and match.answers_now,
        by=by,
    )


def keep_condition(offer: Offer, wanted: Wanted, *, by: User) -> Condition:
    """What would make it right, held against every catalogue to come. Raises NotAFigure."""
    if wanted.term:
        published = catalogue.published(offer.decision.catalogue_number if offer.decision else 0)
        compiled = published.by_code.get(offer.product.code)
        is_known = compiled is not None and wanted.term in compiled.sentence.terms
        is_whole = wanted.figure is not None and wanted.comparison in ConditionComparison.values
        if not is_known or not is_whole:
            raise NotAFigure(offer.product)
    return Condition.objects.create(
        customer_id=offer.customer_id,
        product=offer.product,
        offer=offer,
        words=wanted.words.strip()[:200],
        term=wanted.term,
        comparison=wanted.comparison if wanted.term else "",
        figure=wanted.figure if wanted.term else None,
        said_by=by,
    )


def end_conditions(offer: Offer) -> None:
    """Accepted after all: nothing is wanted of that product any more."""
    standing = Condition.objects.standing().filter(
        customer=offer.customer_id, product=offer.product_id
    )
    standing.update(ended_at=timezone.now())


def ask_again(offer: Offer, *, interaction: Interaction, by: User) -> NeedsReview:
    """A look at the needs on the day that the customer named; its rules are asked on that day."""
    assert offer.later_on is not None
    return NeedsReview.start(
        customer=interaction.customer,
        interaction=interaction,
        owner=by,
        due_on=offer.later_on,
        cause=ReviewCause.LATER,
        product=offer.product,
    )


def stop_asking(offer: Offer, *, by: User) -> None:
    """They have answered: what was to be asked of that product on a later day is asked."""
    about = NeedsReview.objects.about(customer_id=offer.customer_id, product=offer.product)
    about.open().update(done_at=offer.answered_at, done_by=by)


def _ask_as_before(offer: Offer) -> None:
    """The answer falls: so does the day that it named, and earlier ones stand again."""
    about = NeedsReview.objects.about(customer_id=offer.customer_id, product=offer.product)
    about.filter(interaction=offer.interaction_id, cause=ReviewCause.LATER).delete()
    about.filter(done_at=offer.answered_at).update(done_at=None, done_by=None)


def undo(offer: Offer, *, interaction: Interaction, by: User) -> None:
    """Everything that followed, undone; the caller holds the customer and the contact."""
    if (offer.answered_at or offer.presented_at) < timezone.now() - TAKEN_BACK_WITHIN:
        raise TooLateToTakeBack(offer)
    detail = {"product": offer.product.code, "answer": offer.status, "decision": offer.decision_id}
    AuditEntry.record(by=by, verb="offer answer taken back", subject=offer, detail=detail)
    request, promise, need = offer.request, offer.promise, offer.need
    status, pk = offer.status, offer.pk
    budget.give_back(what=DrawnFor.OFFER, subject_id=pk)
    _ask_as_before(offer)
    offer.delete()
    if status == OfferStatus.ALREADY_HAS:
        HeldElsewhere.end(customer_id=offer.customer_id, product=offer.product, by=by)
    if promise is not None and request is not None:
        promise.withdraw(by=by, because=BY_MISTAKE)
        request.move(to=RequestStatus.WITHDRAWN, by=by, note=BY_MISTAKE)
    if need is not None and need.status == NeedStatus.MET:
        _state_again(need, interaction=interaction, by=by)
    TimelineEntry.write(
        customer_id=offer.customer_id,
        kind=TimelineKind.OFFER,
        title=f"Taken back: {OfferStatus(status).label.lower()}, {offer.product}",
        interaction_id=interaction.pk,
    )


def _state_again(need: Need, *, interaction: Interaction, by: User) -> None:
    Need.state(
        customer=interaction.customer,
        need_type=need.need_type,
        by=by,
        source=need.source,
        strength=need.strength,
        evidence=need.evidence,
        interaction=need.interaction,
    )
