"""How good is a score of the chance to help: does it rank, within its time too, and is it true?

Areas under the ROC curve are Mann and Whitney's, ties counted half. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
BEST = 0.1  # share of the best scored whose success is compared with all


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one score over one stretch; None where they cannot be known.

    `within` are means over the periods that had both outcomes, weighted by their rows: a score
    that only knows which times are good is worth 0.5 there. `lift` and `within_lift`: success
    among the tenth scored best over the success of all. `best_half`: share of all successes in
    the half scored best. `calibration` is the expected error over ten bins of equal count.
    """

    rows: int
    rate: float
    auc: float | None
    within_auc: float | None
    lift: float | None
    within_lift: float | None
    best_half: float | None
    brier: float
    calibration: float

    def told(self) -> dict[str, Any]:
        return {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def quality(scores: Floats, outcomes: Floats, periods: Sequence[Any]) -> Quality:
    """`scores` in 0 to 1, `outcomes` 0 or 1, `periods` the stretch each row belongs to."""
    within = [
        (auc(scores[rows], outcomes[rows]), lift(scores[rows], outcomes[rows]), len(rows))
        for rows in _stretches(periods)
    ]
    mixed = [(area, raised, rows) for area, raised, rows in within if area is not None]
    sizes = [rows for _, _, rows in mixed]
    return Quality(
        rows=len(scores),
        rate=float(outcomes.mean()),
        auc=auc(scores, outcomes),
        within_auc=_mean([area for area, _, _ in mixed], sizes),
        lift=lift(scores, outcomes),
        within_lift=_mean([raised for _, raised, _ in mixed], sizes),
        best_half=_best_half(scores, outcomes),
        brier=float(np.mean((scores - outcomes) ** 2)),
        calibration=calibration(scores, outcomes),
    )


def auc(scores: Floats, outcomes: Floats) -> float | None:
    """The chance that a success scores above a failure; None when one of both is missing."""
    good = int(outcomes.sum())
    bad = len(outcomes) - good
    if not good or not bad:
        return None
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[outcomes > 0].sum() - good * (good + 1) / 2) / (good * bad))


def lift(scores: Floats, outcomes: Floats) -> float | None:
    """Success among the tenth scored best over that of all; ties in the order they came."""
    rate = outcomes.mean()
    if not rate:
        return None
    best = np.argsort(-scores, kind="stable")[: max(1, round(len(scores) * BEST))]
    return float(outcomes[best].mean() / rate)


def calibration(scores: Floats, outcomes: Floats) -> float:
    """Expected calibration error over bins of equal count."""
    order = np.argsort(scores, kind="stable")
    bins = [rows for rows in np.array_split(order, BINS) if len(rows)]
    gaps = [abs(scores[rows].mean() - outcomes[rows].mean()) * len(rows) for rows in bins]
    return float(sum(gaps) / len(scores))


def _best_half(scores: Floats, outcomes: Floats) -> float | None:
    if not outcomes.sum():
        return None
    best = np.argsort(-scores, kind="stable")[: len(scores) // 2]
    return float(outcomes[best].sum() / outcomes.sum())


def _stretches(periods: Sequence[Any]) -> Iterator[NDArray[np.intp]]:
    """Rows of every run of one period; a name that comes again later is another period."""
    start = 0
    for place in range(1, len(periods) + 1):
        if place == len(periods) or periods[place] != periods[start]:
            yield np.arange(start, place)
            start = place


def _mean(values: Sequence[float | None], sizes: Sequence[int]) -> float | None:
    known = [(value, size) for value, size in zip(values, sizes, strict=True) if value is not None]
    total = sum(size for _, size in known)
    return sum(value * size for value, size in known) / total if total else None
