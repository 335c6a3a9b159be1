"""What came of the offers that were put? One row for each event, written once, whenever looked.

Answers, keeping and cancelling are found from the rows that tell of them, so whatever a stopped
worker has missed is caught up by the next look. A follow-up's answers are told from above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from customers.models import Holding
from offers import catalogue
from offers.learning.features import ANSWERED, of_customer, of_match
from offers.models import ANSWERS, Decision, Offer, OfferStatus, Reward, RewardKind
from offers.stages import Sieve
from service.models import ServiceRequest

AT_ONCE = 500
TAKEN_BACK = timedelta(minutes=2)  # an answer entered by mistake is undone before that
ANSWERS_REMEMBERED = timedelta(days=14)  # how long a worker may be away and catch up
REMEMBERED = timedelta(days=200)  # an offer older than this earns nothing more
COMPLAINT_AFTER = timedelta(days=30)  # a complaint this soon after an acceptance counts against it
KEPT = {RewardKind.KEPT_30: timedelta(days=30), RewardKind.KEPT_90: timedelta(days=90)}


def collect(*, at: datetime) -> int:
    """Write the answers of late that are not rewarded yet; how many were."""
    answered = Offer.objects.filter(
        presented_at__gte=at - ANSWERS_REMEMBERED, answered_at__lte=at - TAKEN_BACK
    )
    accepted = answered.filter(status=OfferStatus.ACCEPTED)
    refused = answered.filter(status__in=ANSWERED - {OfferStatus.ACCEPTED})
    return _write(RewardKind.ACCEPTED, _without(accepted, *ANSWERS)) + _write(
        RewardKind.NOT_WANTED, _without(refused, *ANSWERS)
    )


def collect_later(*, at: datetime) -> int:
    """Write what became of accepted offers since; how many rewards were new."""
    return sum(_write(kind, offers) for kind, offers in _since_then(at))


def told_of_answers(offers: QuerySet[Offer], *, was_good: bool) -> int:
    """The follow-up after these accepted offers was answered: all well, or a problem heard."""
    kind = RewardKind.GOOD_ANSWERS if was_good else RewardKind.BAD_ANSWERS
    return _write(kind, _without(offers.filter(status=OfferStatus.ACCEPTED), kind))


def _since_then(at: datetime) -> Iterator[tuple[RewardKind, QuerySet[Offer]]]:
    accepted = Offer.objects.filter(
        status=OfferStatus.ACCEPTED,
        presented_at__gte=at - REMEMBERED,
        answered_at__lte=at - TAKEN_BACK,
    )
    for kind, days in KEPT.items():
        kept = accepted.filter(Exists(_holdings().filter(cancelled_on=None)))
        yield kind, _without(kept.filter(answered_at__lte=at - days), kind)
    ended = Q(Exists(_holdings().filter(cancelled_on__isnull=False)))
    yield RewardKind.CANCELLED, _without(accepted.filter(ended), RewardKind.CANCELLED)
    yield (
        RewardKind.COMPLAINT,
        _without(accepted.filter(Exists(_complaints())), RewardKind.COMPLAINT),
    )


def _holdings() -> QuerySet[Holding]:
    """What was opened because of the offer."""
    return Holding.objects.filter(
        customer=OuterRef("customer"),
        product=OuterRef("product"),
        opened_on__gte=OuterRef("presented_at__date"),
    )


def _complaints() -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.complaints().filter(
        customer=OuterRef("customer"),
        opened_at__gt=OuterRef("answered_at"),
        opened_at__lte=OuterRef("answered_at") + COMPLAINT_AFTER,
    )


def _without(offers: QuerySet[Offer], *kinds: str) -> QuerySet[Offer]:
    """Those that have no reward of these kinds, oldest first, at most a batch."""
    rewarded = Reward.objects.filter(offer=OuterRef("pk"), kind__in=kinds)
    waiting = offers.filter(~Exists(rewarded), decision__isnull=False).order_by("pk")
    return waiting.select_related("decision", "product")[:AT_ONCE]


def _write(kind: RewardKind, offers: Iterable[Offer]) -> int:
    rewards = [reward for offer in offers if (reward := _reward(kind, offer)) is not None]
    # Another worker may have been quicker: the unique key keeps one.
    return len(Reward.objects.bulk_create(rewards, ignore_conflicts=True))


def _reward(kind: RewardKind, offer: Offer) -> Reward | None:
    assert offer.decision is not None
    known = known_of(offer.decision, offer.product.code)
    if known is None:
        return None
    learned = offer.decision.inputs.get("learned") or {}
    tried = offer.decision.results.get("exploring") or {}
    return Reward(
        offer=offer,
        kind=kind,
        happened_at=(offer.answered_at if kind in ANSWERS else None) or timezone.now(),
        product_code=offer.product.code,
        features=known,
        propensity=float(tried.get("propensity", 1)),
        is_control=bool(learned.get("is_control")),
    )


def known_of(decision: Decision, code: str) -> dict[str, str] | None:
    """The features of one product in a stored decision; None where it was not relevant."""
    published = catalogue.published(decision.catalogue_number)
    product = published.by_code.get(code)
    match = product and Sieve(decision.inputs, published).matches.get(product.position)
    if not match:
        return None
    features: dict[str, Any] = {**of_customer(decision.inputs), **of_match(match)}
    return {name: str(value) for name, value in features.items()}
