"""What is a catalogue that is ready to decide on made of?

Rules are places in one list of checks, and sets of products the bits of one integer: a stage is
then one operation, not a loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import compress
from typing import Any

from customers.budget import Limits
from customers.models import Purpose
from offers.benefits import Formula, Sentence
from offers.rules import Check, Requirement


@dataclass(frozen=True, slots=True)
class Policy:
    """How much one person may be asked; days and a share from 0 to 1."""

    max_offers: int
    max_surveys: int
    max_contacts: int
    period_days: int
    cooling_off_days: int
    need_floor: Decimal

    @property
    def limits(self) -> Limits:
        """The contact budget's figures, as its ledger asks for them."""
        return Limits(
            period_days=self.period_days,
            most=self.max_contacts,
            most_of={Purpose.SURVEY: self.max_surveys, Purpose.MARKETING: self.max_offers},
        )


@dataclass(frozen=True, slots=True)
class CompiledProduct:
    """One product ready to be decided on; rules are places in the catalogue's list of checks."""

    position: int
    code: str
    name: str
    summary: str
    currency: str
    formula: Formula
    sentence: Sentence
    minimum_benefit: Decimal
    lever: Decimal
    safe_for_vulnerable: bool
    is_foreign: bool
    eligibility: tuple[int, ...]
    applicability: tuple[int, ...]
    suitability: tuple[int, ...]
    for_reasons: frozenset[str]
    fulfilment: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Answer:
    id: int
    text: str
    need_type: str | None
    strength: Decimal


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    code: str
    text: str
    intents: frozenset[str]
    contact_reasons: frozenset[str]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Requirements:
    """Every requirement of the catalogue once, with the words told when it does not hold."""

    checks: list[Check] = field(default_factory=list)
    because: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    places: dict[tuple[Requirement, str], int] = field(default_factory=dict)

    def place(self, requirement: Requirement, because: str, currency: str) -> int:
        known = self.places.get((requirement, because))
        if known is not None:
            return known
        self.checks.append(requirement.checked())
        self.because.append(because)
        self.plain.append(requirement.plain(currency))
        self.places[requirement, because] = len(self.checks) - 1
        return len(self.checks) - 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything published, ready to decide on.

    `by_need` has the best fit first; `eligibility` pairs a check with the products that ask for
    it, and `foreign` a currency with the products sold in it, as bits by position.
    """

    number: int
    currency: str
    policy: Policy
    need_names: Mapping[str, str]
    questions: tuple[Question, ...]
    products: tuple[CompiledProduct, ...]
    by_code: Mapping[str, CompiledProduct]
    by_need: Mapping[str, Sequence[tuple[CompiledProduct, Decimal]]]
    by_reason: Mapping[str, Sequence[CompiledProduct]]
    requirements: Requirements
    codes: tuple[str, ...]
    eligibility: tuple[tuple[int, int], ...]
    foreign: Mapping[str, int]

    @property
    def everything(self) -> int:
        return (1 << len(self.products)) - 1

    def positions(self, bits: int) -> Iterator[int]:
        return compress(range(len(self.products)), _selectors(bits))

    def codes_of(self, bits: int) -> list[str]:
        return list(compress(self.codes, _selectors(bits)))


_ZERO_AND_ONE = bytes.maketrans(b"01", b"\x00\x01")


def _selectors(bits: int) -> bytes:
    return f"{bits:b}"[::-1].encode().translate(_ZERO_AND_ONE)
