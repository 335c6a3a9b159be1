"""Does what was learned rank within its bounds, tell its parts, and replay bit for bit?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from offers.arbitration import ENGINE, canonical, decide, decide_for, replay
from offers.benching import population, situation_of
from offers.compiled import Catalogue
from offers.learning import sweeping
from offers.models import Decision, LearnedVersion, LearningPolicy, Reward
from tests.cast import Cast
from tests.offers.learning.conftest import NOON, in_need


@pytest.fixture
def taught(people: Cast) -> LearnedVersion:
    """Forty answers: by voice the saver is wanted."""
    Reward.objects.bulk_create(
        Reward(
            kind="accepted" if n % 4 else "not_wanted",
            happened_at=NOON,
            product_code="saver-plus",
            features={"match": "0.3", "channel=voice": "1", "need=better-return": "1"},
            propensity=1.0,
        )
        for n in range(40)
    )
    sweeping.learn_waiting()
    LearningPolicy.objects.update(control_share=0)
    return LearnedVersion.objects.get()


def decided(people: Cast, person: Customer | None = None) -> Decision:
    interaction = in_need(people, person or people.ada)
    return decide_for(customer=interaction.customer, interaction=interaction, by=people.sam)


def offer_in(decision: Decision) -> Any:
    return next(way for way in decision.results["ways"] if way["kind"] == "offer")


def test_without_anything_learned_lists_are_as_they_were(people: Cast) -> None:
    decision = decided(people)
    assert "learned" not in decision.inputs
    assert "exploring" not in decision.results
    assert [factor["name"] for factor in offer_in(decision)["factors"]] == [
        "need strength",
        "fit",
        "benefit",
        "lever",
    ]


def test_the_chance_to_help_is_one_factor_among_the_others(
    people: Cast, taught: LearnedVersion
) -> None:
    decision = decided(people)
    offer = offer_in(decision)
    assert decision.inputs["learned"]["version"] == taught.number
    factors = {factor["name"]: Decimal(factor["value"]) for factor in offer["factors"]}
    assert Decimal("0.75") <= factors["chance to help"] <= Decimal("1.25")
    product = Decimal(1)
    for value in factors.values():
        product *= value
    assert Decimal(offer["score"]) == pytest.approx(product, abs=Decimal("0.0002"))


def test_the_agent_reads_each_part_of_the_chance_in_words(
    people: Cast, taught: LearnedVersion
) -> None:
    helping = offer_in(decided(people))["helping"]
    parts = sum(Decimal(part["amount"]) for part in helping["contributions"])
    assert Decimal(helping["intercept"]) + parts == Decimal(helping["logit"])
    words = [part["words"] for part in helping["contributions"]]
    assert "in touch by voice" in words
    assert "the need is better return" in words


def test_decisions_with_what_was_learned_replay_after_it_has_changed(
    people: Cast, taught: LearnedVersion
) -> None:
    decision = decided(people)
    LearnedVersion.objects.all().delete()
    assert canonical(replay(decision)) == canonical(decision.results)


def test_decisions_of_an_older_engine_still_replay(people: Cast) -> None:
    decision = decided(people)
    old = {**decision.results, "engine": "stages-1"}
    decision.engine, decision.results = "stages-1", old
    assert canonical(replay(decision)) == canonical(old)
    assert ENGINE == "stages-3"


def test_a_control_is_ranked_without_it_and_says_so(people: Cast, taught: LearnedVersion) -> None:
    LearningPolicy.objects.update(control_share=0.5)
    learned = [decided(people, who).inputs["learned"] for who in (people.ada, people.cy)]
    again = [decided(people, who).inputs["learned"] for who in (people.ada, people.cy)]
    assert [one["is_control"] for one in learned] == [one["is_control"] for one in again]
    for who, one in zip((people.ada, people.cy), learned, strict=True):
        latest = Decision.objects.filter(customer=who).newest().first()
        assert latest is not None
        assert ("helping" in offer_in(latest)) is not one["is_control"]


def test_frozen_learning_ranks_nobody(people: Cast, taught: LearnedVersion) -> None:
    sweeping.freeze(by=people.max, because="Looks odd")
    assert "learned" not in decided(people).inputs


def test_within_a_contact_the_same_version_decides(people: Cast, taught: LearnedVersion) -> None:
    interaction = in_need(people, people.ada)
    first = decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    Reward.objects.create(
        kind="accepted",
        happened_at=NOON,
        product_code="saver-plus",
        features={"match": "0.1"},
        propensity=1.0,
    )
    sweeping.learn_waiting()
    assert decide_for(customer=people.ada, interaction=interaction, by=people.sam) == first
    assert decided(people, people.cy).inputs["learned"]["version"] == taught.number + 1


def test_nothing_is_tried_on_a_vulnerable_customer(people: Cast, taught: LearnedVersion) -> None:
    assert decided(people).inputs["learned"]["may_explore"] is True
    Customer.objects.filter(pk=people.cy.pk).update(vulnerable_since=NOON.date())
    people.cy.refresh_from_db()
    decision = decided(people, people.cy)
    assert decision.inputs["learned"]["may_explore"] is False


def test_what_was_learned_never_lifts_a_need_below_the_floor() -> None:
    catalogue = population(60)
    inputs = situation_of(catalogue) | {"learned": learned_for(catalogue, share="0")}
    for need in inputs["needs"]:
        need["strength"] = "0.15"
    results = decide(inputs, catalogue)
    assert [way for way in results["ways"] if way["kind"] == "offer"] == []


def test_what_was_learned_unlocks_nothing() -> None:
    catalogue = population(60)
    inputs = situation_of(catalogue)
    inputs["facts"]["has_open_complaint"] = True
    without = decide(inputs, catalogue)
    with_it = decide(inputs | {"learned": learned_for(catalogue, share="0.2")}, catalogue)
    assert keys(with_it) == keys(without)
    assert {one["product"] for one in with_it["locked"]} == {
        one["product"] for one in without["locked"]
    }


def test_exploring_changes_places_only_near_the_best_and_logs_its_chance() -> None:
    catalogue = population(300)
    explored = 0
    for n in range(60):
        inputs = situation_of(catalogue)
        inputs["contact"]["settled"] = {"by": "request", "words": "done"}
        calm = decide(inputs | {"learned": learned_for(catalogue, share="0", seed=n)}, catalogue)
        tried = decide(inputs | {"learned": learned_for(catalogue, share="1", seed=n)}, catalogue)
        told = tried["exploring"]
        assert 0 < Decimal(told["propensity"]) <= 1
        assert calm["exploring"]["propensity"] == "1.000000"
        assert set(offers_of(calm)) == set(offers_of(tried))
        moved = [
            code
            for code, other in zip(offers_of(calm), offers_of(tried), strict=True)
            if code != other
        ]
        assert set(moved) <= set(told["among"])
        explored += bool(moved)
    assert explored > 5


def test_an_offer_tried_in_anothers_place_says_so_and_its_score_adds_up() -> None:
    catalogue = population(300)
    for n in range(60):
        inputs = situation_of(catalogue) | {"learned": learned_for(catalogue, share="1", seed=n)}
        for way in decide(inputs, catalogue)["ways"]:
            if way["kind"] != "offer":
                continue
            product = Decimal(1)
            for factor in way["factors"]:
                product *= Decimal(factor["value"])
            assert Decimal(way["score"]) == pytest.approx(product, abs=Decimal("0.0005"))


def test_what_was_learned_costs_one_statement(people: Cast, taught: LearnedVersion) -> None:
    decided(people, people.cy)  # the version is read once a process
    interaction = in_need(people, people.ada)
    decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    with CaptureQueriesContext(connection) as told:
        decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    asked = [query["sql"] for query in told.captured_queries]
    assert sum(sql.startswith("EXECUTE offers_learnedversion") for sql in asked) == 1
    assert not any('"offers_learnedversion"."arrays"' in sql for sql in asked)


def learned_for(catalogue: Catalogue, *, share: str, seed: int = 0) -> dict[str, Any]:
    return {
        "version": 1,
        "digest": "",
        "is_control": False,
        "may_explore": True,
        "seed": f"seed-{seed}",
        "share": share,
        "distance": "0.100",
        "general": "-1.386294",
        "intercept": "0.000000",
        "customer": {},
        "weights": {"match": "2.000000"},
        "doubts": {"match": "0.500000"},
        "products": {one.code: ["-1.200000", "0.300000"] for one in catalogue.products[::2]},
    }


def keys(results: dict[str, Any]) -> list[str]:
    return [way["key"] for way in results["ways"]]


def offers_of(results: dict[str, Any]) -> list[str]:
    return [way["product"] for way in results["ways"] if way["kind"] == "offer"]
