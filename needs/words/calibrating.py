"""How sure is sure? Scores made into probabilities that hold, on texts the model has not seen.

Temperature: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; here it is each
text's own. The gate that says whether a text has a known need at all is a logistic regression
over how the scores look.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHARPEST, BLUNTEST, STEPS = 60.0, 0.5, 60
DOUBTED: Final = 2.0  # rows
HELD_BACK: Final = 1.0  # ridge of the gate, in rows
SMALL: Final = 1e-3  # spread of scores that say nothing
MOST_EVENED: Final = 1.0  # power at which all rows have one spread
KNOWN: Final = 0.75  # share of texts that have a known need, before anything of a text is known


class Gate(NamedTuple):
    """Weights of `looks`, each shifted and scaled first; `bias` last."""

    shift: Floats
    scale: Floats
    weights: Floats
    bias: float


class Evening(NamedTuple):
    """How much sharper scores are read that lie close together: e^level / spread^power times.

    What is far from all examples has small scores for all needs, and is surer than it looks; what
    is close to examples of several labels is less sure.
    """

    level: float = 0.0
    power: float = 0.0

    def times(self, scores: Floats) -> Floats:
        """The factor of each row; `spread` is its standard deviation."""
        found: Floats = np.exp(self.level - self.power * np.log(scores.std(axis=-1) + SMALL))
        return found


def softmax(scores: Floats) -> Floats:
    """Rows that add up to 1."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def logistic(score: Floats) -> Floats:
    """1 / (1 + e⁻ˣ), for any size of x."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(score, dtype=np.float64))))


def sharpness(scores: Floats, right: NDArray[np.int64]) -> float:
    """What to multiply the scores by so that the likelihood of what was right is greatest.

    Few rows that were all right are no reason to be certain: beside the rows, so many more count
    whose answer may be any.
    """
    doubt = DOUBTED / (len(right) + DOUBTED)
    low, high = np.log(BLUNTEST), np.log(SHARPEST)
    part = (np.sqrt(5) - 1) / 2

    def loss(step: float) -> float:
        shares = np.log(np.maximum(softmax(scores * np.exp(step)), 1e-12))
        good = shares[np.arange(len(right)), right].mean()
        return -float((1 - doubt) * good + doubt * shares.mean())

    for _ in range(STEPS // 2):
        one, two = high - part * (high - low), low + part * (high - low)
        low, high = (low, two) if loss(one) < loss(two) else (one, high)
    return float(np.exp((low + high) / 2))


def evening(scores: Floats, right: NDArray[np.int64]) -> Evening:
    """That of the greatest likelihood of what was right, doubted like `sharpness`; `scores` are
    sharpened."""
    from scipy.optimize import minimize  # noqa: PLC0415  (the web process never loads it)

    doubt = DOUBTED / (len(right) + DOUBTED)
    apart = -np.log(scores.std(axis=1) + SMALL)
    wanted = (1 - doubt) * scores[np.arange(len(right)), right] + doubt * scores.mean(axis=1)

    def loss(at: Floats) -> tuple[float, Floats]:
        times = np.exp(at[0] + at[1] * apart)
        raised = scores * times[:, None]
        top = raised.max(axis=1)
        shares = np.exp(raised - top[:, None])
        total = shares.sum(axis=1)
        lost = top + np.log(total) - times * wanted
        slope = times * ((shares * scores).sum(axis=1) / total - wanted)
        return float(lost.mean()), np.array([slope.mean(), (slope * apart).mean()])

    bounds = [(None, None), (0, MOST_EVENED)]
    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds)
    return Evening(*map(float, found.x))


def looks(scores: Floats) -> Floats:
    """How each row of sharpened scores looks: shape (rows, 6)."""
    ordered = -np.sort(-scores, axis=1)
    second = ordered[:, min(1, ordered.shape[1] - 1)]
    shares = softmax(scores)
    top = np.clip(shares.max(axis=1), 1e-9, 1 - 1e-9)
    spread = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    peak = ordered[:, 0]
    total = scores.mean(axis=1)
    return np.stack(
        [
            np.log(top / (1 - top)),
            peak,
            peak - second,
            total,
            spread,
            ordered[:, :5].mean(1),
        ],
        axis=1,
    )


def gate(seen: Floats, known: NDArray[np.bool_]) -> Gate:
    """The gate that tells rows with a known need from rows without. Both kinds weigh the same, so
    that it tells them apart best; how many there are to be is said afterwards."""
    shift, scale = seen.mean(axis=0), seen.std(axis=0) + 1e-9
    rows = np.hstack([(seen - shift) / scale, np.ones((len(seen), 1))])
    share = np.where(known, 0.5 / known.mean(), 0.5 / (1 - known.mean()))
    found = np.zeros(rows.shape[1])
    ridge = np.diag([HELD_BACK] * (rows.shape[1] - 1) + [1e-6])
    for _ in range(STEPS):
        odds = logistic(rows @ found)
        slope = rows.T @ (share * (odds - known)) + ridge @ found
        bend = (rows * (share * odds * (1 - odds))[:, None]).T @ rows + ridge
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < 1e-9:
            break
    return Gate(shift, scale, found[:-1], float(found[-1] + np.log(KNOWN / (1 - KNOWN))))


def passing(seen: Floats, by: Gate) -> Floats:
    """How likely each row has a known need."""
    return logistic((seen - by.shift) / by.scale @ by.weights + by.bias)
