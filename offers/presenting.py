"""What did the customer say to an offer? Each answer is kept, and what follows from it is done.

Who locks what: every verb locks the customer's row and then the contact's, so that two agents
with the same customer answer one after the other and nothing is answered while the contact is
wrapped up (which locks the contact's row); the unique constraint on (interaction, product)
stands behind. The situation is decided on again under these locks: what was open to offer a
minute ago may not be now, and then nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.models import Customer, HeldElsewhere
from interactions.models import Interaction, InteractionClosed, TimelineEntry, TimelineKind
from needs.models import NeedStatus
from offers.arbitration import decide_for
from offers.days import day
from offers.errors import AnsweredAlready, LaterIsPast, LaterIsTooFar, NothingAnswered
from offers.models import DeclineReason, Offer, OfferStatus, ReasonSettled
from offers.offerable import Found, NotOpenToOffer, listed, why_not
from offers.outcomes import (
    Fulfilled,
    Wanted,
    ask_again,
    count,
    end_conditions,
    fulfil,
    keep_condition,
    stop_asking,
    undo,
)
from products.models import Product

LATEST = timedelta(days=731)

__all__ = [
    "NotOpenToOffer",
    "accept",
    "already_has",
    "decline",
    "later",
    "not_relevant",
    "settle_reason",
    "take_back",
    "why_not",
    "would_need",
]


def accept(*, interaction: Interaction, product: Product, by: User) -> Offer:
    """The customer wants it: opens its request with a dated promise and meets the need."""
    with transaction.atomic():
        offer = _answer(_Answer(interaction, product, by, OfferStatus.ACCEPTED))
        end_conditions(offer)
        if offer.need is not None:
            offer.need.settle(
                to=NeedStatus.MET, by=by, because=f"{product} accepted", interaction=interaction
            )
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return offer


def decline(
    *,
    interaction: Interaction,
    product: Product,
    by: User,
    because: str = "",
    reason: DeclineReason | None = None,
) -> Offer:
    """No, and why: one of the kept reasons, the customer's own words, or both."""
    if reason is None and not because.strip():
        raise RuleBroken("Say why the customer declined: choose a reason, or write their words.")
    return _answered(
        _Answer(interaction, product, by, OfferStatus.DECLINED, because=because, reason=reason)
    )


def later(*, interaction: Interaction, product: Product, by: User, later_on: date) -> Offer:
    """The customer wants to be asked again on that day, and then stands in the agent's My work.

    Raises LaterIsPast, LaterIsTooFar.
    """
    today = timezone.localdate()
    if later_on <= today:
        raise LaterIsPast
    if later_on > today + LATEST:
        raise LaterIsTooFar
    with transaction.atomic():
        offer = _answered(_Answer(interaction, product, by, OfferStatus.LATER, later_on=later_on))
        ask_again(offer, interaction=interaction, by=by)
    return offer


def already_has(
    *, interaction: Interaction, product: Product, by: User, provider: str = ""
) -> Offer:
    """They have the like of it, from whomever: kept as held elsewhere, and not offered again."""
    with transaction.atomic():
        offer = _answer(_Answer(interaction, product, by, OfferStatus.ALREADY_HAS))
        HeldElsewhere.say(
            customer_id=interaction.customer_id, product=product, by=by, provider=provider
        )
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return offer


def not_relevant(*, interaction: Interaction, product: Product, by: User) -> Offer:
    """It does not answer that need: the pair of need and product cools off, no more."""
    return _answered(_Answer(interaction, product, by, OfferStatus.NOT_RELEVANT))


def would_need(
    *,
    interaction: Interaction,
    product: Product,
    by: User,
    words: str,
    term: str = "",
    comparison: str = "",
    figure: Decimal | None = None,
) -> Offer:
    """What would make it right, in the customer's words and where it can be told a figure."""
    if not words.strip():
        raise RuleBroken("Write what the customer would need instead, in their words.")
    with transaction.atomic():
        offer = _answer(_Answer(interaction, product, by, OfferStatus.WOULD_NEED, because=words))
        keep_condition(offer, Wanted(words, term, comparison, figure), by=by)
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return offer


def take_back(*, interaction: Interaction, product: Product, by: User) -> None:
    """The answer was entered by mistake: all that it did is undone, within a minute.

    Raises NothingAnswered, TooLateToTakeBack, InteractionClosed.
    """
    with transaction.atomic():
        _lock(interaction)
        given = Offer.objects.filter(interaction=interaction, product=product)
        offer = given.select_related("product", "request", "promise", "need__need_type").first()
        if offer is None:
            raise NothingAnswered(product)
        undo(offer, interaction=interaction, by=by)
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
        _look_again(interaction.customer_id, by=by)


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


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the customer said to a product in this contact, as the agent enters it."""

    interaction: Interaction
    product: Product
    by: User
    status: str
    because: str = ""
    reason: DeclineReason | None = None
    later_on: date | None = None


def _answered(answer: _Answer) -> Offer:
    with transaction.atomic():
        offer = _answer(answer)
        decide_for(
            customer=answer.interaction.customer, interaction=answer.interaction, by=answer.by
        )
    return offer


def _lock(interaction: Interaction) -> None:
    """Hold the customer, then the contact; raises InteractionClosed when it is wrapped up."""
    customers = Customer.objects.select_for_update(of=("self",), no_key=True)
    customers.only("pk").get(pk=interaction.customer_id)
    contacts = Interaction.objects.open().select_for_update(of=("self",), no_key=True)
    if contacts.filter(pk=interaction.pk).only("pk").first() is None:
        raise InteractionClosed


def _answer(answer: _Answer) -> Offer:
    """Keep the answer, what it promises and its line on the ledger; or raise, and keep nothing."""
    interaction, product, by = answer.interaction, answer.product, answer.by
    _lock(interaction)
    _refuse_a_second_answer(interaction, product)
    found = listed(interaction=interaction, product=product, by=by)
    _tell(answer, found)
    promised = None
    if answer.status == OfferStatus.ACCEPTED:
        promised = fulfil(
            product=product,
            number=found.decision.catalogue_number,
            interaction=interaction,
            by=by,
            benefit_sentence=found.sentence,
        )
    try:
        with transaction.atomic():
            offer = _kept(answer, found, promised)
    except IntegrityError as error:
        raise Conflict(f"{product} was answered by somebody else just now.") from error
    stop_asking(offer, by=by)
    counted = count(offer, found.decision, interaction=interaction, by=by)
    if not counted.is_allowed:
        raise NotOpenToOffer(product, counted.because)
    _audit(offer, by=by)
    return offer


def _kept(answer: _Answer, found: Found, promised: Fulfilled | None) -> Offer:
    return Offer.objects.create(
        customer_id=answer.interaction.customer_id,
        interaction=answer.interaction,
        product=answer.product,
        decision=found.decision,
        need_id=found.need_id,
        status=answer.status,
        reason=answer.reason,
        because=answer.because.strip()[:200],
        later_on=answer.later_on,
        benefit=found.benefit,
        currency=found.currency,
        benefit_sentence=found.sentence[:300],
        answered_at=timezone.now(),
        answered_by=answer.by,
        request=promised.request if promised else None,
        promise=promised.promise if promised else None,
    )


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


def _tell(answer: _Answer, found: Found) -> None:
    """The line of the customer's history, before those of what follows from the answer."""
    title = f"Offer {OfferStatus(answer.status).label.lower()}: {answer.product}"
    said = [answer.reason.name if answer.reason else "", answer.because.strip()]
    if answer.later_on:
        title = f"{title}, to be asked again on {day(answer.later_on)}"
    TimelineEntry.write(
        customer_id=answer.interaction.customer_id,
        kind=TimelineKind.OFFER,
        title=title,
        detail=": ".join(filter(None, said)) or found.sentence,
        interaction_id=answer.interaction.pk,
    )
    _look_again(answer.interaction.customer_id, by=answer.by)


def _audit(offer: Offer, *, by: User) -> None:
    detail = {"product": offer.product.code, "decision": offer.decision_id}
    if offer.reason is not None:
        detail["reason"] = offer.reason.code
    verb = f"offer {offer.status.replace('_', ' ')}"
    AuditEntry.record(by=by, verb=verb, subject=offer, detail=detail)


def _look_again(customer_id: int, *, by: User) -> None:
    for panel in ("offers.ways", "interactions.timeline"):
        panel_changed(panel=panel, customer_id=customer_id, user_ids=[by.pk])
