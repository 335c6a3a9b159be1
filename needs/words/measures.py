"""How good are suggestions? The measures of the field, each with where it comes from."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words.calibrating import Floats

BINS: Final = 15  # of the calibration error: Guo et al., ICML 2017
PRECISE: Final = 0.98
IN_SCOPE: Final = 0.95  # accuracy that rejecting may not fall below: Larson et al., EMNLP 2019


class Answers(NamedTuple):
    """What was said of texts, and what was right: -1 is none of the needs.

    `shares` is (texts, needs), rows adding up to 1; `passing` how likely a text has a need at all.
    """

    shares: Floats
    passing: Floats
    right: NDArray[np.int64]

    def inside(self) -> Answers:
        """Only the texts that have a need."""
        kept = self.right >= 0
        return Answers(self.shares[kept], self.passing[kept], self.right[kept])


def accuracy(answers: Answers) -> float:
    """Share of texts whose likeliest need is right."""
    return float((answers.shares.argmax(axis=1) == answers.right).mean())


def macro_f1(answers: Answers) -> float:
    """Mean over the needs that occur of 2 TP / (2 TP + FP + FN)."""
    said = answers.shares.argmax(axis=1)
    found = []
    for need in np.unique(answers.right):
        both = np.sum((said == need) & (answers.right == need))
        found.append(2 * both / (np.sum(said == need) + np.sum(answers.right == need)))
    return float(np.mean(found))


def among_first(answers: Answers, count: int) -> float:
    """Share of texts whose need is among the likeliest `count`."""
    first = np.argsort(-answers.shares, axis=1, kind="stable")[:, :count]
    return float((first == answers.right[:, None]).any(axis=1).mean())


def calibration_error(answers: Answers) -> float:
    """Expected calibration error: gap of confidence and accuracy, over 15 bins of one width."""
    sure = answers.shares.max(axis=1)
    good = answers.shares.argmax(axis=1) == answers.right
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        abs(sure[bins == one].mean() - good[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    ]
    return float(np.sum(gaps))


def coverage(answers: Answers, precision: float = PRECISE) -> float:
    """The greatest share of texts, surest first, of which that share is right."""
    order = np.argsort(-answers.shares.max(axis=1), kind="stable")
    good = (answers.shares.argmax(axis=1) == answers.right)[order]
    enough = np.flatnonzero(np.cumsum(good) / np.arange(1, len(good) + 1) >= precision)
    return float((enough[-1] + 1) / len(good)) if len(enough) else 0.0


def separation(answers: Answers) -> float:
    """AUROC: how often a text with a need passes before one without (ties count half)."""
    inside = answers.right >= 0
    _, rank, size = np.unique(answers.passing, return_inverse=True, return_counts=True)
    middle = np.cumsum(size) - (size - 1) / 2
    ones, zeros = int(inside.sum()), int((~inside).sum())
    return float((middle[rank][inside].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def rejected_at(answers: Answers, floor: float = IN_SCOPE) -> float | None:
    """The most out-of-scope texts rejected by one threshold on `passing` that leaves the share of
    in-scope texts that pass and are right at `floor`; none where no threshold does."""
    inside = answers.inside()
    good = inside.shares.argmax(axis=1) == inside.right
    needed = int(np.ceil(floor * len(good) - 1e-9))
    if good.sum() < needed:
        return None
    threshold = np.sort(inside.passing[good])[::-1][needed - 1]
    return float((answers.passing[answers.right < 0] < threshold).mean())


def rejecting(answers: Answers, threshold: float) -> tuple[float, float]:
    """In-scope accuracy and out-of-scope recall where what passes less than that is rejected."""
    inside = answers.inside()
    good = (inside.shares.argmax(axis=1) == inside.right) & (inside.passing >= threshold)
    return float(good.mean()), float((answers.passing[answers.right < 0] < threshold).mean())
