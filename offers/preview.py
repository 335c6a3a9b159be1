"""What would this product do for this customer, stage by stage, as a draft and as it is in force?

Nothing is stored: the situation is gathered, the same stages are asked, and each check is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.errors import RuleBroken
from customers.models import Customer
from offers import catalogue
from offers.benefits import FigureUnknown
from offers.catalogue import Content, requirements_of
from offers.explaining import STAGES
from offers.rules import FactValue
from offers.situation import gather
from offers.stages import Candidate, Sieve
from products.figures import figure, money
from products.models import Stage
from products.vocabulary import FACTS


@dataclass(frozen=True, slots=True)
class Line:
    """One check: whether it holds (None: nothing to hold), and how it reads with figures."""

    holds: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """One version of the product for one customer; `problem` when it cannot be worked out."""

    outcome: str = ""
    is_open: bool = False
    stages: list[tuple[str, list[Line]]] = field(default_factory=list)
    problem: str = ""


def told(*, content: Content, code: str, inputs: Mapping[str, Any]) -> Told | None:
    """How the product of `content` fares with these inputs; None where it is not in it."""
    row = next((row for row in content["products"] if row["code"] == code), None)
    if row is None:
        return None
    try:
        compiled = catalogue.read({**content, "products": [row]})
    except RuleBroken as problem:
        return Told(problem=str(problem))
    return _told(row, Sieve(inputs, compiled))


def situation(*, customer: Customer, at: datetime) -> dict[str, Any]:
    """The customer outside of any contact: nothing waits for a contact's reason."""
    return gather(customer=customer, interaction=None, at=at, catalogue_number=0)


def _told(row: Mapping[str, Any], sieve: Sieve) -> Told:
    sifted = sieve.sift()
    stages = [
        ("Eligibility", _rules(row, Stage.ELIGIBILITY, sieve)),
        ("Applicability", [*_relevance(sieve), *_rules(row, Stage.APPLICABILITY, sieve)]),
        ("Suitability", [*_rules(row, Stage.SUITABILITY, sieve), *_interest(sieve)]),
    ]
    if sifted.open:
        return Told("It would be offered.", is_open=True, stages=[*stages, _rank(sifted.open[0])])
    if sifted.locked:
        _, lock = sifted.locked[0]
        return Told(f"{STAGES[lock.stage]}: {lock.because}", stages=stages)
    (stage, because) = next(iter(sifted.excluded))
    return Told(f"{STAGES[stage]}: {because}", stages=stages)


def _rules(row: Mapping[str, Any], stage: Stage, sieve: Sieve) -> list[Line]:
    found = requirements_of([rule for rule in row["rules"] if rule["stage"] == stage])
    lines = []
    for requirement, because in found:
        holds = requirement.checked()(sieve.facts)
        words = _capital(requirement.plain(row["currency"]))
        known = ", ".join(
            _known(criterion.fact, sieve.facts[criterion.fact], row["currency"])
            for criterion in requirement.criteria
        )
        tail = "" if holds else f" Told: “{because}”"
        lines.append(Line(holds, f"{words}. Here: {known}.{tail}"))
    return lines or [Line(None, "No rules of its own.")]


def _known(name: str, value: FactValue, currency: str) -> str:
    fact = FACTS[name]
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return fact.phrase if value else fact.denied
    if isinstance(value, Decimal):
        return f"{figure(value, fact.kind, currency)} {fact.unit}".strip()
    return ", ".join(sorted(value)) or "none" if isinstance(value, frozenset) else value


def _relevance(sieve: Sieve) -> list[Line]:
    match = sieve.matches.get(0)
    if match is None:
        return [Line(holds=False, text="Answers no open need of this customer.")]
    floor = sieve.catalogue.policy.need_floor
    text = f"{_capital(match.because)}: strength {match.strength} × fit {match.fit} = "
    text += f"{match.weight.normalize():f}, floor {floor}."
    return [Line(match.weight >= floor, text)]


def _interest(sieve: Sieve) -> list[Line]:
    product = sieve.catalogue.products[0]
    lines = []
    if sieve.facts["is_vulnerable"]:
        safe = product.safe_for_vulnerable
        word = "Marked" if safe else "Not marked"
        lines.append(Line(safe, f"{word} safe for a vulnerable customer."))
    try:
        benefit = product.formula.worth(sieve.figures)
    except FigureUnknown as unknown:
        return [*lines, Line(holds=False, text=f"{_capital(FACTS[unknown.name].phrase)}: unknown.")]
    if benefit is None:
        return [*lines, Line(holds=False, text="The formula divides by zero here.")]
    sentence = product.sentence.told(
        figures=sieve.figures, benefit=benefit, currency=product.currency
    )
    least = money(product.minimum_benefit, product.currency)
    enough = benefit >= product.minimum_benefit
    return [*lines, Line(enough, f"{sentence}; at least {least} is asked.")]


def _rank(candidate: Candidate) -> tuple[str, list[Line]]:
    match, product = candidate.match, candidate.product
    score = candidate.score.quantize(Decimal("0.0001"))
    share = candidate.benefit_score.quantize(Decimal("0.0001"))
    parts = f"need {match.strength} × fit {match.fit} × benefit {share} × lever {product.lever}"
    return "Ranking", [Line(None, f"Score {score} = {parts}.")]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
