"""What does this customer need, and which question is worth asking now?"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from customers.models import Customer
from interactions.models import Interaction
from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, Need, NeedStatus


@dataclass(frozen=True, slots=True)
class Needs:
    """Open needs, the strongest first; the question to ask, and those answered in this contact."""

    customer_id: int
    interaction: Interaction | None
    needs: list[Need]
    question: DiscoveryQuestion | None
    answered: list[DiscoveryQuestion]


def needs(*, customer: Customer, interaction: Interaction | None = None) -> Needs:
    questions = _questions(interaction) if interaction and not interaction.closed_at else []
    open_needs = Need.objects.of(customer).open().select_related("need_type")
    unanswered = [question for question in questions if question.given is None]  # type: ignore[attr-defined]
    return Needs(
        customer_id=customer.pk,
        interaction=interaction,
        needs=list(open_needs.order_by("-strength", "pk")[:20]),
        question=unanswered[0] if unanswered else None,
        answered=[question for question in questions if question not in unanswered],
    )


def _questions(interaction: Interaction) -> list[DiscoveryQuestion]:
    """Questions that this contact's reason or its intent calls for, in one statement.

    Each carries `choices` ([{pk, text}]) and `given`, the words of the answer or None. One whose
    every answer tells of a need that is open already is known, and not asked.
    """
    reason = interaction.contact_reason
    if reason is None:
        return []
    answers = DiscoveryAnswer.objects.filter(question=OuterRef("pk")).order_by("position")
    given = AnswerGiven.objects.filter(question=OuterRef("pk"), interaction=interaction)
    called_for = DiscoveryQuestion.contact_reasons.through.objects.filter(
        discoveryquestion_id=OuterRef("pk"), contactreason_id=reason.pk
    )
    known = Need.objects.filter(
        customer=interaction.customer_id,
        status=NeedStatus.OPEN,
        need_type__in=DiscoveryAnswer.objects.filter(
            question=OuterRef(OuterRef("pk")), need_type__isnull=False
        ).values("need_type"),
        interaction=interaction,
    )
    questions = (
        DiscoveryQuestion.objects.filter(retired_on=None)
        .filter(Q(intents__contains=[reason.intent]) | Exists(called_for))
        .annotate(
            choices=ArraySubquery(answers.values(json=JSONObject(pk="pk", text="text"))),
            given=Subquery(given.values(said=Coalesce("answer__text", "words"))[:1]),
            is_known=Exists(known),
        )
        .order_by("position", "pk")
    )
    return [
        question
        for question in questions[:10]
        if question.given is not None or not question.is_known
    ]
