"""What does this customer need, and which question is worth asking now?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, Prepared, PreparedModels
from customers.models import Customer
from interactions.models import Interaction
from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, Need, NeedStatus

MOST_ASKED = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A discovery question with its `choices` ({pk, text}); `given` is the answer in words."""

    pk: int
    text: str
    choices: list[dict[str, Any]]
    given: str | None


@dataclass(frozen=True, slots=True)
class Needs:
    """Open needs, the strongest first; the question to ask, and those answered in this contact."""

    customer_id: int
    interaction: Interaction | None
    needs: list[Need]
    question: Question | None
    answered: list[Question]


def needs(*, customer: Customer, interaction: Interaction | None = None) -> Needs:
    questions = _questions(interaction) if interaction and not interaction.closed_at else []
    unanswered = [question for question in questions if question.given is None]
    return Needs(
        customer_id=customer.pk,
        interaction=interaction,
        needs=OPEN_NEEDS.rows(customer=customer.pk),
        question=unanswered[0] if unanswered else None,
        answered=[question for question in questions if question not in unanswered],
    )


def _questions(interaction: Interaction) -> list[Question]:
    """Questions that this contact's reason or its intent calls for, in one statement.

    One whose every answer tells of a need that is open already is known, and not asked.
    """
    reason = interaction.contact_reason
    if reason is None:
        return []
    found = CALLED_FOR.rows(
        interaction=interaction.pk,
        customer=interaction.customer_id,
        reason=reason.pk,
        intent=reason.intent,
    )
    return [
        Question(pk, text, [json.loads(choice) for choice in choices], given)
        for pk, text, choices, given, is_known in found
        if given is not None or not is_known
    ]


def _called_for(
    *, interaction: int, customer: int, reason: int, intent: str
) -> QuerySet[DiscoveryQuestion, Any]:
    answers = DiscoveryAnswer.objects.filter(question=OuterRef("pk")).order_by("position")
    given = AnswerGiven.objects.filter(question=OuterRef("pk"), interaction=interaction)
    by_reason = DiscoveryQuestion.contact_reasons.through.objects.filter(
        discoveryquestion_id=OuterRef("pk"), contactreason_id=reason
    )
    known = Need.objects.filter(
        customer=customer,
        status=NeedStatus.OPEN,
        need_type__in=DiscoveryAnswer.objects.filter(
            question=OuterRef(OuterRef("pk")), need_type__isnull=False
        ).values("need_type"),
        interaction=interaction,
    )
    return (
        DiscoveryQuestion.objects.filter(retired_on=None)
        .filter(Q(intents__contains=[intent]) | Exists(by_reason))
        .annotate(
            choices=ArraySubquery(answers.values(json=JSONObject(pk="pk", text="text"))),
            given=Subquery(given.values(said=Coalesce("answer__text", "words"))[:1]),
            is_known=Exists(known),
        )
        .order_by("position", "pk")
        .values_list("pk", "text", "choices", "given", "is_known")[:MOST_ASKED]
    )


CALLED_FOR = Prepared(
    _called_for,
    {
        "interaction": NO_CONTACT_AT_ALL,
        "customer": NOBODY,
        "reason": NOBODY - 1000,
        "intent": "no intent",
    },
)
OPEN_NEEDS = PreparedModels(
    Need,
    lambda *, customer: (
        Need.objects.filter(customer=customer).open().order_by("-strength", "pk")[:20]
    ),
    {"customer": NOBODY},
    related=["need_type"],
)
