"""Are the figures of a score what their names say?"""

from __future__ import annotations

import numpy as np
import pytest

from offers.learning.measuring import auc, calibration, lift, quality


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    scores = np.array([0.1, 0.4, 0.4, 0.8, 0.5])
    outcomes = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    pairs = [
        (good > bad) + (good == bad) / 2
        for good in scores[outcomes > 0]
        for bad in scores[outcomes == 0]
    ]
    assert auc(scores, outcomes) == pytest.approx(np.mean(pairs))


def test_an_area_is_unknown_where_all_outcomes_are_alike() -> None:
    assert auc(np.array([0.1, 0.2]), np.array([1.0, 1.0])) is None


def test_a_score_that_only_knows_good_times_is_worth_half_within_them() -> None:
    outcomes = np.array([0, 0, 0, 1, 1, 1, 1, 0], dtype=float)
    scores = np.array([0.2] * 4 + [0.8] * 4)
    found = quality(scores, outcomes, ["may"] * 4 + ["june"] * 4)
    assert found.auc == pytest.approx(0.75)
    assert found.within_auc == 0.5


def test_a_month_of_another_year_is_another_period() -> None:
    outcomes = np.array([0, 1, 1, 0, 1, 0], dtype=float)
    scores = np.array([0.1, 0.2, 0.5, 0.4, 0.9, 0.8])
    once = quality(scores, outcomes, ["may", "may", "june", "june", "may", "may"])
    assert once.within_auc == 1.0


def test_lift_is_the_success_of_the_best_tenth_over_all() -> None:
    scores = np.linspace(1, 0, 20)
    outcomes = np.zeros(20)
    outcomes[[0, 1, 10, 12]] = 1
    assert lift(scores, outcomes) == pytest.approx(5.0)
    assert quality(scores, outcomes, [0] * 20).best_half == 0.5


def test_calibration_is_nought_for_a_true_score_and_told_for_a_false_one() -> None:
    outcomes = np.array([1, 0] * 50, dtype=float)
    assert calibration(np.full(100, 0.5), outcomes) == pytest.approx(0.0)
    assert calibration(np.full(100, 0.8), outcomes) == pytest.approx(0.3)


def test_nothing_is_claimed_where_nobody_bought() -> None:
    found = quality(np.array([0.1, 0.2]), np.zeros(2), [0, 0])
    assert (found.auc, found.lift, found.best_half, found.within_auc) == (None, None, None, None)
    assert found.told()["rows"] == 2
