"""Is an alarm raised when what was learned is worse than the naive score or untrue, only then?"""

from __future__ import annotations

from typing import Any

from offers.learning.guarding import PERIOD, Answered, figures_of, wrong_with


def period(**figures: float) -> dict[str, Any]:
    return {
        "answers": 250,
        "rate": 0.3,
        "expected_rate": 0.31,
        "learned_auc": 0.65,
        "naive_auc": 0.6,
    } | figures


def test_two_periods_worse_than_the_naive_score_raise_an_alarm() -> None:
    worse = period(learned_auc=0.55)
    wrong = wrong_with([worse, worse])
    assert wrong is not None
    assert wrong.kind == "worse"
    assert "0.55 against 0.6" in wrong.told


def test_one_unlucky_period_raises_none() -> None:
    assert wrong_with([period(learned_auc=0.55), period()]) is None
    assert wrong_with([period(learned_auc=0.55)]) is None


def test_chances_that_come_true_no_longer_raise_an_alarm() -> None:
    untrue = period(expected_rate=0.5)
    wrong = wrong_with([untrue, untrue])
    assert wrong is not None
    assert wrong.kind == "drifted"


def test_all_is_well_while_both_hold() -> None:
    assert wrong_with([period(), period(), period(learned_auc=0.1)]) is None


def test_periods_without_both_outcomes_prove_nothing() -> None:
    unknown = period() | {"learned_auc": None, "naive_auc": None}
    assert wrong_with([unknown, unknown]) is None


def test_figures_are_of_both_scores() -> None:
    answers = [Answered(float(n % 2), 0.8 if n % 2 else 0.2, 0.5) for n in range(PERIOD)]
    figures = figures_of(answers)
    assert (figures["learned_auc"], figures["naive_auc"]) == (1.0, 0.5)
    assert figures["learned_brier"] < figures["naive_brier"]
    assert figures["answers"] == PERIOD
