"""How likely is it, what spoke for and against, and what does one outcome teach?

A logistic regression in Bayes' form, learned one outcome at a time by the extended Kalman filter
(West, Harrison and Migon 1985; MacKay 1992 for the mean over what is not known). Forgetting is
bounded: what is known is drawn back towards the prior's doubt, never beyond it, so that the
weights can neither freeze nor run away. Pure: no clock, no chance, no database.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Features = Mapping[str, float]
INTERCEPT = "in general"
DRAWN_EVERY = 50  # outcomes after which what is known is drawn back
MOST_FEATURES = 400  # 400 × 400 doubts are 1.3 MB; further names are counted and left out
LEAST_SPREAD = 1e-4  # of one outcome, so that a sure guess that was wrong still teaches
SURE = 30.0  # log-odds beyond which nothing can be told apart


class NotAModel(ValueError):
    """What was stored is not what was learned: the hash or the shapes differ."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`doubt` is the prior variance of a weight (squared log-odds), `forgetting` the share of what
    is known that is given up with each outcome."""

    doubt: float = 0.1
    forgetting: float = 1e-4
    intercept_doubt: float = 1.0


class Contribution(NamedTuple):
    name: str
    value: float
    amount: float  # log-odds


class Told(NamedTuple):
    """A score with its parts: `intercept` and the contributions add up to `logit`.

    `intercept` is where the customer starts: the recent rate and what is learned in general.
    """

    logit: float
    probability: float
    intercept: float
    contributions: tuple[Contribution, ...]


class Logistic:
    """Weights by name with their covariance; new names are taken up as they come."""

    def __init__(
        self, settings: Settings | None = None, priors: Mapping[str, tuple[float, float]] = {}
    ) -> None:
        """`priors` are mean and variance of the weights of which something is known before."""
        self.settings = settings or Settings()
        self.priors = {INTERCEPT: (0.0, self.settings.intercept_doubt), **priors}
        self.names: dict[str, int] = {}
        self.weights: Floats = np.zeros(0)
        self.doubts: Floats = np.zeros((0, 0))
        self.learned = 0
        self.left_out = 0
        self._places(self.priors)

    # --- Asking -----------------------------------------------------------------------------------

    def logit(self, features: Features, offset: float = 0.0) -> float:
        return self.told(features, offset).logit

    def probability(self, features: Features, offset: float = 0.0) -> float:
        """With what is not known averaged out, so that little knowledge stays near the rate."""
        places, values = self._known(features)
        logit = math.fsum([offset, *(self.weights[places] * values)])
        spread = float(values @ self.doubts[np.ix_(places, places)] @ values)
        return expit(offset + (logit - offset) / math.sqrt(1 + math.pi * spread / 8))

    def told(self, features: Features, offset: float = 0.0) -> Told:
        """The exact parts of the log-odds; a name never seen contributes nothing."""
        start = offset + float(self.weights[self.names[INTERCEPT]])
        parts = tuple(
            Contribution(name, value, float(self.weights[self.names[name]]) * value)
            for name, value in features.items()
            if name in self.names and name != INTERCEPT
        )
        logit = math.fsum([start, *(part.amount for part in parts)])
        return Told(logit, expit(logit), start, parts)

    # --- Learning ---------------------------------------------------------------------------------

    def learn(
        self, features: Features, outcome: float, *, offset: float = 0.0, weight: float = 1.0
    ) -> float:
        """Take one outcome in (0 or 1, counted `weight` times); the probability before it."""
        self._places(features)
        places, values = self._known(features)
        before = self.probability(features, offset)
        guess = expit(math.fsum([offset, *(self.weights[places] * values)]))
        spread = max(guess * (1 - guess), LEAST_SPREAD) * weight
        # Sums over the columns in use, not BLAS: the same bits wherever the log is replayed.
        column: Floats = (self.doubts[:, places] * values).sum(axis=1)
        gain = column / (1 / spread + float((column[places] * values).sum()))
        self.weights = self.weights + gain * ((outcome - guess) * weight / spread)
        self.doubts = self.doubts - gain[:, None] * column[None, :]
        self.learned += 1
        if self.learned % DRAWN_EVERY == 0:
            self._draw_back()
        return before

    def _draw_back(self) -> None:
        kept = (1 - self.settings.forgetting) ** DRAWN_EVERY
        self.doubts *= kept
        self.doubts[np.diag_indices_from(self.doubts)] += (1 - kept) * self._prior_doubts()

    def _prior_doubts(self) -> Floats:
        return np.array([self._prior(name)[1] for name in self.names])

    def _prior(self, name: str) -> tuple[float, float]:
        return self.priors.get(name, (0.0, self.settings.doubt))

    def _known(
        self, features: Features, *, with_intercept: bool = True
    ) -> tuple[NDArray[np.intp], Floats]:
        """Places and values of the features that have a weight; the intercept's value is 1."""
        known = {self.names[INTERCEPT]: 1.0} if with_intercept else {}
        known |= {self.names[name]: value for name, value in features.items() if name in self.names}
        return np.array(list(known), dtype=np.intp), np.array(list(known.values()))

    def _places(self, names: Mapping[str, Any]) -> None:
        """Room for names that are new."""
        new = [name for name in names if name not in self.names]
        room = new[: MOST_FEATURES - len(self.names)]
        self.left_out += len(new) - len(room)
        if not room:
            return
        before, after = len(self.names), len(self.names) + len(room)
        doubts = np.zeros((after, after))
        doubts[:before, :before] = self.doubts
        for place, name in enumerate(room, start=before):
            self.names[name] = place
            doubts[place, place] = self._prior(name)[1]
        self.doubts = doubts
        self.weights = np.append(self.weights, [self._prior(name)[0] for name in room])

    # --- Keeping ----------------------------------------------------------------------------------

    def described(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON keeps it."""
        return {
            "settings": asdict(self.settings),
            "priors": {name: list(prior) for name, prior in self.priors.items()},
            "names": list(self.names),
            "learned": self.learned,
            "left_out": self.left_out,
        }

    def arrays(self) -> bytes:
        """Weights, then covariance row by row: doubles, little-endian."""
        return np.concatenate([self.weights, self.doubts.ravel()]).astype("<f8").tobytes()

    @classmethod
    def restored(cls, described: Mapping[str, Any], arrays: bytes) -> Logistic:
        """What `described` and `arrays` kept. Raises NotAModel when they do not fit together."""
        model = cls(Settings(**described["settings"]))
        model.priors = {name: (one[0], one[1]) for name, one in described["priors"].items()}
        model.names = {name: place for place, name in enumerate(described["names"])}
        numbers = np.frombuffer(arrays, dtype="<f8").astype(np.float64)
        count = len(model.names)
        if numbers.size != count * (count + 1) or not np.isfinite(numbers).all():
            raise NotAModel("The stored arrays do not fit the stored names. Go back a version.")
        model.weights = numbers[:count].copy()
        model.doubts = numbers[count:].reshape(count, count).copy()
        model.learned = described["learned"]
        model.left_out = described["left_out"]
        return model


def digest_of(described: Mapping[str, Any], arrays: bytes) -> str:
    """SHA-256 over the canonical JSON and the arrays."""
    told = json.dumps(described, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(told.encode() + b"\0" + arrays).hexdigest()


def expit(logit: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-max(-SURE, min(SURE, logit))))


def log_odds(probability: float) -> float:
    bounded = max(1e-6, min(1 - 1e-6, probability))
    return math.log(bounded / (1 - bounded))
