"""Is the chance to help exact, bounded, told in words, and the same wherever it is replayed?"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from offers.learning.features import SOURCES, WORDS, in_words
from offers.learning.helping import LEAST, SPAN, Helping
from offers.matching import Match
from products.vocabulary import FACTS

LEARNED: dict[str, Any] = {
    "is_control": False,
    "general": "-1.386294",
    "intercept": "0.050000",
    "customer": {"channel=chat": "0.310000", "tenure=under 2": "-0.120000"},
    "weights": {"match": "1.900000", "expressed": "0.250000", "need=better-return": "0.400000"},
    "doubts": {"match": "0.100000", "expressed": "0.020000"},
    "products": {"saver-plus": ["-0.900000", "0.080000"]},
}
NEED: dict[str, Any] = {"type": "better-return", "id": 1}


def match(weight: str, *, now: bool = True, need: dict[str, Any] | None = NEED) -> Match:
    return Match(Decimal(weight), Decimal(weight), Decimal(1), need, "", now)


def test_the_parts_add_up_exactly() -> None:
    helping = Helping(LEARNED)
    told = helping.told("saver-plus", match("0.86"))
    parts = sum(Decimal(part["amount"]) for part in told["contributions"])
    assert Decimal(told["intercept"]) + parts == Decimal(told["logit"])
    chance = 1 / (1 + math.exp(-float(told["logit"])))
    assert Decimal(told["chance"]) == round(Decimal(chance), 4)
    assert helping.helped("saver-plus", match("0.86")).chance == pytest.approx(chance, abs=1e-12)


def test_parts_are_told_in_words_the_weightiest_first() -> None:
    told = Helping(LEARNED).told("saver-plus", match("0.86"))
    assert [part["words"] for part in told["contributions"]] == [
        "how well it answers the need",
        "the need is better return",
        "in touch by chat",
        "the need was said in this contact",
        "with us under 2 years",
    ]


@pytest.mark.parametrize("recent", ["-30", "-1.386294", "30"])
def test_the_factor_is_bounded_whatever_was_learned(recent: str) -> None:
    learned = {**LEARNED, "products": {"saver-plus": [recent, "0.1"]}}
    factor = Helping(learned).helped("saver-plus", match("1.00")).factor
    assert LEAST <= factor <= LEAST + SPAN


def test_the_usual_chance_changes_nothing() -> None:
    learned = {**LEARNED, "intercept": "0", "customer": {}, "weights": {}, "products": {}}
    assert Helping(learned).helped("unknown", match("0.80")).factor == 1


def test_controls_are_ranked_without_it() -> None:
    assert Helping.of({"learned": {**LEARNED, "is_control": True}}) is None
    assert Helping.of({}) is None
    assert Helping.of({"learned": LEARNED}) is not None


def test_a_weight_that_was_never_learned_says_nothing() -> None:
    other = match("0.86", need={"type": "a-home", "id": 2})
    words = [part["words"] for part in Helping(LEARNED).told("saver-plus", other)["contributions"]]
    assert "the need is a home" not in words


def test_less_is_known_of_a_product_without_outcomes() -> None:
    helping = Helping(LEARNED)
    known, unknown = (helping.doubt(code, match("0.86")) for code in ("saver-plus", "new"))
    assert unknown > known > 0


def test_features_are_made_of_registered_facts_only() -> None:
    assert {fact for fact in SOURCES.values() if fact} <= FACTS.keys()
    assert SOURCES.keys() == WORDS.keys()


def test_every_kind_of_feature_has_words() -> None:
    assert in_words("holds=current-account") == "has current account"
    assert in_words("broken_promise") == "had a promise broken"


def test_the_weightiest_parts_fit_in_one_line() -> None:
    told = Helping(LEARNED).in_a_line("saver-plus", match("0.86"))
    assert told == (
        "chance to help 66% by what was learned: how well it answers the need +0.68, "
        "the need is better return +0.40, in touch by chat +0.31"
    )
