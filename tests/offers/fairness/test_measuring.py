"""Figures against published ones and against logs with a known truth; no database."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.fairness.measuring import (
    FEWEST,
    Interval,
    Verdict,
    gap,
    of_gap,
    of_ratio,
    ranking,
    ratio,
    share,
)


def test_wilsons_interval_is_that_of_the_literature() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81 of 263, 15 of 148, 0 of 20
    for hits, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ):
        found = share(hits, of)
        assert found is not None
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert share(0, 0) is None


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_share_lies_within_its_interval(hits: int, of: int) -> None:
    found = share(min(hits, of), of)
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_a_ratio_is_known_where_both_sides_have_cases(a: int, of: int, b: int, other: int) -> None:
    found = ratio(min(a, of), of, min(b, other), other)
    if not of or not other:
        assert found is None
    else:
        assert found is not None
        assert 0 <= found.low <= found.value <= found.high


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    ours, theirs = random.binomial(300, 0.24, 2_000), random.binomial(700, 0.30, 2_000)
    found = [ratio(int(a), 300, int(b), 700) for a, b in zip(ours, theirs, strict=True)]
    held = np.mean([one.low <= 0.8 <= one.high for one in found if one])
    assert 0.93 <= held <= 0.97


def test_a_gap_and_a_ranking_find_what_was_put_in() -> None:
    random = np.random.default_rng(3)
    true = random.uniform(0.1, 0.6, 6_000)
    came = (random.uniform(size=6_000) < true).astype(np.float64)
    told = gap(true + 0.04, came)
    assert told is not None
    assert told.low <= 0.04 <= told.high
    assert of_gap(told, cases=6_000) == Verdict.ALERT
    assert of_gap(gap(true, came), cases=6_000) == Verdict.EVEN
    ranked = ranking(true, came)
    assert ranked is not None
    assert 0.6 < ranked.low < ranked.value < ranked.high < 0.75
    assert ranking(true[:5], np.zeros(5)) is None
    assert gap(true[:1], came[:1]) is None


@pytest.mark.parametrize(
    ("found", "cases", "verdict"),
    [
        (Interval(0.7, 0.6, 0.9), 200, Verdict.ALERT),
        (Interval(0.7, 0.4, 1.2), 200, Verdict.WATCH),
        (Interval(0.81, 0.7, 0.9), 200, Verdict.EVEN),
        (Interval(0.1, 0.0, 0.2), FEWEST - 1, Verdict.FEW),
        (None, 0, Verdict.FEW),
    ],
)
def test_four_fifths_alerts_only_where_chance_does_not_explain_it(
    found: Interval | None, cases: int, verdict: Verdict
) -> None:
    assert of_ratio(found, cases=cases, others=500) == verdict
    assert of_ratio(found, cases=500, others=min(cases, FEWEST - 1)) == Verdict.FEW
