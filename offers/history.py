"""What did this customer say to offers before, and how often did they hear from us?

The part of a decision's inputs that comes of earlier offers: every answer, what they have
elsewhere, what a product would need to be right, the lines of the contact budget's ledger, and what
the words of the present contact call for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.budget import LONGEST_PERIOD
from customers.models import ContactDraw, Customer, HeldElsewhere
from interactions.models import TimelineEntry
from needs.called_for import called_by_words, seem_said
from needs.models import AnswerGiven
from offers.models import Condition, Offer, OfferStatus, ReasonSettled
from service.models import LIVE

# Of the inputs: from 2 on they tell `elsewhere`, `conditions` and `drawn`, from 3 on `heard`.
FORMAT = 3


class OfferRow(NamedTuple):
    status: str
    presented_at: datetime
    later_on: date | None
    request: int | None
    request_status: str | None
    product: str
    name: str
    need_type: str | None
    reason: str | None

    def told(self) -> dict[str, Any]:
        """The offer as a decision keeps it."""
        return {
            "product": self.product,
            "title": self.name,
            "status": self.status,
            "on": timezone.localdate(self.presented_at).isoformat(),
            "later_on": self.later_on.isoformat() if self.later_on else None,
            "under_way": self.status == OfferStatus.ACCEPTED and self.request_status in LIVE,
            "need": self.need_type,
            "reason": self.reason or "",
        }


class Known(NamedTuple):
    """What one statement tells beside the offers.

    `seen` are the newest event and answer that the situation knows of; `is_said_settled`: the
    agent has said that the reason of the contact is done.
    """

    seen: list[int | None]
    is_said_settled: bool
    elsewhere: list[dict[str, Any]]
    conditions: list[dict[str, Any]]
    drawn: list[dict[str, Any]]
    heard: dict[str, list[str]]

    def told(self) -> dict[str, Any]:
        """The part of it that decisions keep by these names."""
        return {
            "format": FORMAT,
            "elsewhere": self.elsewhere,
            "conditions": self.conditions,
            "drawn": self.drawn,
            "heard": self.heard,
        }


def offers_of(customer_id: int) -> list[OfferRow]:
    """Every offer put to the customer, oldest first."""
    return [OfferRow(*row) for row in OFFERS.rows(customer=customer_id)]


def known_of(*, customer_id: int, contact: int, today: date) -> Known:
    since = today - timedelta(days=LONGEST_PERIOD)
    [row] = KNOWN.rows(customer=customer_id, contact=contact, since=since)
    event, answer, is_said_settled, elsewhere, conditions, drawn, *heard = row
    return Known(
        [event, answer],
        is_said_settled,
        _read(elsewhere),
        _read(conditions),
        _read(drawn),
        heard_as(*heard),
    )


def heard_in(contact: int) -> list[ArraySubquery]:
    """What the words of a contact call for and seem to say, to be read by `heard_as`."""
    return [ArraySubquery(called_by_words(contact)), ArraySubquery(seem_said(contact))]


def heard_as(questions: list[str], needs: list[str]) -> dict[str, list[str]]:
    """As a decision keeps it: the codes of questions called for by words, and of needs heard."""
    return {"questions": questions, "needs": needs}


def _read(lines: Iterable[Any]) -> list[dict[str, Any]]:
    """Figures stay text, so that a decision keeps them to the last place."""
    return [json.loads(line, parse_float=str) if isinstance(line, str) else line for line in lines]


def newest_event(customer: Any) -> QuerySet[Any]:
    """The newest entry of a customer's timeline: what happened since makes a decision stale."""
    return TimelineEntry.objects.filter(customer=customer).newest().values("pk")[:1]


def newest_answer(interaction: Any) -> QuerySet[Any]:
    return AnswerGiven.objects.filter(interaction=interaction).order_by("-pk").values("pk")[:1]


def _offers_of(*, customer: int) -> QuerySet[Any, Any]:
    rows = Offer.objects.filter(customer=customer).order_by("presented_at", "pk")
    return rows.values_list(
        "status",
        "presented_at",
        "later_on",
        "request",
        "request__status",
        "product__code",
        "product__name",
        "need__need_type__code",
        "reason__name",
    )


def _known_of(*, customer: int, contact: int, since: date) -> QuerySet[Any, Any]:
    elsewhere = HeldElsewhere.objects.current().filter(customer=OuterRef("pk"))
    conditions = Condition.objects.standing().filter(customer=OuterRef("pk"))
    drawn = ContactDraw.objects.standing().after(since).filter(customer=OuterRef("pk"))
    return Customer.objects.filter(pk=customer).values_list(
        Subquery(newest_event(OuterRef("pk"))),
        Subquery(newest_answer(contact)),
        Exists(ReasonSettled.objects.filter(interaction=contact)),
        ArraySubquery(
            elsewhere.order_by("pk").values(
                json=JSONObject(product="product__code", on="said_at__date")
            )
        ),
        ArraySubquery(
            conditions.order_by("pk").values(
                json=JSONObject(
                    product="product__code",
                    term="term",
                    comparison="comparison",
                    figure="figure",
                    words="words",
                    on="said_at__date",
                )
            )
        ),
        ArraySubquery(
            drawn.order_by("on", "pk").values(json=JSONObject(purpose="purpose", on="on"))
        ),
        *heard_in(contact),
    )


OFFERS = Prepared(_offers_of, {"customer": NOBODY})
KNOWN = Prepared(
    _known_of, {"customer": NOBODY, "contact": NO_CONTACT_AT_ALL, "since": NEVER.date()}
)
