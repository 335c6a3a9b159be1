"""Which products may this customer be offered now, which wait, which never, and why?

Pure: the clock, the database and chance are no part of it. Stages in order: eligibility,
applicability, suitability, service first, purpose guard, contact budget, then the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from offers.benefits import FigureUnknown
from offers.compiled import Catalogue, CompiledProduct
from offers.conditions import met_by
from offers.days import day
from offers.facts import restored
from offers.learning.helping import Helped, Helping
from offers.locks import Lock, Locks
from offers.matching import Match, matches, not_relevant_pairs
from offers.rules import FactValue
from products.figures import money
from products.vocabulary import FACTS

ELIGIBILITY = "eligibility"
APPLICABILITY = "applicability"
SUITABILITY = "suitability"
HALF = Decimal("0.5")
BENEFIT_SCALE = Decimal(100)  # a gain of this much a year scores half way between none and much
NOT_RELEVANT = "Answers no open need and not the reason for this contact."


class Candidate(NamedTuple):
    product: CompiledProduct
    match: Match
    benefit: Decimal
    benefit_score: Decimal
    score: Decimal
    helped: Helped | None = None  # by what was learned; None where that is no part of it


class Locked(NamedTuple):
    candidate: Candidate
    lock: Lock


@dataclass(slots=True)
class Sifted:
    """Where every product ended; `excluded` by stage and reason, the products as bits."""

    open: list[Candidate] = field(default_factory=list)
    locked: list[Locked] = field(default_factory=list)
    excluded: dict[tuple[str, str], int] = field(default_factory=dict)


class Sieve:
    """One customer's passage through the stages of one catalogue."""

    def __init__(self, inputs: Mapping[str, Any], catalogue: Catalogue) -> None:
        self.inputs = inputs
        self.catalogue = catalogue
        self.today = date.fromisoformat(inputs["today"])
        self.facts: dict[str, FactValue] = restored(inputs["facts"])
        self.figures: Any = self.facts
        self.requirements = catalogue.requirements
        self.answers = {offer["product"]: offer for offer in inputs["offers"]}  # newest last
        self.barred = self._barred()
        self.helping = Helping.of(inputs)
        self.eligible = 0
        self.worth: dict[int, Decimal | str] = {}
        met = met_by(inputs, catalogue)
        self.matches = matches(inputs, catalogue, self.answers, met)
        self.relevant_bits = sum(1 << position for position in self.matches)
        self.locks = Locks(
            inputs,
            facts=self.facts,
            answers=self.answers,
            policy=catalogue.policy,
            met=met,
            cool=not_relevant_pairs(inputs, catalogue),
        )

    # --- what all products share --------------------------------------------------------------

    def _barred(self) -> dict[str, str]:
        held: Iterable[str] = self.facts["held_products"]  # type: ignore[assignment]
        barred = dict.fromkeys(held, "The customer has it already.")
        for code, offer in self.answers.items():
            on = date.fromisoformat(offer["on"])
            if offer["status"] == "already_has" and "elsewhere" not in self.inputs:
                barred[code] = f"The customer said on {day(on)} that they have it already."
            elif offer["status"] == "accepted":
                recent = on + timedelta(days=self.catalogue.policy.cooling_off_days) > self.today
                if offer["under_way"] or recent:
                    barred[code] = f"Accepted on {day(on)}."
        for elsewhere in self.inputs.get("elsewhere", ()):
            on = date.fromisoformat(elsewhere["on"])
            barred[elsewhere["product"]] = (
                f"The customer said on {day(on)} that they have it already."
            )
        return barred

    # --- the stages ---------------------------------------------------------------------------

    def sift(self) -> Sifted:
        """Every product of the catalogue, each at the stage where it ended."""
        sifted = Sifted()
        excluded = sifted.excluded
        left = self.catalogue.everything
        for reason, products in self.ineligible():
            if failing := left & products:
                excluded[reason] = excluded.get(reason, 0) | failing
                left ^= failing
        self.eligible = left
        if irrelevant := left & ~self.relevant_bits:
            excluded[APPLICABILITY, NOT_RELEVANT] = irrelevant
        for position in self.catalogue.positions(left & self.relevant_bits):
            found = self.examine(self.catalogue.products[position], self.matches[position])
            if isinstance(found, Candidate):
                self._lock_or_open(found, sifted)
            else:
                excluded[found] = excluded.get(found, 0) | 1 << position
        return sifted

    def ineligible(self) -> Iterator[tuple[tuple[str, str], int]]:
        """Reasons of eligibility that fail here, each with its products as bits."""
        checks, because = self.requirements.checks, self.requirements.because
        facts = self.facts
        for place, products in self.catalogue.eligibility:
            if not checks[place](facts):
                yield (ELIGIBILITY, because[place]), products
        for code, reason in self.barred.items():
            if (product := self.catalogue.by_code.get(code)) is not None:
                yield (ELIGIBILITY, reason), 1 << product.position
        for currency, products in self.catalogue.foreign.items():
            yield (ELIGIBILITY, f"Sold in {currency} only."), products

    def is_eligible(self, product: CompiledProduct) -> bool:
        return bool(self.eligible >> product.position & 1)

    def examine(self, product: CompiledProduct, match: Match) -> Candidate | tuple[str, str]:
        """Applicability, then suitability: a scored candidate, or the stage and the reason."""
        checks, because = self.requirements.checks, self.requirements.because
        for place in product.applicability:
            if not checks[place](self.facts):
                return APPLICABILITY, because[place]
        if match.weight < self.catalogue.policy.need_floor:
            return APPLICABILITY, "The need is too weak for an offer."
        benefit = self.worth.get(product.position)
        if benefit is None:
            benefit = self.worth[product.position] = self._suits(product)
        if isinstance(benefit, str):
            return SUITABILITY, benefit
        benefit_score = benefit_share(benefit)
        score = match.weight * benefit_score * product.lever
        if self.helping is None:
            return Candidate(product, match, benefit, benefit_score, score)
        helped = self.helping.helped(product.code, match)
        return Candidate(product, match, benefit, benefit_score, score * helped.factor, helped)

    def _suits(self, product: CompiledProduct) -> Decimal | str:
        """The benefit a year, or why the product is not in this customer's interest."""
        checks, because = self.requirements.checks, self.requirements.because
        for place in product.suitability:
            if not checks[place](self.facts):
                return because[place]
        if self.facts["is_vulnerable"] and not product.safe_for_vulnerable:
            return "Not marked safe for a vulnerable customer."
        try:
            benefit = product.formula.worth(self.figures)
        except FigureUnknown as unknown:
            return f"The customer's {FACTS[unknown.name].phrase} is not known."
        if benefit is None:
            return "The benefit cannot be worked out from these figures."
        if benefit < product.minimum_benefit:
            return self._too_little(product, benefit)
        return benefit

    @staticmethod
    def _too_little(product: CompiledProduct, benefit: Decimal) -> str:
        least = money(product.minimum_benefit, product.currency)
        if benefit <= 0:
            return f"Gains the customer nothing; at least {least} a year is asked."
        gain = money(benefit, product.currency)
        return f"Gains the customer {gain} a year; at least {least} is asked."

    def _lock_or_open(self, candidate: Candidate, sifted: Sifted) -> None:
        lock = self.locks.on(candidate.product.code, candidate.match)
        if lock is None:
            sifted.open.append(candidate)
        else:
            sifted.locked.append(Locked(candidate, lock))


def benefit_share(benefit: Decimal) -> Decimal:
    """From 0.5 for no gain in figures towards 1 for a large one; a gain never ranks lower."""
    return HALF + HALF * benefit / (benefit + BENEFIT_SCALE) if benefit > 0 else HALF
