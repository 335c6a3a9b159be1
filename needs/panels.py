"""What does this customer need, and which question is worth asking now?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.models import Customer
from interactions.models import Interaction
from needs.called_for import ANSWER_MEMORY, called_for
from needs.models import Need, NeedStatus, Reading, Suggestion
from needs.wording import certainty, marked

MOST_SHOWN, MOST_ASKED, MOST_SUGGESTED = 20, 10, 3


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
    for. One is not asked while its answer is known; one whose answer was heard in what was said
    stands back behind the others. The one whose answer changes the list most comes first.
    """
    is_open = interaction is not None and interaction.closed_at is None
    reason = interaction.contact_reason if interaction and is_open else None
    rows = KNOWN.rows(
        customer=customer.pk,
        interaction=interaction.pk if interaction else NO_CONTACT_AT_ALL,
        heard_in=interaction.pk if interaction and is_open else NO_CONTACT_AT_ALL,
        reason=reason.pk if reason else None,
        intent=reason.intent if reason else "",
        since=timezone.now() - ANSWER_MEMORY,
    )
    [(known, asked, heard, is_said)] = rows or [((), (), (), False)]
    questions = [
        Question(one["pk"], one["text"], one["choices"], one["given"], one["is_heard"])
        for one in map(json.loads, asked)
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
    *, customer: int, interaction: int, heard_in: int, reason: int, intent: str, since: datetime
) -> QuerySet[Any, Any]:
    open_needs = Need.objects.filter(customer=customer).open().order_by("-strength", "pk")
    shown = JSONObject(pk="pk", need_type="need_type__name", evidence="evidence", source="source")
    asked = called_for(
        interaction=interaction,
        customer=customer,
        heard_in=heard_in,
        reason=reason,
        intent=intent,
        since=since,
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
        ArraySubquery(asked.values(json=told)[:MOST_ASKED]),
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


KNOWN = Prepared(
    _known_of,
    {
        "interaction": NO_CONTACT_AT_ALL,
        "heard_in": NO_CONTACT_AT_ALL - 1000,
        "customer": NOBODY,
        "reason": NOBODY - 1000,
        "intent": "no intent",
        "since": NEVER,
    },
)
