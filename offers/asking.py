"""Which question is worth asking next: the one whose answer would change the list most?"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from offers.compiled import Answer, Catalogue, Question
from offers.entries import PLACES, Entry, summed
from offers.matching import Match
from offers.stages import Candidate, Sieve, Sifted

ASK, ASK_WHY = Decimal("0.50"), Decimal("0.45")
MOST_CHANGE = Decimal("0.30")
SAID = Decimal("-0.30")  # of a question that the contact's words seem to answer
TRIED = 12  # products looked at for what an answer would bring
MOST_BROUGHT = 5  # offers that one answer is credited with: as many as the list tells in full
LEAVING = ("cancel", "change")


def next_question(
    inputs: Mapping[str, Any], catalogue: Catalogue, sieve: Sieve, sifted: Sifted
) -> list[Entry]:
    """The one open question whose answer would change the list most; none whose answer is known.

    One that seems to be answered by what was said stands back behind the others.
    """
    asked = [question for question in catalogue.questions if _is_open(question, inputs)]
    if not asked or inputs["interaction"] is None:
        return []
    known = {one.product.position: one.score for one in sifted.open}
    weighed = [
        Weighed(not _is_heard(question, inputs), *_change(question, catalogue, sieve, known))
        for question in asked
    ]
    place = max(range(len(asked)), key=lambda place: weighed[place][:2])
    return [_entry(asked[place], weighed[place], inputs)]


class Weighed(NamedTuple):
    """Whether a question is news, the mean gain that its answers bring, and the product that gains
    most."""

    is_new: bool
    change: Decimal
    brings: str


def _entry(question: Question, weighed: Weighed, inputs: Mapping[str, Any]) -> Entry:
    return {
        "key": f"question-{question.code}",
        "kind": "question",
        "code": question.code,
        "question": question.id,
        "title": question.text,
        "answers": [{"id": answer.id, "text": answer.text} for answer in question.answers],
        "why": _why(weighed),
        **summed(_factors(weighed, inputs)),
    }


def _why(weighed: Weighed) -> str:
    if not weighed.is_new:
        return "Said already, it seems"
    return (
        f"An answer can bring up {weighed.brings}" if weighed.brings else "We do not know why yet"
    )


def _factors(weighed: Weighed, inputs: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    factors = [("question to ask", ASK)]
    expressed = any(need["now"] for need in inputs["needs"])
    if inputs["contact"]["intent"] in LEAVING and not expressed:
        factors.append(("the customer is leaving or changing and we do not know why", ASK_WHY))
    change = min(weighed.change, MOST_CHANGE).quantize(PLACES)
    factors.append(("how much an answer changes", change))
    if not weighed.is_new:
        factors.append(("seems to be said already", SAID))
    return factors


def _is_open(question: Question, inputs: Mapping[str, Any]) -> bool:
    """Called for by the contact's reason, intent or words, and its answer not known.

    Inputs before format 3 tell neither what was heard nor ask what was stated in the contact.
    """
    contact, heard = inputs["contact"], inputs.get("heard")
    by_words = heard is not None and question.code in heard["questions"]
    called_for = (
        contact["reason"] in question.contact_reasons
        or contact["intent"] in question.intents
        or by_words
    )
    if not called_for or question.code in inputs["answered"]:
        return False
    stated = {need["type"] for need in inputs["needs"] if need["now"]}
    return heard is None or not _tells_of(question, stated)


def _is_heard(question: Question, inputs: Mapping[str, Any]) -> bool:
    heard = inputs.get("heard")
    return heard is not None and _tells_of(question, heard["needs"])


def _tells_of(question: Question, needs: Container[str]) -> bool:
    return any(answer.need_type in needs for answer in question.answers if answer.need_type)


def _change(
    question: Question, catalogue: Catalogue, sieve: Sieve, known: Mapping[int, Decimal]
) -> tuple[Decimal, str]:
    """The mean gain in score over the answers, and the product that gains most."""
    total, most, brings = Decimal(0), Decimal(0), ""
    if sieve.facts["has_open_complaint"]:
        return total, brings  # offers stay locked whatever is answered
    for answer in question.answers:
        for candidate in _supposing(answer, catalogue, sieve):
            gain = candidate.score - known.get(candidate.product.position, Decimal(0))
            if gain > 0:
                total += gain
            if gain > most:
                most, brings = gain, candidate.product.name
    return total / len(question.answers), brings


def _supposing(answer: Answer, catalogue: Catalogue, sieve: Sieve) -> Iterator[Candidate]:
    """The offers that the answer would bring: the best fits, as many as a list has room for."""
    brought = 0
    for product, fit in catalogue.by_need.get(answer.need_type or "", ())[:TRIED]:
        weight = answer.strength * fit
        if brought == MOST_BROUGHT or weight < catalogue.policy.need_floor:
            return
        if sieve.is_eligible(product):
            match = Match(weight, answer.strength, fit, None, "", answers_now=True)
            found = sieve.examine(product, match)
            if isinstance(found, Candidate) and not _is_locked(found, sieve):
                brought += 1
                yield found


def _is_locked(candidate: Candidate, sieve: Sieve) -> bool:
    """What could not be offered even then is not named either; decisions of format 1 did so."""
    if sieve.inputs.get("format", 1) == 1:
        return False
    return sieve.locks.on(candidate.product.code, candidate.match) is not None
