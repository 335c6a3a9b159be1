"""Whose needs are due for a look today, and may that customer be called about them now?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Final, cast

from django.db import transaction
from django.db.models import (
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from customers import budget
from customers.contact_points import Channel
from customers.models import Consent, ContactPoint, DrawnFor, Purpose
from followups.errors import NotPermittedNow
from followups.grounds import Facts, Permission, Rule
from followups.models.known import OF_THE_CUSTOMER, known_of, read
from followups.permission import permission
from interactions.models import Direction, Interaction
from needs.models import NeedsReview, NeedsReviewQuerySet, ReviewSettled
from offers import catalogue
from routing.models import OutboundCall
from routing.outbound import (
    Guard,
    NotDialled,
    Ruling,
    Wanted,
    ask,
    came_to_nothing,
    key_of,
    queue,
)
from service.models import ServiceRequest
from telephony.models import Call, RegisterImport
from telephony.models import Purpose as CallPurpose

READ: Final = 100
HOURS: Final = (time(8), time(21))  # 47 CFR 64.1200(c)(1), as for follow-ups
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
SUBJECT: Final = "Needs review"


def permitted(*, user: User, on: date) -> NeedsReviewQuerySet:
    """The due reviews that the user sees and whose customers have room for such a call.

    A talk about needs may lead to an offer: it takes consent to marketing by phone, no open
    complaint, and room in the contact budget, which it draws from.
    """
    complaints = ServiceRequest.objects.open().complaints()
    rows = _with_room(NeedsReview.objects.visible_to(user).due(on=on))
    return rows.annotate(consent=_consent()).filter(
        ~Exists(complaints.filter(customer=OuterRef("customer_id"))),
        ~Exists(_other_talks()),
        consent=True,
    )


def _with_room(rows: NeedsReviewQuerySet) -> NeedsReviewQuerySet:
    """Those whose customers' contact budget has room for one more talk about what may help."""
    return cast(
        "NeedsReviewQuerySet",
        budget.with_room(
            rows,
            "customer_id",
            purpose=Purpose.MARKETING,
            limits=catalogue.in_force().policy.limits,
            what=DrawnFor.NEEDS_REVIEW,
            subject="pk",
        ),
    )


def _draw(review: NeedsReview, *, by: User) -> None:
    """Count the talk, once however often it is tried. Raises NotPermittedNow."""
    ruled = budget.draw(
        customer_id=review.customer_id,
        purpose=Purpose.MARKETING,
        channel=Channel.VOICE,
        what=DrawnFor.NEEDS_REVIEW,
        subject_id=review.pk,
        limits=catalogue.in_force().policy.limits,
        by=by,
    )
    if not ruled.is_allowed:
        raise NotPermittedNow(f"{ruled.because} Nobody was called.")


def _other_talks() -> QuerySet[Interaction]:
    """Open contacts of a review's customer, but for the one in which its needs are talked about."""
    talks = Interaction.objects.open().filter(customer=OuterRef("customer_id"))
    return talks.exclude(pk=Coalesce(OuterRef("begun_in_id"), Value(0)))


def due_now(*, user: User) -> list[NeedsReview]:
    """The user's own reviews whose customers may be called at this moment, the oldest first."""
    rows = permitted(user=user, on=timezone.localdate()).owned_by(user)
    found = _with_facts(rows).order_by("due_on", "pk")[:READ]
    registers, now = RegisterImport.days_of(), timezone.now()
    return [one for one in found if permission(_facts(one, registers), at=now).is_allowed]


def permission_of(review: NeedsReview) -> Permission:
    """What the rules say of a call about this review at this moment."""
    rows = NeedsReview.objects.filter(pk=review.pk)
    return _permission(_with_facts(rows).get())


def number_of(review: NeedsReview) -> str:
    """Where the customer is called now, E.164; empty when no number reaches them."""
    return _facts(_with_facts(NeedsReview.objects.filter(pk=review.pk)).get(), {}).phone


def begin(review: NeedsReview, *, by: User) -> Interaction:
    """Open the call in which the needs are talked about; the rules are asked again.

    Raises NotPermittedNow, ReviewSettled.
    """
    decided = permission_of(review)
    if not decided.is_allowed:
        raise NotPermittedNow(f"{decided.rule.label}, so nobody was called.")
    return _open(review, by=by)


def _open(review: NeedsReview, *, by: User, call: Call | None = None) -> Interaction:
    with transaction.atomic():
        contact = Interaction.open_contact(
            customer=review.customer,
            by=by,
            channel=Channel.VOICE,
            direction=Direction.OUTBOUND,
            subject=SUBJECT,
            call=call,
        )
        _draw(review, by=by)
        review.begin(by=by, contact=contact)
    return contact


def last_call(review: NeedsReview) -> OutboundCall | None:
    """The newest call about this review that an agent asked for."""
    calls = OutboundCall.objects.filter(about=review.pk, call__purpose=CallPurpose.NEEDS_REVIEW)
    return calls.select_related("call", "agent").order_by("-pk").first()


def call(review: NeedsReview, *, by: User) -> Interaction:
    """Call the customer: the agent's page first, then their phone; the contact of that call.

    Asked for twice it is one call. Where one came to nothing, the same contact calls again.
    Raises NotDialled (the decision is kept), PhoneNotReady, ReviewSettled, Conflict.
    """
    before, contact = last_call(review), _open_contact_of(review)
    if contact is not None and contact.agent_id != by.pk:
        raise ReviewSettled
    is_called = before is not None and contact is not None and contact.call_id == before.call_id
    if contact and before and is_called and not came_to_nothing(before.call):
        return contact
    wanted = _wanted(review, after=before.call if before else None)
    ruling = ask(wanted, by=by)
    if not ruling.is_allowed:
        raise NotDialled(f"{ruling.words}, so nobody was called.")
    with transaction.atomic():
        NeedsReview.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
        asked = queue(wanted, by=by)
        if asked.agent_id != by.pk:
            raise ReviewSettled
        placed = Interaction.objects.filter(call=asked.call).first()
        if placed is None and contact is None:
            placed = _open(review, by=by, call=asked.call)
        elif placed is None and contact is not None:
            placed = contact
            Interaction.objects.filter(pk=placed.pk).update(call=asked.call)
    return cast("Interaction", placed)


def _open_contact_of(review: NeedsReview) -> Interaction | None:
    if review.begun_in_id is None:
        return None
    return Interaction.objects.open().filter(pk=review.begun_in_id).first()


def _wanted(review: NeedsReview, *, after: Call | None) -> Wanted:
    """The call about this review, to the number at which its customer is reached now."""
    reach = _facts(_with_facts(NeedsReview.objects.filter(pk=review.pk)).get(), {})
    if not reach.phone or reach.phone_id is None:
        raise NotDialled(f"{Rule.NO_PHONE.label}, so nobody was called.")
    return Wanted(
        key=key_of(CallPurpose.NEEDS_REVIEW, review.pk, after=after),
        purpose=CallPurpose.NEEDS_REVIEW,
        about=review.pk,
        number=reach.phone,
        customer=review.customer,
        contact_point=ContactPoint.objects.get(pk=reach.phone_id),
    )


def rules(wanted: Wanted, at: datetime) -> Ruling:
    """May this customer be called about their needs, at this number, at this moment?"""
    rows = NeedsReview.objects.open().filter(pk=wanted.about, due_on__lte=timezone.localdate(at))
    review = _with_facts(rows).first()
    if review is None:
        return Ruling(False, "review_settled", "The needs were looked at, or later is the time")
    decided = _permission(review, at=at)
    if not decided.is_allowed:
        return Ruling(False, decided.rule.value, str(decided.rule.label))
    if _facts(review, {}).phone != wanted.number:
        return Ruling(False, "number_changed", "The customer is reached at another number now")
    if not _with_room(rows).exists():
        return Ruling(False, "heard_enough", "The customer has heard enough offers for a while")
    if rows.filter(Exists(_other_talks())).exists():
        return Ruling(False, "in_contact", "The customer is in contact with us already")
    return Ruling(True, decided.rule.value, str(decided.rule.label))


def _consent() -> Subquery:
    newest = Consent.objects.filter(
        customer=OuterRef("customer_id"), purpose=Purpose.MARKETING, channel=Channel.VOICE
    ).order_by("-recorded_at", "-pk")
    return Subquery(newest.values("is_granted")[:1])


def _with_facts(rows: NeedsReviewQuerySet) -> NeedsReviewQuerySet:
    told = known_of(rows.select_related("customer"), purpose=Purpose.MARKETING)
    return cast("NeedsReviewQuerySet", told)


def _facts(review: NeedsReview, registers: Mapping[str, date]) -> Facts:
    loaded = {f"customer__{name}": getattr(review.customer, name) for name in OF_THE_CUSTOMER}
    return Facts(
        attempts_made=0,
        max_attempts=1,
        lapses_at=NEVER,
        window_start=HOURS[0],
        window_end=HOURS[1],
        purpose=Purpose.MARKETING,
        register_days=registers,
        **read(vars(review) | loaded),
    )


def _permission(review: NeedsReview, *, at: datetime | None = None) -> Permission:
    return permission(_facts(review, RegisterImport.days_of()), at=at or timezone.now())


NEEDS_REVIEWS: Final = Guard(rules=rules)
