"""Is little tried, only near the best, never with the vulnerable, and with a known chance?"""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest

from offers.learning.exploring import (
    Spread,
    chance_of,
    is_in_share,
    may_explore,
    seed_of,
    tried,
)

NEAR = [Spread("a", 0.0, 0.05), Spread("b", -0.03, 0.08), Spread("c", -0.06, 0.04)]


def seeds(count: int) -> list[str]:
    return [seed_of("salt", number) for number in range(count)]


def test_the_chances_of_all_orders_add_up_to_one() -> None:
    total = sum(chance_of(order) for order in permutations(NEAR))
    assert total == pytest.approx(1, abs=1e-4)


def test_logged_chances_are_how_often_the_orders_come() -> None:
    count, share = 6_000, 0.5
    came = Counter(tuple(tried(NEAR, seed=seed, share=share).order) for seed in seeds(count))
    for order, times in came.items():
        chance = share * chance_of([NEAR[place] for place in order])
        chance += (1 - share) * (order == (0, 1, 2))
        spread = (chance * (1 - chance) / count) ** 0.5
        assert abs(times / count - chance) < 4 * spread + 1e-3


def test_the_chance_is_that_of_the_order_shown() -> None:
    for seed in seeds(200):
        found = tried(NEAR, seed=seed, share=0.5)
        chance = 0.5 * chance_of([NEAR[place] for place in found.order])
        assert found.chance == pytest.approx(chance + 0.5 * (found.order == [0, 1, 2]))


def test_no_more_than_the_share_is_explored() -> None:
    explored = sum(tried(NEAR, seed=seed, share=0.05).was_explored for seed in seeds(4_000))
    assert 140 <= explored <= 260  # 200 expected, spread 14


def test_the_same_seed_tries_the_same() -> None:
    [seed] = seeds(1)
    assert tried(NEAR, seed=seed, share=1.0) == tried(NEAR, seed=seed, share=1.0)


def test_with_one_offer_or_no_share_nothing_is_tried() -> None:
    for offers, share in ((NEAR[:1], 1.0), ([], 1.0), (NEAR, 0.0)):
        found = tried(offers, seed="x", share=share)
        assert (found.order, found.was_explored, found.chance) == (
            list(range(len(offers))),
            False,
            1.0,
        )


@pytest.mark.parametrize(
    ("facts", "intent", "contact", "may"),
    [
        ({}, "cancel", 1, True),
        ({"is_vulnerable": True}, "cancel", 1, False),
        ({"has_open_complaint": True}, "cancel", 1, False),
        ({}, "complaint", 1, False),
        ({}, "cancel", None, False),
    ],
)
def test_nothing_is_tried_on_the_vulnerable_or_complaining(
    facts: dict[str, bool], intent: str, contact: int | None, may: bool
) -> None:
    known = {"is_vulnerable": False, "has_open_complaint": False} | facts
    inputs = {"facts": known, "contact": {"intent": intent}, "interaction": contact}
    assert may_explore(inputs) is may


def test_a_control_stays_one() -> None:
    controls = [customer for customer in range(2_000) if _is_control(customer)]
    assert controls == [customer for customer in range(2_000) if _is_control(customer)]
    assert 60 <= len(controls) <= 140


def _is_control(customer: int) -> bool:
    return is_in_share(seed_of("salt", customer), "control", 0.05)
