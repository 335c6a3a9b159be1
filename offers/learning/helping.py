"""How likely does an offer help this customer, by what was learned, and what speaks for it?

Pure, in decimal arithmetic: the weights stand in the decision's inputs, so the chance, its factor
and every contribution come out the same wherever the decision is replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any, NamedTuple

from offers.learning.features import Matched, in_words, of_match

ONE = Decimal(1)
LEAST, SPAN = Decimal("0.75"), Decimal("0.50")  # of the factor: 1 where the chance is the usual one
PLACES = Decimal("0.0001")
QUICK = Context(prec=16)
SURE = Decimal(30)


class Helped(NamedTuple):
    chance: Decimal
    factor: Decimal
    logit: Decimal


class Helping:
    """What was learned, as one decision reads it; `learned` is a part of its inputs."""

    def __init__(self, learned: Mapping[str, Any]) -> None:
        self.intercept = Decimal(learned["intercept"])
        self.general = Decimal(learned["general"])
        self.customer = {name: Decimal(weight) for name, weight in learned["customer"].items()}
        self.weights = {name: Decimal(weight) for name, weight in learned["weights"].items()}
        self.doubts = {name: Decimal(doubt) for name, doubt in learned["doubts"].items()}
        self.products = {
            code: (Decimal(recent), Decimal(doubt))
            for code, (recent, doubt) in learned["products"].items()
        }
        self.shared = self.intercept + sum(self.customer.values(), Decimal(0))
        self.usual = _chance(self.general)

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Helping | None:
        """None where nothing was learned, learning is frozen, or the customer is a control."""
        learned = inputs.get("learned")
        return cls(learned) if learned is not None and not learned["is_control"] else None

    def helped(self, code: str, match: Matched) -> Helped:
        """The chance that this product helps, and the bounded factor that it gives the score."""
        logit = self._recent(code) + self.shared
        for name, value in of_match(match).items():
            weight = self.weights.get(name)
            if weight is not None:
                logit += weight * value
        chance = _chance(logit)
        factor = LEAST + SPAN * chance / (chance + self.usual)
        return Helped(chance.quantize(PLACES), factor.quantize(PLACES), logit)

    def doubt(self, code: str, match: Matched) -> Decimal:
        """The variance of the log-odds in what differs between offers."""
        known = self.products.get(code)
        parts = (
            value * value * self.doubts.get(name, Decimal(0))
            for name, value in of_match(match).items()
        )
        return sum(parts, known[1] if known else ONE)

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
        amounts.sort(key=lambda part: (-abs(part[1]), part[0]))
        return {
            "chance": str(helped.chance),
            "logit": str(helped.logit),
            "intercept": str(self._recent(code) + self.intercept),
            "contributions": [{"words": words, "amount": str(amount)} for words, amount in amounts],
        }

    def _recent(self, code: str) -> Decimal:
        """Log-odds of the product's recent acceptance; of all products' where it has none."""
        known = self.products.get(code)
        return known[0] if known else self.general


def _chance(logit: Decimal) -> Decimal:
    bounded = max(-SURE, min(SURE, logit))
    return ONE / (ONE + QUICK.exp(-bounded))
