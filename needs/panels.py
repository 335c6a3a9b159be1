"""What does this customer need, and which question is worth asking now?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, JSONObject

from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.models import Customer
from interactions.models import Direction, Interaction, Message
from needs.models import (
    AnswerGiven,
    DiscoveryAnswer,
    DiscoveryQuestion,
    Need,
    NeedStatus,
    Reading,
    Suggestion,
)
from needs.wording import certainty, marked

MOST_SHOWN, MOST_ASKED, MOST_SUGGESTED = 20, 10, 3
SAID_SURELY = Decimal("0.7")  # from this probability on, what was heard answers a question


@dataclass(frozen=True, slots=True)
class Question:
    """A discovery question with its `choices` ({pk, text}); `given` is the answer in words.

    `is_heard`: what was said seems to answer it already, so it stands back.
    """

    pk: int
    text: str
    choices: list[dict[str, Any]]
    given: str | None
    is_heard: bool


class OpenNeed(NamedTuple):
    """A need as the panel shows it, by the name of its type."""

    pk: int
    need_type: str
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A need that words of this contact seem to tell of; `parts` are those of the sentence, each
    with whether it weighed most."""

    pk: int
    need_type: str
    certainty: str
    parts: list[tuple[str, bool]]
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Needs:
    """Open needs, the strongest first; the question to ask, and those answered in this contact;
    what is heard in its words. `is_silent`: these were read, and no known need is in them."""

    customer_id: int
    interaction: Interaction | None
    needs: list[OpenNeed]
    question: Question | None
    answered: list[Question]
    heard: list[Heard]
    is_silent: bool

    @property
    def is_open(self) -> bool:
        return self.interaction is not None and self.interaction.closed_at is None


def needs(*, customer: Customer, interaction: Interaction | None = None) -> Needs:
    """One statement; the questions are those that an open contact's reason, intent or words call
    for. One is not asked while a need of its answers is known; one whose answer was heard in what
    was said stands back behind the others.
    """
    is_open = interaction is not None and interaction.closed_at is None
    reason = interaction.contact_reason if interaction and is_open else None
    rows = KNOWN.rows(
        customer=customer.pk,
        interaction=interaction.pk if interaction else NO_CONTACT_AT_ALL,
        heard_in=interaction.pk if interaction and is_open else NO_CONTACT_AT_ALL,
        reason=reason.pk if reason else None,
        intent=reason.intent if reason else "",
    )
    [(known, called_for, heard, is_said)] = rows or [((), (), (), False)]
    questions = [
        Question(one["pk"], one["text"], one["choices"], one["given"], one["is_heard"])
        for one in map(json.loads, called_for)
        if one["given"] is not None or not one["is_known"]
    ]
    unanswered = [question for question in questions if question.given is None]
    unanswered.sort(key=lambda question: question.is_heard)
    return Needs(
        customer_id=customer.pk,
        interaction=interaction,
        needs=[OpenNeed(**json.loads(need)) for need in known],
        question=unanswered[0] if unanswered else None,
        answered=[question for question in questions if question not in unanswered],
        heard=[_heard(**json.loads(one)) for one in heard],
        is_silent=bool(is_said) and not heard,
    )


def _heard(*, pk: int, need_type: str, text: str, reasons: list[str], probability: float) -> Heard:
    return Heard(pk, need_type, certainty(probability), marked(text, reasons), reasons)


def _known_of(
    *, customer: int, interaction: int, heard_in: int, reason: int, intent: str
) -> QuerySet[Any, Any]:
    open_needs = Need.objects.filter(customer=customer).open().order_by("-strength", "pk")
    shown = JSONObject(pk="pk", need_type="need_type__name", evidence="evidence", source="source")
    called_for = _called_for(
        interaction=interaction, customer=customer, heard_in=heard_in, reason=reason, intent=intent
    )
    told = JSONObject(
        pk="pk",
        text="text",
        choices="choices",
        given="given",
        is_known="is_known",
        is_heard="is_heard",
    )
    return Customer.objects.filter(pk=customer).values_list(
        ArraySubquery(open_needs.values(json=shown)[:MOST_SHOWN]),
        ArraySubquery(called_for.values(json=told)[:MOST_ASKED]),
        ArraySubquery(_suggested(heard_in, customer).values(json=SAID)[:MOST_SUGGESTED]),
        Exists(Reading.objects.filter(interaction=heard_in, is_said=True)),
    )


SAID = JSONObject(
    pk="pk",
    need_type="need_type__name",
    text="text",
    reasons="reasons",
    probability="probability",
)


def _suggested(heard_in: int, customer: int) -> QuerySet[Suggestion]:
    """What is not answered and not known already, the likeliest first."""
    known = Need.objects.filter(
        customer=customer, status=NeedStatus.OPEN, need_type=OuterRef("need_type")
    )
    found = Suggestion.objects.open().filter(~Exists(known), interaction=heard_in)
    return found.order_by("-probability", "pk")


def _called_for(
    *, interaction: int, customer: int, heard_in: int, reason: int, intent: str
) -> QuerySet[DiscoveryQuestion]:
    answers = DiscoveryAnswer.objects.filter(question=OuterRef("pk")).order_by("position")
    given = AnswerGiven.objects.filter(question=OuterRef("pk"), interaction=interaction)
    by_reason = DiscoveryQuestion.contact_reasons.through.objects.filter(
        discoveryquestion_id=OuterRef("pk"), contactreason_id=reason
    )
    tells_of = DiscoveryAnswer.objects.filter(
        question=OuterRef(OuterRef("pk")), need_type__isnull=False
    ).values("need_type")
    known = Need.objects.filter(
        customer=customer,
        status=NeedStatus.OPEN,
        need_type__in=tells_of,
        interaction=interaction,
    )
    heard = Suggestion.objects.open().filter(
        interaction=heard_in, need_type__in=tells_of, probability__gte=SAID_SURELY
    )
    return (
        DiscoveryQuestion.objects.filter(retired_on=None)
        .alias(pattern=PATTERN)
        .filter(Q(intents__contains=[intent]) | Exists(by_reason) | _has_heard_words(heard_in))
        .annotate(
            choices=ArraySubquery(answers.values(json=JSONObject(pk="pk", text="text"))),
            given=Subquery(given.values(said=Coalesce("answer__text", "words"))[:1]),
            is_known=Exists(known),
            is_heard=Exists(heard),
        )
        .order_by("position", "pk")
    )


# Where a word begins: \m of PostgreSQL's regular expressions.
PATTERN = Concat(
    Value(r"\m("),
    Func(F("heard_words"), Value("|"), function="array_to_string", output_field=CharField()),
    Value(")"),
    output_field=CharField(),
)


def _has_heard_words(heard_in: int) -> Q:
    """One of the question's words stands in the notes, or in what the customer wrote."""
    notes = Interaction.objects.filter(pk=heard_in, notes__iregex=OuterRef("pattern"))
    written = Message.objects.filter(
        interaction=heard_in, direction=Direction.INBOUND, body__iregex=OuterRef("pattern")
    )
    return Q(heard_words__len__gt=0) & (Exists(notes) | Exists(written))


KNOWN = Prepared(
    _known_of,
    {
        "interaction": NO_CONTACT_AT_ALL,
        "heard_in": NO_CONTACT_AT_ALL - 1000,
        "customer": NOBODY,
        "reason": NOBODY - 1000,
        "intent": "no intent",
    },
)
