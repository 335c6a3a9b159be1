"""What do we know of this customer at this moment? Gathered in few statements, as plain JSON.

Everything a decision is made from stands here, the day and what is late by now included, so that
the decision itself needs no clock and replays bit for bit.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.models import Customer
from interactions.models import Interaction, TimelineEntry
from needs.models import AnswerGiven, Need, NeedSource
from offers.doings import Doings
from offers.facts import ContactFacts, facts_of
from offers.models import Offer, OfferStatus, ReasonSettled
from offers.selling import marketing
from service.models import LIVE

ANSWER_MEMORY = timedelta(days=30)


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
    [(event, answer, is_said_settled)] = SEEN.rows(customer=customer.pk, contact=pk)
    doings = Doings.of(
        customer_id=customer.pk,
        interaction=interaction,
        fulfilling={offer.request for offer in offers} - {None},
    )
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
            "settled": doings.settled(is_said_settled=is_said_settled),
            "waits_for": doings.waits_for(),
        },
        "marketing": marketing(customer, interaction, at),
        "needs": [_need(row, pk) for row in NEEDS.rows(customer=customer.pk)],
        "requests": doings.requests_told(at),
        "promises": doings.promises_told(at),
        "offers": [_offer_told(offer) for offer in offers],
        "answered": _answered(customer, at),
        "seen": [event, answer],
    }


class OfferRow(NamedTuple):
    status: str
    presented_at: datetime
    later_on: date | None
    request: int | None
    request_status: str | None
    product: str


def _offers_of(*, customer: int) -> QuerySet[Any, Any]:
    """Every offer put to the customer, oldest first."""
    rows = Offer.objects.filter(customer=customer).order_by("presented_at", "pk")
    return rows.values_list(
        "status", "presented_at", "later_on", "request", "request__status", "product__code"
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
SEEN = Prepared(_seen_by, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL})


# --- Rows as the decision reads them ----------------------------------------------------------


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
        "on": timezone.localdate(offer.presented_at).isoformat(),
        "later_on": offer.later_on.isoformat() if offer.later_on else None,
        "under_way": offer.status == OfferStatus.ACCEPTED and offer.request_status in LIVE,
    }


def _answered(customer: Customer, at: datetime) -> list[str]:
    """Questions whose answer we know: asked again only after `ANSWER_MEMORY`."""
    rows = ANSWERED.rows(customer=customer.pk, since=at - ANSWER_MEMORY)
    return sorted({code for (code,) in rows})


def _answered_by(*, customer: int, since: datetime) -> QuerySet[Any, Any]:
    given = AnswerGiven.objects.filter(interaction__customer=customer, at__gte=since)
    return given.values_list("question__code")


ANSWERED = Prepared(_answered_by, {"customer": NOBODY, "since": NEVER})
