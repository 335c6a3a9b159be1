"""Do the answers fit the questions, and do they tell of a problem?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from followups.errors import AnswersIncomplete
from followups.models.policy import HARD_FROM, SCORES, Question, number_in_words

# How a “no” is put into words on timelines and requests.
SHORTFALL = {
    Question.AS_EXPECTED: "not as expected",
    Question.AS_PROMISED: "not as promised",
    Question.MET_EXPECTATIONS: "expectations not met",
}
PRAISE = {
    Question.AS_EXPECTED: "as expected",
    Question.AS_PROMISED: "as promised",
    Question.MET_EXPECTATIONS: "expectations met",
}
BY_NUMBER = {
    Question.RECOMMEND: "would recommend us {}",
    Question.EFFORT: "found it easy {}",
    Question.EXPECTED_DAYS: "expects it in {}",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: `is_yes` to a question, or the `score` of one that takes a number (SCORES)."""

    question: str
    is_yes: bool | None = None
    score: int | None = None
    words: str = ""

    @property
    def is_no(self) -> bool:
        return self.is_yes is False

    @property
    def answer(self) -> str:
        """As it was given: yes, no, or the number."""
        if self.is_yes is None:
            return number_in_words(self.question, self.score)
        return "Yes" if self.is_yes else "No"

    @property
    def is_problem(self) -> bool:
        """A “no”, or an effort so low that the customer found it hard."""
        is_effort = self.question == Question.EFFORT and self.score is not None
        return self.is_no or (is_effort and cast("int", self.score) <= HARD_FROM)

    @property
    def is_of_its_kind(self) -> bool:
        numbers = SCORES.get(Question(self.question))
        if numbers is not None:
            return self.is_yes is None and self.score in numbers
        return self.is_yes is not None and self.score is None

    @property
    def in_words(self) -> str:
        if self.question in SCORES:
            return BY_NUMBER[Question(self.question)].format(
                number_in_words(self.question, self.score)
            )
        return (PRAISE if self.is_yes else SHORTFALL)[Question(self.question)]


def _wanted(name: str) -> str:
    numbers = SCORES.get(Question(name))
    if numbers is None:
        return "yes or no"
    what = "a number of days" if name == Question.EXPECTED_DAYS else "a score"
    return f"{what} from {numbers[0]} to {numbers[-1]}"


def fitting(answers: Iterable[Said], *, questions: Sequence[str]) -> list[Said]:
    """The answers in the order of the questions. Raises AnswersIncomplete."""
    given = list(answers)
    by_question = {said.question: said for said in given}
    if len(by_question) != len(given):
        raise AnswersIncomplete("A question was answered twice. Give one answer to each.")
    for name in by_question:
        if name not in questions:
            raise AnswersIncomplete(f"“{name[:40]}” is not asked in this follow-up.")
    for name in questions:
        said = by_question.get(name)
        if said is None:
            raise AnswersIncomplete(f"An answer is missing: {Question(name).label}")
        if not said.is_of_its_kind:
            raise AnswersIncomplete(f"“{Question(name).label}” takes {_wanted(name)}.")
    return [by_question[name] for name in questions]
