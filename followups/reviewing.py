"""Whose needs are due for a look today, and may that customer be called about them now?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from customers.contact_points import Channel
from customers.models import Consent, Purpose
from followups.errors import NotPermittedNow
from followups.models.owed import best_phone
from followups.permission import Facts, Permission, permission
from interactions.models import Direction, Interaction
from needs.models import NeedsReview, NeedsReviewQuerySet
from offers.models import ContactPolicy, Offer
from service.models import ServiceRequest

READ: Final = 100
HOURS: Final = (time(8), time(21))  # 47 CFR 64.1200(c)(1), as for follow-ups
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
SUBJECT: Final = "Needs review"


def permitted(*, user: User, on: date) -> NeedsReviewQuerySet:
    """The due reviews that the user sees and whose customers have room for such a call.

    A talk about needs may lead to an offer: it takes consent to marketing by phone, no open
    complaint, and counts against the contact policy's offers within its period.
    """
    policy = ContactPolicy.objects.first() or ContactPolicy()
    since = timezone.now() - timedelta(days=policy.period_days)
    heard = Offer.objects.filter(customer=OuterRef("customer_id"), presented_at__gt=since)
    heard_count = heard.order_by().values("customer").annotate(n=Count("pk")).values("n")
    complaints = ServiceRequest.objects.open().complaints()
    talking = Interaction.objects.open().filter(customer=OuterRef("customer_id"))
    rows = NeedsReview.objects.visible_to(user).due(on=on)
    return rows.annotate(
        consent=_consent(),
        heard=Coalesce(Subquery(heard_count, output_field=IntegerField()), Value(0)),
    ).filter(
        ~Exists(complaints.filter(customer=OuterRef("customer_id"))),
        ~Exists(talking),
        consent=True,
        heard__lt=policy.max_offers,
    )


def due_now(*, user: User) -> list[NeedsReview]:
    """The user's own reviews whose customers may be called at this moment, the oldest first."""
    rows = permitted(user=user, on=timezone.localdate()).owned_by(user)
    found = _with_facts(rows).order_by("due_on", "pk")[:READ]
    return [review for review in found if _permission(review).is_allowed]


def permission_of(review: NeedsReview) -> Permission:
    """What the rules say of a call about this review at this moment."""
    rows = NeedsReview.objects.filter(pk=review.pk).annotate(consent=_consent())
    return _permission(_with_facts(rows).get())


def begin(review: NeedsReview, *, by: User) -> Interaction:
    """Open the call in which the needs are talked about; the rules are asked again.

    Raises NotPermittedNow, ReviewSettled.
    """
    decided = permission_of(review)
    if not decided.is_allowed:
        raise NotPermittedNow(f"{decided.rule.label}, so nobody was called.")
    with transaction.atomic():
        contact = Interaction.open_contact(
            customer=review.customer,
            by=by,
            channel=Channel.VOICE,
            direction=Direction.OUTBOUND,
            subject=SUBJECT,
        )
        review.begin(by=by, contact=contact)
    return contact


def _consent() -> Subquery:
    newest = Consent.objects.filter(
        customer=OuterRef("customer_id"), purpose=Purpose.MARKETING, channel=Channel.VOICE
    ).order_by("-recorded_at", "-pk")
    return Subquery(newest.values("is_granted")[:1])


def _with_facts(rows: NeedsReviewQuerySet) -> NeedsReviewQuerySet:
    complaints = ServiceRequest.objects.open().complaints()
    return rows.select_related("customer").annotate(
        phone=Coalesce(best_phone("value"), Value("")),
        phone_id=best_phone("pk"),
        has_open_complaint=Exists(complaints.filter(customer=OuterRef("customer_id"))),
        is_vulnerable=ExpressionWrapper(
            Q(customer__vulnerable_since__isnull=False), output_field=BooleanField()
        ),
    )


def _permission(review: NeedsReview) -> Permission:
    known = vars(review)
    facts = Facts(
        attempts_made=0,
        max_attempts=1,
        lapses_at=NEVER,
        window_start=HOURS[0],
        window_end=HOURS[1],
        country=review.customer.country,
        time_zone=review.customer.time_zone,
        phone=known["phone"],
        phone_id=known["phone_id"],
        consent=known["consent"],
        has_open_complaint=known["has_open_complaint"],
        is_vulnerable=known["is_vulnerable"],
    )
    return permission(facts, at=timezone.now())
