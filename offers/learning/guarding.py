"""Is what was learned still better than the recent rate alone, and are its chances true?

Pure. A period is a run of answers; two in a row must be worse before an alarm, so that one
unlucky stretch does not stop what works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from offers.learning.measuring import auc, calibration

PERIOD = 250  # answers
IN_A_ROW = 2
FAR = 3.0  # standard errors between the expected and the true rate
NEAR = 0.05  # a difference of rates that is let pass in any case


class Answered(NamedTuple):
    """One answer with what both scores had said before it."""

    outcome: float
    expected: float
    naive: float


class Wrong(NamedTuple):
    kind: str
    told: str


def figures_of(answers: Sequence[Answered]) -> dict[str, Any]:
    """How good both scores were over one period, as JSON keeps it."""
    table = np.array(answers, dtype=np.float64)
    outcomes, expected, naive = table.T
    return {
        "answers": len(answers),
        "rate": _rounded(outcomes.mean()),
        "expected_rate": _rounded(expected.mean()),
        "learned_auc": _rounded(auc(expected, outcomes)),
        "naive_auc": _rounded(auc(naive, outcomes)),
        "learned_brier": _rounded(np.mean((expected - outcomes) ** 2)),
        "naive_brier": _rounded(np.mean((naive - outcomes) ** 2)),
        "calibration": _rounded(calibration(expected, outcomes)),
    }


def wrong_with(periods: Sequence[Mapping[str, Any]]) -> Wrong | None:
    """What is wrong by the newest periods, given newest first; None while all is well."""
    newest = periods[:IN_A_ROW]
    if len(newest) < IN_A_ROW:
        return None
    if all(_is_worse(period) for period in newest):
        told = ", ".join(
            f"{period['learned_auc']} against {period['naive_auc']}" for period in newest
        )
        return Wrong(
            "worse", f"Within the last periods it ranked worse than the naive score: {told}."
        )
    if all(_is_untrue(period) for period in newest):
        told = ", ".join(
            f"{period['expected_rate']} said, {period['rate']} came" for period in newest
        )
        return Wrong("drifted", f"What it expects no longer comes true: {told}.")
    return None


def _is_worse(period: Mapping[str, Any]) -> bool:
    learned, naive = period["learned_auc"], period["naive_auc"]
    return learned is not None and naive is not None and learned < naive


def _is_untrue(period: Mapping[str, Any]) -> bool:
    rate, said = period["rate"], period["expected_rate"]
    spread = (said * (1 - said) / period["answers"]) ** 0.5
    return bool(abs(said - rate) > max(NEAR, FAR * spread))


def _rounded(number: Any) -> float | None:
    return None if number is None else round(float(number), 6)
