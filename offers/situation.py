"""What do we know of this customer at this moment? Gathered in few statements, as plain JSON.

Everything a decision is made from stands here, the day and what is late by now included, so that
the decision itself needs no clock and replays bit for bit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.models import Customer
from interactions.models import Interaction
from needs.called_for import ANSWER_MEMORY
from needs.models import AnswerGiven, Need, NeedSource
from offers.doings import Doings
from offers.facts import ContactFacts, facts_of
from offers.history import known_of, offers_of
from offers.selling import marketing


def gather(
    *, customer: Customer, interaction: Interaction | None, at: datetime, catalogue_number: int
) -> dict[str, Any]:
    """The inputs of a decision as of `at`; nine statements, ten in a follow-up."""
    pk = interaction.pk if interaction else NO_CONTACT_AT_ALL
    reason = interaction.contact_reason if interaction else None
    contact = ContactFacts(
        reason.code if reason else None, interaction.channel if interaction else None
    )
    today = timezone.localdate(at)
    offers = offers_of(customer.pk)
    known = known_of(customer_id=customer.pk, contact=pk, today=today)
    doings = Doings.of(
        customer_id=customer.pk,
        interaction=interaction,
        fulfilling={offer.request for offer in offers} - {None},
    )
    return {
        "catalogue": catalogue_number,
        "today": today.isoformat(),
        "customer": customer.pk,
        "interaction": interaction.pk if interaction else None,
        "facts": facts_of(customer_id=customer.pk, at=at, contact=contact),
        "contact": {
            "reason": contact.reason,
            "reason_name": reason.name if reason else "",
            "intent": reason.intent if reason else None,
            "is_follow_up": bool(interaction and interaction.is_follow_up),
            "settled": doings.settled(is_said_settled=known.is_said_settled),
            "waits_for": doings.waits_for(),
        },
        "marketing": marketing(customer, interaction, at),
        "needs": [_need(row, pk) for row in NEEDS.rows(customer=customer.pk)],
        "requests": doings.requests_told(at),
        "promises": doings.promises_told(at),
        "offers": [offer.told() for offer in offers],
        **known.told(),
        "answered": _answered(customer, at),
        "seen": known.seen,
    }


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


NEEDS = Prepared(_needs_of, {"customer": NOBODY})


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


def _answered(customer: Customer, at: datetime) -> list[str]:
    """Questions whose answer we know: asked again only after `ANSWER_MEMORY`."""
    rows = ANSWERED.rows(customer=customer.pk, since=at - ANSWER_MEMORY)
    return sorted({code for (code,) in rows})


def _answered_by(*, customer: int, since: datetime) -> QuerySet[Any, Any]:
    given = AnswerGiven.objects.filter(interaction__customer=customer, at__gte=since)
    return given.values_list("question__code")


ANSWERED = Prepared(_answered_by, {"customer": NOBODY, "since": NEVER})
