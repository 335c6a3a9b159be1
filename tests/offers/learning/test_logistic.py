"""Does one outcome at a time teach the truth, stay bounded, and tell its reasons exactly?"""

from __future__ import annotations

import math
import random

import pytest

from offers.learning.logistic import (
    INTERCEPT,
    MOST_FEATURES,
    Logistic,
    NotAModel,
    Settings,
    digest_of,
    expit,
    log_odds,
)

TRUE = {"wants a saver": 1.5, "has debts": -1.0, "years": 0.4}


def outcomes(
    count: int, seed: int = 3, weights: dict[str, float] = TRUE
) -> list[tuple[dict[str, float], float]]:
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        features = {
            "wants a saver": float(chance.random() < 0.4),
            "has debts": float(chance.random() < 0.3),
            "years": chance.gauss(0, 1),
        }
        logit = -0.5 + sum(weights[name] * value for name, value in features.items())
        rows.append((features, float(chance.random() < expit(logit))))
    return rows


def taught(count: int, *, settings: Settings | None = None, seed: int = 3) -> Logistic:
    model = Logistic(settings)
    for features, outcome in outcomes(count, seed):
        model.learn(features, outcome)
    return model


def test_it_finds_the_weights_that_made_the_outcomes() -> None:
    model = taught(8_000, settings=Settings(doubt=1.0, forgetting=0.0))
    for name, weight in TRUE.items():
        place = model.names[name]
        spread = math.sqrt(model.doubts[place, place])
        assert abs(model.weights[place] - weight) < 4 * spread
    assert model.weights[model.names[INTERCEPT]] == pytest.approx(-0.5, abs=0.15)


def test_its_chances_come_true() -> None:
    model = taught(5_000, settings=Settings(doubt=1.0, forgetting=0.0))
    rows = outcomes(4_000, seed=9)
    expected = sum(model.probability(features) for features, _ in rows) / len(rows)
    came = sum(outcome for _, outcome in rows) / len(rows)
    assert expected == pytest.approx(came, abs=0.03)


def test_contributions_and_intercept_add_up_to_the_log_odds() -> None:
    model = taught(500)
    for features, _ in outcomes(200, seed=5):
        told = model.told(features, offset=log_odds(0.2))
        parts = told.intercept + sum(part.amount for part in told.contributions)
        assert parts == pytest.approx(told.logit, abs=1e-9)
        assert told.probability == expit(told.logit)


def test_a_name_never_seen_says_nothing() -> None:
    told = taught(10).told({"a new name": 1.0})
    assert told.contributions == ()


def test_forgetting_is_bounded_by_the_doubt_of_the_beginning() -> None:
    model = Logistic(Settings(doubt=0.5, forgetting=0.05))
    for features, outcome in outcomes(3_000):
        model.learn(features, outcome)
    for name, place in model.names.items():
        assert 0 < model.doubts[place, place] <= model.priors.get(name, (0, 0.5))[1] + 1e-12


def test_it_follows_a_world_that_turns_round() -> None:
    model = taught(3_000, settings=Settings(doubt=0.5, forgetting=0.002))
    turned = {name: -weight for name, weight in TRUE.items()}
    for features, outcome in outcomes(3_000, seed=6, weights=turned):
        model.learn(features, outcome)
    assert model.weights[model.names["wants a saver"]] < -0.5


def test_a_prior_is_where_it_starts() -> None:
    model = Logistic(priors={"match": (2.0, 1.0)})
    assert model.logit({"match": 0.25}) == 0.5


def test_the_same_outcomes_give_the_same_bits() -> None:
    assert taught(400).arrays() == taught(400).arrays()


def test_what_was_stored_goes_on_with_the_same_bits() -> None:
    model = taught(300)
    again = Logistic.restored(model.described(), model.arrays())
    for features, outcome in outcomes(200, seed=8):
        assert model.learn(features, outcome) == again.learn(features, outcome)
    assert model.arrays() == again.arrays()


def test_arrays_that_do_not_fit_are_refused() -> None:
    model = taught(20)
    with pytest.raises(NotAModel, match="do not fit"):
        Logistic.restored(model.described(), model.arrays()[:-8])
    with pytest.raises(NotAModel, match="do not fit"):
        Logistic.restored(model.described(), b"\xff" * len(model.arrays()))


def test_the_hash_covers_names_and_arrays() -> None:
    model = taught(20)
    described, arrays = model.described(), model.arrays()
    digest = digest_of(described, arrays)
    assert digest != digest_of({**described, "learned": 21}, arrays)
    assert digest != digest_of(described, arrays[:-1] + b"\x01")


def test_only_so_many_names_are_taken_up() -> None:
    model = Logistic()
    model.learn({f"name {n}": 1.0 for n in range(MOST_FEATURES + 5)}, 1.0)
    assert len(model.names) == MOST_FEATURES
    assert model.left_out == 6  # the intercept has a place too


def test_half_a_reward_moves_half_as_far() -> None:
    whole, half = Logistic(), Logistic()
    whole.learn({"x": 1.0}, 1.0)
    half.learn({"x": 1.0}, 1.0, weight=0.5)
    moved = half.weights[half.names["x"]] / whole.weights[whole.names["x"]]
    assert 0.4 < moved < 0.7


def test_even_a_sure_guess_can_be_wrong_without_breaking() -> None:
    model = Logistic(Settings(doubt=10.0))
    for _ in range(500):
        model.learn({"x": 5.0}, 1.0)
    model.learn({"x": 5.0}, 0.0)
    assert math.isfinite(model.logit({"x": 5.0}))
