"""What does this customer need, and which question is worth asking now?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.models import Customer
from interactions.models import Interaction
from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, Need, NeedStatus

MOST_SHOWN, MOST_ASKED = 20, 10


@dataclass(frozen=True, slots=True)
class Question:
    """A discovery question with its `choices` ({pk, text}); `given` is the answer in words."""

    pk: int
    text: str
    choices: list[dict[str, Any]]
    given: str | None


class OpenNeed(NamedTuple):
    """A need as the panel shows it, by the name of its type."""

    pk: int
    need_type: str
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Needs:
    """Open needs, the strongest first; the question to ask, and those answered in this contact."""

    customer_id: int
    interaction: Interaction | None
    needs: list[OpenNeed]
    question: Question | None
    answered: list[Question]


def needs(*, customer: Customer, interaction: Interaction | None = None) -> Needs:
    """One statement; the questions are those that an open contact's reason or intent calls for.

    One whose every answer tells of a need that is open already is known, and not asked.
    """
    is_open = interaction is not None and interaction.closed_at is None
    reason = interaction.contact_reason if interaction and is_open else None
    rows = KNOWN.rows(
        customer=customer.pk,
        interaction=interaction.pk if interaction else NO_CONTACT_AT_ALL,
        reason=reason.pk if reason else None,
        intent=reason.intent if reason else "",
    )
    [(known, called_for)] = rows or [((), ())]
    questions = [
        Question(one["pk"], one["text"], one["choices"], one["given"])
        for one in map(json.loads, called_for)
        if one["given"] is not None or not one["is_known"]
    ]
    unanswered = [question for question in questions if question.given is None]
    return Needs(
        customer_id=customer.pk,
        interaction=interaction,
        needs=[OpenNeed(**json.loads(need)) for need in known],
        question=unanswered[0] if unanswered else None,
        answered=[question for question in questions if question not in unanswered],
    )


def _known_of(*, customer: int, interaction: int, reason: int, intent: str) -> QuerySet[Any, Any]:
    open_needs = Need.objects.filter(customer=customer).open().order_by("-strength", "pk")
    shown = JSONObject(pk="pk", need_type="need_type__name", evidence="evidence", source="source")
    called_for = _called_for(
        interaction=interaction, customer=customer, reason=reason, intent=intent
    )
    told = JSONObject(pk="pk", text="text", choices="choices", given="given", is_known="is_known")
    return Customer.objects.filter(pk=customer).values_list(
        ArraySubquery(open_needs.values(json=shown)[:MOST_SHOWN]),
        ArraySubquery(called_for.values(json=told)[:MOST_ASKED]),
    )


def _called_for(
    *, interaction: int, customer: int, reason: int, intent: str
) -> QuerySet[DiscoveryQuestion]:
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
    )


KNOWN = Prepared(
    _known_of,
    {
        "interaction": NO_CONTACT_AT_ALL,
        "customer": NOBODY,
        "reason": NOBODY - 1000,
        "intent": "no intent",
    },
)
