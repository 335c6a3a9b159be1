"""What has been learned of one stream of outcomes, and what does it expect of the next?

Two logistic regressions on one drift term. The drift term is the recent rate of acceptance: the
naive score, which both start from. One weighs what is known of the customer; the other weighs how
each of those marks did of late against the rest, which follows a changing world within tens of
outcomes. Their log-odds are added in fixed shares, so every mark has one weight and the parts
still add up exactly. Pure: the same outcomes in the same order give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from offers.learning.logistic import (
    INTERCEPT,
    Contribution,
    Features,
    Logistic,
    NotAModel,
    Settings,
    Told,
    expit,
    log_odds,
)
from offers.learning.recent import Recent

SHARE: Final = 0.6  # of each regression in the log-odds; they tell partly the same
HALF_LIFE, STEADY = 20, 50  # outcomes after which one counts half, in the drift term and elsewhere
OF_MARKS: Final = (20, 100)
USUAL: Final = 0.05  # acceptance before anything is known, worth one outcome
SHRUNK_PRODUCT, SHRUNK_MARK = 10.0, 5.0  # outcomes' worth of the general rate in a single one's
MOST_MARKS = 5_000

Outcomes = Mapping[str, "Effect"]


class Effect(NamedTuple):
    """What one kind of reward teaches: did it help (1) or not (0), and how much it counts."""

    outcome: float
    weight: float


EFFECTS: Outcomes = {
    "accepted": Effect(1.0, 1.0),
    "not_wanted": Effect(0.0, 1.0),
    "kept_30": Effect(1.0, 0.5),
    "kept_90": Effect(1.0, 0.5),
    "good_answers": Effect(1.0, 0.5),
    "bad_answers": Effect(0.0, 0.5),
    "cancelled": Effect(0.0, 1.0),
    "complaint": Effect(0.0, 1.0),
}
ANSWERS = frozenset({"accepted", "not_wanted"})


class Seen(NamedTuple):
    """One case: numbers and marks by name, what of it is a mark, and the product, if any.

    A mark reads `kind=value`, or just its kind; its value as a feature is 1.
    """

    features: Features
    marks: tuple[str, ...]
    product: str = ""


class Before(NamedTuple):
    """What both scores said right before an outcome was learned."""

    expected: float
    naive: float


class Learner:
    def __init__(
        self, priors: Mapping[str, tuple[float, float]] = {}, *, usual: float = USUAL
    ) -> None:
        self.known = Logistic(Settings(doubt=0.3, forgetting=1e-4), priors)
        self.lately = Logistic(Settings(doubt=0.1, forgetting=1e-4, intercept_doubt=0.1))
        self.usual = usual
        self.drift, self.steady = Recent(HALF_LIFE), Recent(STEADY)
        self.products: dict[str, Recent] = {}
        self.marks: dict[str, tuple[Recent, ...]] = {}

    # --- Asking -----------------------------------------------------------------------------------

    def general(self) -> float:
        """The recent rate of all: the naive score where there is but one product."""
        return self.drift.rate(self.usual, 1.0)

    def naive(self, product: str = "") -> float:
        """The recent rate of a product, near that of all while it has few outcomes."""
        known = self.products.get(product)
        return known.rate(self.general(), SHRUNK_PRODUCT) if known else self.general()

    def probability(self, seen: Seen) -> float:
        """The chance of success. What is not known well counts less (MacKay's mean)."""
        offset = log_odds(self.naive(seen.product))
        parts = [
            log_odds(self.known.probability(seen.features, offset)) - offset,
            log_odds(self.lately.probability(self._lately(seen.marks), offset)) - offset,
        ]
        return expit(offset + SHARE * math.fsum(parts))

    def told(self, seen: Seen) -> Told:
        """The log-odds with one exact contribution for every mark and number."""
        parts = tuple(
            Contribution(name, value, self.weight(name) * value)
            for name, value in {**dict.fromkeys(seen.marks, 1.0), **seen.features}.items()
            if self.is_known(name)
        )
        start = log_odds(self.naive(seen.product)) + self.intercept()
        logit = math.fsum([start, *(part.amount for part in parts)])
        return Told(logit, expit(logit), start, parts)

    def intercept(self) -> float:
        known, lately = self.known, self.lately
        return SHARE * math.fsum(
            [known.weights[known.names[INTERCEPT]], lately.weights[lately.names[INTERCEPT]]]
        )

    def is_known(self, name: str) -> bool:
        return name in self.known.names or name in self.marks

    def weight(self, name: str) -> float:
        """Log-odds that one of this adds, by both regressions."""
        place = self.known.names.get(name)
        parts = [float(self.known.weights[place])] if place is not None else []
        for kind, deviation in self._lately([name]).items():
            place = self.lately.names.get(kind)
            if place is not None:
                parts.append(float(self.lately.weights[place]) * deviation)
        return SHARE * math.fsum(parts)

    def doubt(self, name: str) -> float:
        """The variance of that weight, as if names were known apart from one another."""
        place = self.known.names.get(name)
        parts = [float(self.known.doubts[place, place])] if place is not None else []
        for kind, deviation in self._lately([name]).items():
            place = self.lately.names.get(kind)
            if place is not None:
                parts.append(float(self.lately.doubts[place, place]) * deviation**2)
        return SHARE**2 * math.fsum(parts)

    def doubt_of_rate(self, product: str) -> float:
        """The variance of the log-odds of a product's recent rate."""
        rate = self.naive(product)
        known = self.products.get(product)
        return 1 / (((known.weight if known else 0) + SHRUNK_PRODUCT) * rate * (1 - rate))

    def _lately(self, marks: Iterable[str]) -> dict[str, float]:
        """How each mark did of late against all, in log-odds, under the name of its kind."""
        steady = self.steady.rate(self.usual, 1.0)
        base = log_odds(steady)
        deviations: dict[str, float] = {}
        for name in marks:
            recents = self.marks.get(name)
            if recents is None:
                continue
            kind = name.partition("=")[0]
            for half_life, recent in zip(OF_MARKS, recents, strict=True):
                rate = recent.rate(steady, SHRUNK_MARK)
                key = f"{kind}~{half_life}"
                deviations[key] = deviations.get(key, 0.0) + log_odds(rate) - base
        return deviations

    # --- Learning ---------------------------------------------------------------------------------

    def learn(self, seen: Seen, effect: Effect, *, is_answer: bool = True) -> Before:
        """Take one outcome in; only answers move the recent rates."""
        before = Before(self.probability(seen), self.naive(seen.product))
        offset = log_odds(before.naive)
        outcome, weight = effect
        self.known.learn(seen.features, outcome, offset=offset, weight=weight)
        self.lately.learn(self._lately(seen.marks), outcome, offset=offset, weight=weight)
        if is_answer:
            self._take(seen, outcome)
        return before

    def _take(self, seen: Seen, outcome: float) -> None:
        recents = [self.drift, self.steady]
        if seen.product:
            recents.append(self.products.setdefault(seen.product, Recent(STEADY)))
        for name in seen.marks:
            if name in self.marks or len(self.marks) < MOST_MARKS:
                recents += self.marks.setdefault(name, tuple(Recent(one) for one in OF_MARKS))
        for recent in recents:
            recent.take(outcome)

    # --- Keeping ----------------------------------------------------------------------------------

    def described(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON keeps it."""
        return {
            "format": 1,
            "usual": self.usual,
            "known": self.known.described(),
            "lately": self.lately.described(),
            "drift": self.drift.told(),
            "steady": self.steady.told(),
            "products": {code: recent.told() for code, recent in self.products.items()},
            "marks": {
                name: [recent.told() for recent in recents] for name, recents in self.marks.items()
            },
        }

    def arrays(self) -> bytes:
        return self.known.arrays() + self.lately.arrays()

    @classmethod
    def restored(cls, described: Mapping[str, Any], arrays: bytes) -> Learner:
        """Raises NotAModel when the two do not fit together."""
        learner = cls(usual=described["usual"])
        count = len(described["known"]["names"])
        cut = 8 * count * (count + 1)
        if len(arrays) < cut:
            raise NotAModel("The stored arrays do not fit the stored names. Go back a version.")
        learner.known = Logistic.restored(described["known"], arrays[:cut])
        learner.lately = Logistic.restored(described["lately"], arrays[cut:])
        learner.drift = Recent.restored(HALF_LIFE, described["drift"])
        learner.steady = Recent.restored(STEADY, described["steady"])
        learner.products = {
            code: Recent.restored(STEADY, kept) for code, kept in described["products"].items()
        }
        learner.marks = {
            name: tuple(
                Recent.restored(half_life, one)
                for half_life, one in zip(OF_MARKS, kept, strict=True)
            )
            for name, kept in described["marks"].items()
        }
        return learner
