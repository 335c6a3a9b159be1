"""Which of many offers answers these words, when all that is ever told is yes or no to one?

A softmax over the offers whose prior is how near the words are to each offer's name. A yes says
which offer is right; a no only that this one is not, so its likelihood is 1 - p and it lowers the
offer for everybody who says the like. What a no leaves open is shared out among the other offers
by what is believed of them (expectation and maximisation, Dempster, Laird and Rubin 1977), again
and again over all that was heard. Pure: no chance is needed, because a no drives on to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
SHARPNESS = 20.0  # log-odds between a name that is the words and one that has nothing of them
STEPS, FINE_STEPS, END_STEPS = 12, 4, 40
RATE, FINE = 0.3, 0.25  # of a step, and of the fine ones in it
HELD, HELD_AT_FIRST, FIRST = 0.04, 0.06, 500.0  # pull to the prior: much while little is heard
FADE_1, FADE_2 = 0.9, 0.99  # Adam's (Kingma and Ba 2015)
LEAST_WAIT, GROWTH = 10, 0.05  # outcomes until all is gone over again


class Chooser:
    """Learns from what is heard; `names` and what is chosen for have the same kind of vectors.

    `nearness` takes the first `names.shape[1]` numbers of a vector for the prior; the rest are
    further features.
    """

    def __init__(self, names: Vectors, *, size: int) -> None:
        self.near = names.shape[1]
        self.prior: Vectors = (SHARPNESS * names.T).astype(np.float32)
        self.weights = np.zeros((size, len(names)), dtype=np.float32)
        self.lean = np.zeros(len(names), dtype=np.float32)
        self.hubs = np.zeros(len(names), dtype=np.float32)
        self.heard = Heard([], [], [])
        self.due = LEAST_WAIT
        self.step = 0
        self.momentum = _Momentum(np.zeros_like(self.weights), np.zeros_like(self.weights))
        self.lean_momentum = _Momentum(np.zeros_like(self.lean), np.zeros_like(self.lean))

    def log_odds(self, vectors: Vectors) -> Vectors:
        """Shape (…, offers)."""
        found: Vectors = self._believed(vectors) + vectors @ self.weights + self.lean
        return found

    def choose(self, vector: Vectors) -> int:
        return int(self.log_odds(vector).argmax())

    def learn(self, vector: Vectors, shown: int, *, was_accepted: bool) -> None:
        """One outcome; now and then everything heard is gone over again."""
        self.heard.vectors.append(vector)
        self.heard.shown.append(shown)
        self.heard.accepted.append(was_accepted)
        count = len(self.heard.shown)
        if count >= self.due:
            self.go_over(STEPS)
            self.due = count + max(LEAST_WAIT, int(count * GROWTH))

    def finish(self) -> None:
        self.go_over(END_STEPS)

    def go_over(self, steps: int) -> None:
        vectors = np.stack(self.heard.vectors)
        shown = np.array(self.heard.shown)
        accepted = np.array(self.heard.accepted)
        count = len(shown)
        # Some names are near to everything; that they are is no evidence for them.
        believed = vectors[:, : self.near] @ self.prior
        hubs = believed.mean(axis=0)
        self.hubs = ((hubs - hubs.mean()) * count / (count + 50)).astype(np.float32)
        believed -= self.hubs
        held = HELD + HELD_AT_FIRST * FIRST / (FIRST + count)
        for place in range(steps + FINE_STEPS):
            chances = _softmax(believed + vectors @ self.weights + self.lean)
            wrong = chances - _shared_out(chances, shown, accepted)
            rate = RATE if place < steps else RATE * FINE
            self.step += 1
            self.weights -= rate * self.momentum.of(
                vectors.T @ wrong + held * self.weights, self.step
            )
            self.lean -= (rate / 5) * self.lean_momentum.of(
                wrong.sum(axis=0) + held * self.lean, self.step
            )

    def _believed(self, vectors: Vectors) -> Vectors:
        found: Vectors = vectors[..., : self.near] @ self.prior - self.hubs
        return found


class Heard(NamedTuple):
    vectors: list[Vectors]
    shown: list[int]
    accepted: list[bool]


class _Momentum:
    """Adam's running means of a gradient and of its square."""

    def __init__(self, mean: Vectors, square: Vectors) -> None:
        self.mean, self.square = mean, square

    def of(self, gradient: Vectors, step: int) -> Vectors:
        self.mean += (1 - FADE_1) * (gradient - self.mean)
        self.square += (1 - FADE_2) * (gradient * gradient - self.square)
        spread = np.sqrt(self.square / (1 - FADE_2**step)) + 1e-6
        moved: Vectors = (self.mean / (1 - FADE_1**step) / spread).astype(np.float32)
        return moved


def _shared_out(chances: Vectors, shown: NDArray[np.intp], accepted: NDArray[np.bool_]) -> Vectors:
    """What was right, as far as it is known: sure after a yes, shared among the rest after a no."""
    right: Vectors = chances.copy()
    rows = np.arange(len(shown))
    right[rows, shown] = 0
    right /= np.maximum(right.sum(axis=1, keepdims=True), 1e-6)
    right[accepted] = 0
    right[rows[accepted], shown[accepted]] = 1
    return right


def _softmax(log_odds: Vectors) -> Vectors:
    raised = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    found: Vectors = raised / raised.sum(axis=1, keepdims=True)
    return found


def places_of(codes: Sequence[str]) -> dict[str, int]:
    """Each offer once, in the order of its code."""
    return {code: place for place, code in enumerate(sorted(set(codes)))}
