"""How far apart are two groups, and may it be chance?

Shares with Wilson's interval (1927), ratios of shares with Katz's (1978, on logarithms, half a
case added to each so that none divides by nothing), mean gaps by the normal law, areas under the
ROC curve with Hanley and McNeil's error (1982). All at 95 %. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from offers.learning.measuring import Floats, auc

Z = 1.959963984540054
FEWEST = 30  # cases on each side; below, nothing is said
LOWEST_RATIO = 0.8  # the four-fifths rule, 29 CFR 1607.4 D
LARGEST_GAP = 0.015  # 1.5 points between the chance that was told and what came


class Verdict(StrEnum):
    FEW = "few"
    EVEN = "even"
    WATCH = "watch"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds between which it lies in 95 of 100 such samples."""

    value: float
    low: float
    high: float


def share(hits: int, of: int) -> Interval | None:
    """Wilson's interval of a share in 0 to 1; None of nothing."""
    if not of:
        return None
    rate, weight = hits / of, 1 + Z * Z / of
    middle = (rate + Z * Z / (2 * of)) / weight
    spread = Z / weight * math.sqrt(rate * (1 - rate) / of + Z * Z / (4 * of * of))
    return Interval(
        rate, max(0.0, min(rate, middle - spread)), min(1.0, max(rate, middle + spread))
    )


def ratio(hits: int, of: int, other_hits: int, other_of: int) -> Interval | None:
    """A group's share over that of all others; None where either side is empty."""
    if not of or not other_of:
        return None
    ours, theirs = (hits + 0.5) / (of + 0.5), (other_hits + 0.5) / (other_of + 0.5)
    error = math.sqrt(
        max(
            0.0,
            1 / (hits + 0.5) - 1 / (of + 0.5) + 1 / (other_hits + 0.5) - 1 / (other_of + 0.5),
        )
    )
    plain = (hits / of) / (other_hits / other_of) if other_hits else ours / theirs
    middle = math.log(ours / theirs)
    low, high = math.exp(middle - Z * error), math.exp(middle + Z * error)
    return Interval(plain, min(plain, low), max(plain, high))


def gap(expected: Floats, came: Floats) -> Interval | None:
    """Mean of the chances told less the share that came, in 0 to 1."""
    if len(came) < 2:
        return None
    differences = expected - came
    middle = float(differences.mean())
    error = Z * float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return Interval(middle, middle - error, middle + error)


def ranking(expected: Floats, came: Floats) -> Interval | None:
    """The area under the ROC curve of the chances told; None when all came out the same."""
    area = auc(expected, came)
    if area is None:
        return None
    good = int(np.sum(came))
    bad = len(came) - good
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    variance = area * (1 - area) + (good - 1) * (first - area**2) + (bad - 1) * (second - area**2)
    error = Z * math.sqrt(max(variance, 0.0) / (good * bad))
    return Interval(area, max(0.0, area - error), min(1.0, area + error))


def of_ratio(found: Interval | None, *, cases: int, others: int) -> Verdict:
    """Whether a group gets less than four fifths of what the others get."""
    if found is None or min(cases, others) < FEWEST:
        return Verdict.FEW
    if found.value >= LOWEST_RATIO:
        return Verdict.EVEN
    return Verdict.ALERT if found.high < 1 else Verdict.WATCH


def of_gap(found: Interval | None, *, cases: int) -> Verdict:
    """Whether the chances told of a group are wrong by more than a point and a half."""
    if found is None or cases < FEWEST:
        return Verdict.FEW
    if abs(found.value) <= LARGEST_GAP:
        return Verdict.EVEN
    return Verdict.WATCH if found.low <= 0 <= found.high else Verdict.ALERT
