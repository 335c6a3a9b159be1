"""What did the customer say to an offer? Each answer is kept, and what follows from it is done.

Who locks what: every verb locks the customer's row and then the contact's, so that two agents
with the same customer answer one after the other and nothing is answered while the contact is
wrapped up (which locks the contact's row); the unique constraint on (interaction, product)
stands behind. The situation is decided on again under these locks: what was open to offer a
minute ago may not be now, and then nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.models import Customer
from interactions.models import Interaction, InteractionClosed, TimelineEntry, TimelineKind
from needs.models import NeedStatus
from offers import catalogue
from offers.arbitration import decide_for
from offers.days import day
from offers.models import Decision, Offer, OfferStatus, ReasonSettled
from offers.stages import Sieve
from products.models import Product
from service.models import Promise, RequestType, ServiceRequest


class NotOpenToOffer(RuleBroken):
    """The stages do not let this product be offered to this customer now."""

    def __init__(self, product: Product, because: str) -> None:
        super().__init__(f"{product} cannot be offered now. {because}")


class AnsweredAlready(Conflict):
    def __init__(self, offer: Offer) -> None:
        who = f" by {offer.answered_by}" if offer.answered_by else ""
        super().__init__(
            f"{offer.product} was answered already{who}: {offer.get_status_display().lower()}."
        )


class LaterIsPast(RuleBroken):
    def __init__(self) -> None:
        super().__init__("“Later” needs a day still to come. Choose tomorrow or a later day.")


@dataclass(frozen=True, slots=True)
class Found:
    """An offer as the decision lists it."""

    decision: Decision
    benefit: Decimal
    currency: str
    sentence: str
    need_id: int | None


def accept(*, interaction: Interaction, product: Product, by: User) -> Offer:
    """The customer wants it: opens its request with a dated promise and meets the need."""
    with transaction.atomic():
        offer = _answer(
            interaction=interaction, product=product, by=by, status=OfferStatus.ACCEPTED
        )
        _fulfil(offer, interaction=interaction, by=by)
        if offer.need is not None:
            offer.need.settle(
                to=NeedStatus.MET, by=by, because=f"{product} accepted", interaction=interaction
            )
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return offer


def decline(*, interaction: Interaction, product: Product, by: User, because: str) -> Offer:
    if not because.strip():
        raise RuleBroken("Say why the customer declined, in their words.")
    return _answered(interaction, product, by, status=OfferStatus.DECLINED, because=because)


def later(*, interaction: Interaction, product: Product, by: User, later_on: date) -> Offer:
    """The customer wants to be asked again on that day. Raises LaterIsPast."""
    if later_on <= timezone.localdate():
        raise LaterIsPast
    return _answered(interaction, product, by, status=OfferStatus.LATER, later_on=later_on)


def already_has(*, interaction: Interaction, product: Product, by: User) -> Offer:
    return _answered(interaction, product, by, status=OfferStatus.ALREADY_HAS)


def not_relevant(*, interaction: Interaction, product: Product, by: User) -> Offer:
    return _answered(interaction, product, by, status=OfferStatus.NOT_RELEVANT)


def would_need(*, interaction: Interaction, product: Product, by: User, words: str) -> Offer:
    """What the customer would need instead, in their words."""
    if not words.strip():
        raise RuleBroken("Write what the customer would need instead, in their words.")
    return _answered(interaction, product, by, status=OfferStatus.WOULD_NEED, because=words)


def settle_reason(*, interaction: Interaction, by: User) -> bool:
    """What the customer got in touch for is done; false when that was said already."""
    with transaction.atomic():
        _lock(interaction)
        _, created = ReasonSettled.objects.get_or_create(
            interaction=interaction, defaults={"by": by}
        )
        if created:
            AuditEntry.record(by=by, verb="contact reason settled", subject=interaction)
            decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return created


def _answered(
    interaction: Interaction,
    product: Product,
    by: User,
    *,
    status: str,
    because: str = "",
    later_on: date | None = None,
) -> Offer:
    with transaction.atomic():
        offer = _answer(
            interaction=interaction,
            product=product,
            by=by,
            status=status,
            because=because.strip(),
            later_on=later_on,
        )
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return offer


def _lock(interaction: Interaction) -> None:
    """Hold the customer, then the contact; raises InteractionClosed when it is wrapped up."""
    customers = Customer.objects.select_for_update(of=("self",), no_key=True)
    customers.only("pk").get(pk=interaction.customer_id)
    contacts = Interaction.objects.open().select_for_update(of=("self",), no_key=True)
    if contacts.filter(pk=interaction.pk).only("pk").first() is None:
        raise InteractionClosed


def _answer(
    *,
    interaction: Interaction,
    product: Product,
    by: User,
    status: str,
    because: str = "",
    later_on: date | None = None,
) -> Offer:
    _lock(interaction)
    _refuse_a_second_answer(interaction, product)
    found = _listed(interaction=interaction, product=product, by=by)
    try:
        with transaction.atomic():
            offer = Offer.objects.create(
                customer_id=interaction.customer_id,
                interaction=interaction,
                product=product,
                decision=found.decision,
                need_id=found.need_id,
                status=status,
                because=because[:200],
                later_on=later_on,
                benefit=found.benefit,
                currency=found.currency,
                benefit_sentence=found.sentence[:300],
                answered_at=timezone.now(),
                answered_by=by,
            )
    except IntegrityError as error:
        raise Conflict(f"{product} was answered by somebody else just now.") from error
    _tell(offer, by=by)
    return offer


def _refuse_a_second_answer(interaction: Interaction, product: Product) -> None:
    """The answer given in this contact stands; nothing under way is accepted twice."""
    given = (
        Offer.objects.filter(interaction=interaction, product=product)
        | Offer.objects.filter(
            customer_id=interaction.customer_id,
            product=product,
            status=OfferStatus.ACCEPTED,
            answered_at__gte=interaction.opened_at,
        )
    ).select_related("product", "answered_by")
    if (offer := given.first()) is not None:
        raise AnsweredAlready(offer)


def _listed(*, interaction: Interaction, product: Product, by: User) -> Found:
    """The product as the decision of this moment lists it. Raises NotOpenToOffer."""
    decision = decide_for(customer=interaction.customer, interaction=interaction, by=by)
    for entry in decision.results["ways"]:
        if entry["kind"] == "offer" and entry["product"] == product.code:
            return _found(decision, entry, entry["benefit_text"])
    for entry in decision.results["further"]:
        if entry["product"] == product.code:
            return _found(decision, entry, _sentence(decision, entry))
    raise NotOpenToOffer(product, why_not(decision, product.code))


def _found(decision: Decision, entry: Mapping[str, Any], sentence: str) -> Found:
    product = catalogue.published(decision.catalogue_number).by_code[entry["product"]]
    benefit = Decimal(entry["benefit"])
    return Found(decision, benefit, product.currency, sentence, entry["need"])


def _sentence(decision: Decision, entry: Mapping[str, Any]) -> str:
    published = catalogue.published(decision.catalogue_number)
    product = published.by_code[entry["product"]]
    return product.sentence.told(
        figures=Sieve(decision.inputs, published).figures,
        benefit=Decimal(entry["benefit"]),
        currency=product.currency,
    )


def why_not(decision: Decision, code: str) -> str:
    """Why the product is not open to offer, from the stored decision alone."""
    results = decision.results
    for row in results["locked"]:
        if row["product"] == code:
            return str(row["because"])
    for row in results["excluded"]:
        if code in row["products"]:
            return str(row["because"])
    return "It is not in the catalogue that is in force."


def _fulfil(offer: Offer, *, interaction: Interaction, by: User) -> None:
    """Open the request and make the promise that accepting this product means."""
    published = catalogue.published(offer.decision.catalogue_number if offer.decision else 0)
    fulfilment = published.by_code[offer.product.code].fulfilment
    if fulfilment is None:
        raise RuleBroken(
            f"{offer.product} has no fulfilment yet. Ask an administrator to say what accepting "
            "it starts; nothing was changed."
        )
    request = ServiceRequest.open_request(
        customer=interaction.customer,
        request_type=RequestType.objects.get(code=fulfilment["request_type"]),
        subject=f"{offer.product}: {fulfilment['promise_text']}"[:200],
        owner=by,
        by=by,
        interaction=interaction,
        product=offer.product,
        description=offer.benefit_sentence,
    )
    promise = Promise.make(
        customer=interaction.customer,
        text=fulfilment["promise_text"],
        due_at=timezone.now() + timedelta(days=float(fulfilment["promise_days"])),
        owner=by,
        by=by,
        request=request,
        interaction=interaction,
        product=offer.product,
    )
    Offer.objects.filter(pk=offer.pk).update(request=request, promise=promise)
    offer.request, offer.promise = request, promise


def _tell(offer: Offer, *, by: User) -> None:
    status = OfferStatus(offer.status)
    title = f"Offer {status.label.lower()}: {offer.product}"
    detail = offer.because or offer.benefit_sentence
    if offer.later_on:
        title = f"{title}, to be asked again on {day(offer.later_on)}"
    TimelineEntry.write(
        customer_id=offer.customer_id,
        kind=TimelineKind.OFFER,
        title=title,
        detail=detail,
        interaction_id=offer.interaction_id,
    )
    AuditEntry.record(
        by=by,
        verb=f"offer {status.value.replace('_', ' ')}",
        subject=offer,
        detail={"product": offer.product.code, "decision": offer.decision_id},
    )
    panel_changed(panel="offers.ways", customer_id=offer.customer_id, user_ids=[by.pk])
    panel_changed(panel="interactions.timeline", customer_id=offer.customer_id, user_ids=[by.pk])
