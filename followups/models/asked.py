"""What is asked, and how does it reach the customer? The words of policies and follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import models


class Question(models.TextChoices):
    AS_EXPECTED = "as_expected", "Did everything go as expected?"
    AS_PROMISED = "as_promised", "Have we delivered as promised?"
    MET_EXPECTATIONS = "met_expectations", "Have we met your expectations?"
    RECOMMEND = "recommend", "How likely are you to recommend us, from 0 to 10?"
    EFFORT = "effort", "How easy was it to get what you needed, from 1 to 7?"
    EXPECTED_DAYS = "expected_days", "How many days should it take?"


class Way(models.TextChoices):
    """How a follow-up reaches the customer."""

    AGENT = "agent", "An agent calls"
    VOICE = "voice", "An automatic voice calls"
    SMS = "sms", "A link by SMS"
    EMAIL = "email", "A link by e-mail"
    PORTAL = "portal", "Asked on the customer's page"


BY_MESSAGE: Final = (Way.SMS, Way.EMAIL)

# What policies may say: customers have no page of their own yet. Older versions may name it.
CHOSEN: Final = tuple(way for way in Way if way != Way.PORTAL)

# What is owed by each way, as the wrap-up says it.
OWED: Final = {
    Way.AGENT: "A follow-up call",
    Way.VOICE: "A follow-up call by an automatic voice",
    Way.SMS: "A follow-up by SMS",
    Way.EMAIL: "A follow-up by e-mail",
    Way.PORTAL: "A follow-up on the customer's page",
}

THREE_QUESTIONS = [Question.AS_EXPECTED, Question.AS_PROMISED, Question.MET_EXPECTATIONS]

# What a question takes that is answered by a number; 7 is easiest, days are whole days.
SCORES: Final = {
    Question.RECOMMEND: range(11),
    Question.EFFORT: range(1, 8),
    Question.EXPECTED_DAYS: range(366),
}
HARD_FROM: Final = 3  # an effort of 3 of 7 or less: the customer found it hard


BY_WAY: Final = {
    Way.AGENT: "by phone",
    Way.VOICE: "by an automatic voice",
    Way.SMS: "by SMS",
    Way.EMAIL: "by e-mail",
    Way.PORTAL: "on the customer's page",
}


def number_in_words(question: str, number: int | None) -> str:
    """An answer by number: 9 of 10, or 3 days."""
    if question == Question.EXPECTED_DAYS:
        return f"{number} day{'' if number == 1 else 's'}"
    return f"{number} of {SCORES[Question(question)][-1]}"


def usual_questions() -> list[str]:
    return [*(question.value for question in THREE_QUESTIONS), Question.RECOMMEND.value]


def by_agent() -> list[str]:
    return [Way.AGENT.value]


def answered_by_key(questions: Iterable[str]) -> list[str]:
    """Those that a yes or no by key can answer."""
    return [question for question in questions if question in THREE_QUESTIONS]


def in_words(minutes: int) -> str:
    """A delay as people say it: 90 minutes, 3 hours, 2 days."""
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes % length == 0:
            return f"{minutes // length} {unit}{'s' if minutes != length else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def ways_in_words(ways: Iterable[str]) -> str:
    """The order of ways: by an automatic voice, else by phone, else by SMS."""
    return ", else ".join(BY_WAY[Way(way)] for way in ways)
