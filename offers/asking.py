"""Which question is worth asking next: the one whose answer would change the list most?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from offers.catalogue import Answer, Catalogue, Question
from offers.entries import PLACES, Entry, summed
from offers.matching import Match
from offers.stages import Candidate, Sieve, Sifted

ASK, ASK_WHY = Decimal("0.50"), Decimal("0.45")
MOST_CHANGE = Decimal("0.30")
TRIED = 12  # products looked at for what an answer would bring
MOST_BROUGHT = 5  # offers that one answer is credited with: as many as the list tells in full
LEAVING = ("cancel", "change")


def next_question(
    inputs: Mapping[str, Any], catalogue: Catalogue, sieve: Sieve, sifted: Sifted
) -> list[Entry]:
    """The one open question whose answer would change the list most; none that was answered."""
    contact = inputs["contact"]
    asked = [
        question
        for question in catalogue.questions
        if question.code not in inputs["answered"]
        and (contact["reason"] in question.contact_reasons or contact["intent"] in question.intents)
    ]
    if not asked or inputs["interaction"] is None:
        return []
    known = {one.product.position: one.score for one in sifted.open}
    weighed = [(_change(question, catalogue, sieve, known), question) for question in asked]
    (change, brings), question = max(weighed, key=lambda pair: pair[0][0])
    expressed = any(need["now"] for need in inputs["needs"])
    factors = [("question to ask", ASK)]
    if contact["intent"] in LEAVING and not expressed:
        factors.append(("the customer is leaving or changing and we do not know why", ASK_WHY))
    factors.append(("how much an answer changes", min(change, MOST_CHANGE).quantize(PLACES)))
    return [
        {
            "key": f"question-{question.code}",
            "kind": "question",
            "code": question.code,
            "question": question.id,
            "title": question.text,
            "answers": [{"id": answer.id, "text": answer.text} for answer in question.answers],
            "why": f"An answer can bring up {brings}" if brings else "We do not know why yet",
            **summed(factors),
        }
    ]


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
