"""Do the answers fit the questions, and do they tell of a problem?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from followups.errors import AnswersIncomplete
from followups.models.policy import Question

LOWEST, HIGHEST = 0, 10

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


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: `is_yes` to a question, or a `score` from 0 to 10 for the recommendation."""

    question: str
    is_yes: bool | None = None
    score: int | None = None
    words: str = ""

    @property
    def is_no(self) -> bool:
        return self.is_yes is False

    @property
    def is_of_its_kind(self) -> bool:
        if self.question == Question.RECOMMEND:
            return self.is_yes is None and self.score in range(LOWEST, HIGHEST + 1)
        return self.is_yes is not None and self.score is None

    @property
    def in_words(self) -> str:
        if self.question == Question.RECOMMEND:
            return f"would recommend us {self.score} of {HIGHEST}"
        return (PRAISE if self.is_yes else SHORTFALL)[Question(self.question)]


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
            wanted = "a score from 0 to 10" if name == Question.RECOMMEND else "yes or no"
            raise AnswersIncomplete(f"“{Question(name).label}” takes {wanted}.")
    return [by_question[name] for name in questions]
