"""How likely does an offer help this customer, by what was learned, and what speaks for it?

Pure: the weights stand in the decision's inputs, so the chance, its factor and every contribution
come out the same wherever the decision is replayed. What is told is added in decimals and exact;
what hundreds of candidates are ranked by is added in doubles and rounded to four places.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from offers.learning.features import Matched, in_words, of_match

ONE = Decimal(1)
LEAST, SPAN = 0.75, 0.5  # of the factor: 1 where the chance is the usual one
SURE = 30.0
MOST_TOLD = 3


class Helped(NamedTuple):
    chance: float
    factor: Decimal


class Helping:
    """What was learned, as one decision reads it; `learned` is a part of its inputs."""

    def __init__(self, learned: Mapping[str, Any]) -> None:
        self.intercept = Decimal(learned["intercept"])
        self.general = float(learned["general"])
        self.recent_of_all = Decimal(learned["general"])
        self.customer = {name: Decimal(weight) for name, weight in learned["customer"].items()}
        self.weights = {name: Decimal(weight) for name, weight in learned["weights"].items()}
        self.doubts = {name: Decimal(doubt) for name, doubt in learned["doubts"].items()}
        self.products: Mapping[str, Sequence[str]] = learned["products"]
        shared = self.intercept + sum(self.customer.values(), Decimal(0))
        self.shared = float(shared)
        self.of_match = float(self.weights.get("match", 0))
        self.starts: dict[tuple[str | None, bool], float] = {}
        self.usual = _chance(self.general)

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Helping | None:
        """None where nothing was learned, learning is frozen, or the customer is a control."""
        learned = inputs.get("learned")
        return cls(learned) if learned is not None and not learned["is_control"] else None

    def helped(self, code: str, match: Matched) -> Helped:
        """The chance that this product helps, and the bounded factor that it gives the score."""
        known = self.products.get(code)
        need = match.need["type"] if match.need else None
        start = self.starts.get((need, match.answers_now))
        if start is None:
            start = self.starts[need, match.answers_now] = self._start(match)
        recent = float(known[0]) if known else self.general
        chance = _chance(recent + start + self.of_match * (float(match.weight) - 0.5))
        factor = LEAST + SPAN * chance / (chance + self.usual)
        return Helped(chance, Decimal(f"{factor:.4f}"))

    def _start(self, match: Matched) -> float:
        """The customer's part and that of the need, the same for all that answer it alike."""
        marks = [name for name in of_match(match) if name != "match"]
        return self.shared + sum(float(self.weights.get(name, 0)) for name in marks)

    def doubt(self, code: str, match: Matched) -> Decimal:
        """The variance of the log-odds in what differs between offers."""
        known = self.products.get(code)
        parts = (
            value * value * self.doubts.get(name, Decimal(0))
            for name, value in of_match(match).items()
        )
        return sum(parts, Decimal(known[1]) if known else ONE)

    def told(self, code: str, match: Matched) -> dict[str, Any]:
        """The log-odds part by part, in words; intercept and contributions add up exactly."""
        helped = self.helped(code, match)
        parts = [(name, ONE, weight) for name, weight in self.customer.items()]
        parts += [
            (name, value, self.weights[name])
            for name, value in of_match(match).items()
            if name in self.weights
        ]
        amounts = [(in_words(name), weight * value) for name, value, weight in parts]
        start = self._recent(code) + self.intercept
        logit = sum((amount for _, amount in amounts), start)
        amounts.sort(key=lambda part: (-abs(part[1]), part[0]))
        return {
            "chance": f"{helped.chance:.4f}",
            "logit": str(logit),
            "intercept": str(start),
            "contributions": [{"words": words, "amount": str(amount)} for words, amount in amounts],
        }

    def in_a_line(self, code: str, match: Matched) -> str:
        """The chance with the weightiest parts, signs telling what speaks for and against."""
        told = self.told(code, match)
        parts = [
            f"{part['words']} {Decimal(part['amount']):+.2f}"
            for part in told["contributions"][:MOST_TOLD]
        ]
        beside = f": {', '.join(parts)}" if parts else ""
        return f"chance to help {Decimal(told['chance']):.0%} by what was learned{beside}"

    def _recent(self, code: str) -> Decimal:
        """Log-odds of the product's recent acceptance; of all products' where it has none."""
        known = self.products.get(code)
        return Decimal(known[0]) if known else self.recent_of_all


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-SURE, min(SURE, logit))))
