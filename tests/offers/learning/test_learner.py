"""Does what is learned from a stream of outcomes add up, follow the world, and replay?"""

from __future__ import annotations

import json
import random

import pytest

from offers.learning.features import learner, seen_of
from offers.learning.learner import EFFECTS, Effect, Learner, Seen
from offers.learning.logistic import NotAModel


def cases(count: int, seed: int = 2) -> list[tuple[Seen, Effect]]:
    """Those who asked by chat accept twice as often; one product is wanted more."""
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        channel = chance.choice(["voice", "chat"])
        product = chance.choice(["saver", "card"])
        match = chance.random() - 0.5
        likely = 0.2 + 0.2 * (channel == "chat") + 0.15 * (product == "saver") + 0.3 * match
        features = {"match": match, f"channel={channel}": 1.0}
        seen = Seen(features, (f"channel={channel}",), product)
        rows.append((seen, Effect(float(chance.random() < likely), 1.0)))
    return rows


def taught(count: int, seed: int = 2) -> Learner:
    model = learner()
    for seen, effect in cases(count, seed):
        model.learn(seen, effect)
    return model


def test_contributions_and_intercept_add_up_to_the_log_odds() -> None:
    model = taught(300)
    for seen, _ in cases(100, seed=7):
        told = model.told(seen)
        parts = told.intercept + sum(part.amount for part in told.contributions)
        assert parts == pytest.approx(told.logit, abs=1e-9)


def test_every_mark_stands_once_among_the_contributions() -> None:
    told = taught(50).told(Seen({"match": 0.2, "channel=chat": 1.0}, ("channel=chat",), "saver"))
    assert [part.name for part in told.contributions] == ["channel=chat", "match"]


def test_it_learns_what_matters() -> None:
    model = taught(1_500)
    assert model.weight("channel=chat") > model.weight("channel=voice")
    assert model.naive("saver") > model.naive("card")
    assert model.weight("match") > 0


def test_a_better_match_is_believed_to_be_wanted_more_before_any_outcome() -> None:
    model = learner()
    weak, strong = ({"match": value} for value in (-0.3, 0.3))
    assert model.probability(Seen(strong, ())) > model.probability(Seen(weak, ()))


def test_the_drift_term_follows_a_rate_that_falls() -> None:
    model = Learner(usual=0.2)
    for _ in range(100):
        model.learn(Seen({}, (), "saver"), EFFECTS["accepted"])
    high = model.naive("saver")
    for _ in range(100):
        model.learn(Seen({}, (), "saver"), EFFECTS["not_wanted"])
    assert high > 0.9
    assert model.naive("saver") < 0.35


def test_a_delayed_reward_teaches_without_moving_the_recent_rate() -> None:
    model = taught(50)
    rate = model.naive("saver")
    seen = seen_of({"match": "0.2", "channel=chat": "1"}, "saver")
    before = model.weight("channel=chat")
    model.learn(seen, EFFECTS["complaint"], is_answer=False)
    assert model.naive("saver") == rate
    assert model.weight("channel=chat") < before


def test_the_same_log_gives_the_same_bits_even_over_a_stop() -> None:
    whole, half = taught(200), learner()
    rows = cases(200)
    for seen, effect in rows[:90]:
        half.learn(seen, effect)
    kept = json.loads(json.dumps(half.described()))
    again = Learner.restored(kept, half.arrays())
    for seen, effect in rows[90:]:
        again.learn(seen, effect)
    assert again.arrays() == whole.arrays()
    assert again.described() == whole.described()


def test_arrays_cut_short_are_refused() -> None:
    model = taught(20)
    with pytest.raises(NotAModel, match="do not fit"):
        Learner.restored(model.described(), model.arrays()[:40])


def test_what_it_says_before_an_outcome_does_not_know_the_outcome() -> None:
    seen = Seen({"match": 0.1}, ())
    told = {taught(30).learn(seen, EFFECTS[kind]) for kind in ("accepted", "not_wanted")}
    assert len(told) == 1
