"""Nobody is judged by what the law protects: it cannot become a fact, whatever it is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.learning.features import SOURCES, WORDS
from products.protected import PROTECTED, Protected, attribute_of, refuse
from products.vocabulary import FACTS, Fact, Kind

HIDDEN = (
    "gender", "is_female", "isFemale", "Sex", "age", "age_in_years", "AGE-BAND", "date_of_birth",
    "years_old", "ethnicity", "nationality", "religion", "faith_group", "marital_status",
    "number_of_children", "is_pregnant", "disability", "mental_health", "sexual_orientation",
    "political_party", "trade_union", "post_code", "postCode", "ZIP", "first_name", "maiden-name",
    "place_of_birth", "on_welfare", "gender2", "is__male__",
)  # fmt: skip
HARMLESS = (
    "mortgage", "usage", "savings_rate", "language", "average_balance", "percentage", "manager",
    "management", "template", "jewellery", "essex", "advantage", "message_count", "packages",
    "monthly_charges", "channel", "garage", "passage",
)  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_a_protected_attribute_is_no_fact_whatever_its_name(name: str) -> None:
    with pytest.raises(Protected, match="nobody may be judged by that"):
        Fact(name, Kind.TEXT, "something")


@pytest.mark.parametrize("name", HARMLESS)
def test_a_word_that_only_looks_alike_is_none(name: str) -> None:
    assert attribute_of(name) is None


def test_the_words_of_a_fact_are_read_too() -> None:
    with pytest.raises(Protected, match="“score_7” speaks of religion"):
        Fact("score_7", Kind.NUMBER, "distance to the nearest mosque")
    with pytest.raises(Protected, match="pregnancy"):
        Fact("score_8", Kind.YES_NO, "shops for two", denied="is not pregnant")


def test_every_fact_and_every_feature_of_the_learning_is_free_of_them() -> None:
    for fact in FACTS.values():
        refuse(fact.name, fact.phrase, fact.denied)
    for name, source in SOURCES.items():
        refuse(name, WORDS[name])
        assert not source or source in FACTS


@given(
    attribute=st.sampled_from(sorted(PROTECTED)),
    data=st.data(),
    before=st.sampled_from(["", "is_", "customer_", "Has-", "the ", "x9"]),
    after=st.sampled_from(["", "_code", " group", "-2", "9"]),
)
def test_every_word_of_the_list_is_found_in_any_name(
    attribute: str, data: st.DataObject, before: str, after: str
) -> None:
    word = data.draw(st.sampled_from(PROTECTED[attribute])).rstrip("*")
    assert attribute_of(f"{before}{word}{after}") is not None
    assert attribute_of(f"{before}{word.upper()}{after}") is not None
