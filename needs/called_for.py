"""Which questions does an open contact call for, and what do its words seem to say already?

A question is called for by the contact's reason, its intent, or words heard in it. Its answer is
known where a need that it tells of was stated in this contact, or where it was given lately.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject

from interactions.models import Direction, Interaction, Message
from needs.models import (
    AnswerGiven,
    DiscoveryAnswer,
    DiscoveryQuestion,
    Need,
    NeedSource,
    NeedStatus,
    NextQuestion,
    Suggestion,
)

ANSWER_MEMORY: Final = timedelta(days=30)  # a question that was answered is asked again only then
SAID_SURELY: Final = Decimal("0.7")  # from this probability on, what was heard answers a question

# Where a word begins: \m of PostgreSQL's regular expressions.
PATTERN = Concat(
    Value(r"\m("),
    Func(F("heard_words"), Value("|"), function="array_to_string", output_field=CharField()),
    Value(")"),
    output_field=CharField(),
)


def called_for(
    *, interaction: int, customer: int, heard_in: int, reason: int, intent: str, since: datetime
) -> QuerySet[DiscoveryQuestion]:
    """With `choices`, the answer `given`, `is_known` and `is_heard`; the next to ask comes first.

    `heard_in` is the contact while it is open; answers since `since` are remembered.
    """
    answers = DiscoveryAnswer.objects.filter(question=OuterRef("pk")).order_by("position")
    given = AnswerGiven.objects.filter(question=OuterRef("pk"), interaction=interaction)
    by_reason = DiscoveryQuestion.contact_reasons.through.objects.filter(
        discoveryquestion_id=OuterRef("pk"), contactreason_id=reason
    )
    lately = AnswerGiven.objects.filter(
        question=OuterRef("pk"), interaction__customer=customer, at__gte=since
    )
    heard = _heard(heard_in).filter(need_type__in=_told_by(OuterRef(OuterRef("pk"))))
    chosen = NextQuestion.objects.filter(interaction=heard_in, code=OuterRef("code"))
    return (
        _asked_now()
        .filter(Q(intents__contains=[intent]) | Exists(by_reason) | _has_heard_words(heard_in))
        .annotate(
            choices=ArraySubquery(answers.values(json=JSONObject(pk="pk", text="text"))),
            given=Subquery(given.values(said=Coalesce("answer__text", "words"))[:1]),
            is_known=Exists(_stated(customer, interaction)) | Exists(lately),
            is_heard=Exists(heard),
            is_next=Exists(chosen),
        )
        .order_by("-is_next", "position", "pk")
    )


def called_by_words(interaction: Any) -> QuerySet[Any, Any]:
    """The codes of the questions whose words stand in a contact, whatever else calls for them."""
    called = _asked_now().filter(_has_heard_words(interaction))
    return called.order_by("code").values("code")


def seem_said(interaction: Any) -> QuerySet[Any, Any]:
    """The codes of the needs that the words of a contact surely seem to tell of, unanswered yet."""
    return _heard(interaction).order_by("need_type__code").values("need_type__code")


def _asked_now() -> QuerySet[DiscoveryQuestion]:
    return DiscoveryQuestion.objects.filter(retired_on=None).alias(pattern=PATTERN)


def _told_by(question: OuterRef) -> QuerySet[Any, Any]:
    answers = DiscoveryAnswer.objects.filter(question=question, need_type__isnull=False)
    return answers.values("need_type")


def _stated(customer: int, interaction: int) -> QuerySet[Need]:
    """Needs that the customer stated in this contact; what is inferred is not known."""
    return Need.objects.filter(
        customer=customer,
        status=NeedStatus.OPEN,
        need_type__in=_told_by(OuterRef(OuterRef("pk"))),
        interaction=interaction,
    ).exclude(source=NeedSource.INFERRED)


def _heard(interaction: Any) -> QuerySet[Suggestion]:
    return Suggestion.objects.open().filter(interaction=interaction, probability__gte=SAID_SURELY)


def _has_heard_words(interaction: Any) -> Q:
    """One of the question's words stands in the notes, or in what the customer wrote."""
    notes = Interaction.objects.filter(pk=interaction, notes__iregex=OuterRef("pattern"))
    written = Message.objects.filter(
        interaction=interaction, direction=Direction.INBOUND, body__iregex=OuterRef("pattern")
    )
    return Q(heard_words__len__gt=0) & (Exists(notes) | Exists(written))
