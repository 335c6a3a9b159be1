"""How fast is the pure decision? A catalogue and a situation of a given size, and a clock.

Made for `make bench` and its test. The population stands for a large retail catalogue: 60 need
types, each product answering one or two of them, four rules a product (thresholds that differ,
alternatives, sets), formulas of six operations, and a customer with three open needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Any

from offers.arbitration import decide
from offers.catalogue import EMPTY, read
from offers.compiled import Catalogue
from products.vocabulary import FACTS, NUMERIC, Kind

NEED_TYPES = 60
OPEN_NEEDS = 3
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of each decision, in the order they were made, and the last results."""

    ms: list[float]
    results: dict[str, Any]

    def percentile(self, share: float) -> float:
        ordered = sorted(self.ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def population(offers: int) -> Catalogue:
    """A catalogue of that many products, the same each time."""
    chance = Random(SEED)
    content = {
        **EMPTY,
        "need_types": {f"need-{n}": {"name": f"Need {n}"} for n in range(NEED_TYPES)},
        "questions": [_question(n) for n in range(5)],
        "products": [_product(n, chance) for n in range(offers)],
    }
    return read(content, number=1)


def situation_of(catalogue: Catalogue) -> dict[str, Any]:
    """A customer in contact with open needs, requests, a promise and earlier offers."""
    return {
        "catalogue": catalogue.number,
        "today": "2026-11-23",
        "customer": 1,
        "interaction": 1,
        "facts": {name: _fact(name, fact.kind) for name, fact in FACTS.items()},
        "contact": {
            "reason": "close-account",
            "reason_name": "Close an account",
            "intent": "cancel",
            "is_follow_up": False,
            "settled": None,
            "waits_for": "“Close an account”",
        },
        "marketing": None,
        "needs": [_need(n) for n in range(OPEN_NEEDS)],
        "requests": [],
        "promises": [
            {
                "id": 1,
                "text": "Call back",
                "due_at": "2026-11-24T10:00:00+00:00",
                "made_on": "20 Nov 2026",
                "state": "ahead",
            }
        ],
        "offers": [
            {
                "product": f"product-{n}",
                "status": "declined",
                "on": "2026-10-01",
                "later_on": None,
                "under_way": False,
            }
            for n in range(2)
        ],
        "answered": [],
        "seen": [1, None],
        "previous": None,
    }


def timed(catalogue: Catalogue, inputs: Mapping[str, Any], *, times: int) -> Timed:
    """Decide that often on facts in memory."""
    ms: list[float] = []
    results: dict[str, Any] = {}
    for _ in range(times):
        began = perf_counter()
        results = decide(inputs, catalogue)
        ms.append((perf_counter() - began) * 1000)
    return Timed(ms, results)


def _fact(name: str, kind: Kind) -> Any:
    if kind == Kind.YES_NO:
        return name == "is_adult"
    if kind in NUMERIC:
        return {"idle_balance": "8500", "current_rate": "0.1"}.get(name, "3")
    if kind == Kind.SET:
        return ["everyday-account"]
    return {"country": "GB", "segment": "personal", "channel": "voice"}.get(name, "close-account")


def _need(n: int) -> dict[str, Any]:
    return {
        "id": n + 1,
        "type": f"need-{n}",
        "name": f"Need {n}",
        "strength": "0.90",
        "source": "stated",
        "evidence": "in their own words",
        "now": n == 0,
    }


def _question(n: int) -> dict[str, Any]:
    return {
        "id": n + 1,
        "code": f"question-{n}",
        "text": f"Question {n}?",
        "intents": ["cancel"],
        "contact_reasons": [],
        "answers": [
            {
                "id": 10 * n + answer,
                "text": f"Answer {answer}",
                "need_type": f"need-{(5 * n + answer) % NEED_TYPES}",
                "strength": "0.80",
            }
            for answer in range(4)
        ],
    }


def _product(n: int, chance: Random) -> dict[str, Any]:
    needs = chance.sample(range(NEED_TYPES), chance.choice([1, 1, 2]))
    return {
        "code": f"product-{n}",
        "name": f"Product {n}",
        "category": "savings",
        "summary": "A product.",
        "currency": "GBP",
        "terms": {
            "rate": f"{chance.randint(100, 600) / 100:.2f}",
            "fee": str(chance.randint(0, 60)),
        },
        "benefit_formula": "max(0, idle_balance * (rate - current_rate) / 100 - fee)",
        "benefit_sentence": "{idle_balance} × ({rate} % − {current_rate} %) = {benefit} a year",
        "minimum_benefit": "10.00",
        "lever": "1.00",
        "safe_for_vulnerable": False,
        "fits": {f"need-{need}": f"{chance.randint(30, 100) / 100:.2f}" for need in needs},
        "fulfilment": None,
        "rules": [
            _rule("eligibility", "is_adult", "equals", value=True),
            _rule("eligibility", "annual_income", "at_most", str(chance.randint(1, 9) * 10000)),
            _rule("eligibility", "country", "equals", ["GB", "IE"], either=1),
            _rule("eligibility", "segment", "equals", "business", either=1),
            _rule("suitability", "card_debt", "at_most", str(chance.randint(3, 5000))),
        ],
    }


def _rule(
    stage: str, fact: str, comparison: str, value: object, either: int | None = None
) -> dict[str, Any]:
    return {
        "stage": stage,
        "fact": fact,
        "comparison": comparison,
        "value": value,
        "either": either,
        "because": f"The {fact} rule does not hold.",
    }
