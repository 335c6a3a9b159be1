"""Do the estimators find a truth that is known, and refuse what they cannot know?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from offers.learning.estimating import NotALog, estimate

ARMS = 3
KINDS = 120  # so many that the best arm of each is found by luck as often as by truth


class Simulated:
    """A log of a random policy over three arms whose rewards depend on the kind of context."""

    def __init__(self, count: int, rates: list[list[float]], seed: int = 1) -> None:
        chance = np.random.default_rng(seed)
        self.rates = np.array(rates)
        self.kind = chance.integers(len(rates), size=count)
        self.logging = np.full((count, ARMS), 1 / ARMS)
        self.shown = chance.integers(ARMS, size=count)
        self.rewards = (chance.random(count) < self.rates[self.kind, self.shown]).astype(float)
        self.logged = np.full(count, 1 / ARMS)

    def chances(self, arm_of_kind: list[int]) -> Any:
        """The chance of a fixed choice to show what was shown."""
        return (np.array(arm_of_kind)[self.kind] == self.shown).astype(float)

    def truth(self, arm_of_kind: list[int]) -> float:
        return float(np.mean([self.rates[kind, arm] for kind, arm in enumerate(arm_of_kind)]))

    def expected(self, arm_of_kind: list[int]) -> Any:
        return self.rates[self.kind, np.array(arm_of_kind)[self.kind]]


# Visits without mail, after one kind of mail and after another, as in a mailing of three arms.
ALIKE = [[0.106, 0.151, 0.183], [0.106, 0.151, 0.183]]
CROSSED = [[0.10, 0.30, 0.20], [0.10, 0.15, 0.30]]


def test_each_estimator_finds_the_truth_within_its_interval() -> None:
    log = Simulated(30_000, CROSSED)
    policy = [1, 2]
    found = estimate(
        log.rewards,
        log.logged,
        log.chances(policy),
        expected_shown=log.rates[log.kind, log.shown] + 0.05,  # a model that is wrong
        expected_target=log.expected(policy) + 0.05,
    )
    assert found.doubly_robust is not None
    for interval in (found.weighted, found.self_normalised, found.doubly_robust):
        assert interval.low < log.truth(policy) < interval.high
    assert not found.is_refused


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        log = Simulated(1_500, CROSSED, seed=seed)
        found = estimate(
            log.rewards, log.logged, log.chances([1, 2]), rounds=200, least_effective=1
        )
        held += found.self_normalised.low <= log.truth([1, 2]) <= found.self_normalised.high
    assert 50 <= held <= 60


def test_the_doubly_robust_interval_is_narrower_where_its_model_knows_something() -> None:
    log = Simulated(8_000, [[0.05, 0.9, 0.2], [0.05, 0.2, 0.3]])
    policy = [1, 2]
    found = estimate(
        log.rewards,
        log.logged,
        log.chances(policy),
        expected_shown=log.rates[log.kind, log.shown],
        expected_target=log.expected(policy),
    )
    assert found.doubly_robust is not None
    width = found.doubly_robust.high - found.doubly_robust.low
    assert width < found.self_normalised.high - found.self_normalised.low


def test_a_fixed_arm_against_chance_is_released() -> None:
    """The verdict "yes": one arm is better than showing any."""
    log = Simulated(32_000, ALIKE)
    found = estimate(log.rewards, log.logged, log.chances([2, 2]))
    assert not found.is_refused
    assert found.gain.low > 0


def test_a_contextual_policy_without_truth_behind_it_is_no_false_win() -> None:
    """The verdict "no evidence": the context tells nothing, the policy follows it all the same."""
    refused = 0
    for seed in range(5):
        log = Simulated(64_000, ALIKE[:1] * KINDS, seed=seed)
        half = np.arange(len(log.rewards)) % 2 == 0
        learned = [
            int(
                np.argmax(
                    [
                        log.rewards[half & (log.kind == kind) & (log.shown == arm)].mean()
                        for arm in range(ARMS)
                    ]
                )
            )
            for kind in range(KINDS)
        ]
        test = ~half
        found = estimate(
            log.rewards[test],
            log.logged[test],
            log.chances(learned)[test],
            present_propensities=log.chances([2] * KINDS)[test],
        )
        refused += found.is_refused
        assert learned != [2] * KINDS
    assert refused == 5


def test_too_small_an_effective_sample_is_refused_however_good_it_looks() -> None:
    log = Simulated(2_000, [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    found = estimate(log.rewards, log.logged, log.chances([2, 2]))
    assert found.is_refused
    assert "are needed" in found.because
    assert found.effective_sample == (log.shown == 2).sum()


def test_effective_sample_and_largest_weight_are_kishs() -> None:
    found = estimate([1, 0, 1, 0], [0.5, 0.5, 0.1, 0.5], [0.5, 0.5, 1.0, 0.0])
    weights = np.array([1, 1, 10, 0])
    assert found.effective_sample == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert found.largest_weight == 10
    assert found.weighted.value == pytest.approx(11 / 4)
    assert found.self_normalised.value == pytest.approx(11 / 12)


def test_the_same_seed_gives_the_same_interval() -> None:
    log = Simulated(1_000, CROSSED)
    once = estimate(log.rewards, log.logged, log.chances([1, 2]), rounds=50, seed=4)
    again = estimate(log.rewards, log.logged, log.chances([1, 2]), rounds=50, seed=4)
    assert once == again


def test_a_policy_that_never_shows_what_was_shown_is_refused() -> None:
    found = estimate([1.0, 0.0], [0.5, 0.5], [0.0, 0.0], rounds=10)
    assert found.is_refused
    assert found.effective_sample == 0


@pytest.mark.parametrize(
    ("rewards", "logged", "target", "words"),
    [
        ([], [], [], "empty"),
        ([1], [0.0], [1.0], "propensity is 0"),
        ([1, 0], [0.5], [1.0, 1.0], "2 rewards but 1"),
        ([1], [0.5], [1.5], "between 0 and 1"),
        ([float("nan")], [0.5], [1.0], "finite"),
        (["x"], [0.5], [1.0], "not all numbers"),
    ],
)
def test_a_log_that_is_none_is_refused_in_words(
    rewards: Any, logged: Any, target: Any, words: str
) -> None:
    with pytest.raises(NotALog, match=words):
        estimate(rewards, logged, target)
