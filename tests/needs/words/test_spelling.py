"""Which slips of the fingers are taken back, and which words are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs.words.grams import grams_of, learnt
from needs.words.spelling import SHORTEST, Spelling, is_one_slip

TEXTS = (
    "my debit card was stolen",
    "the card machine kept my card",
    "when does the transfer arrive",
    "a transfer to the wrong account",
    "how is my account doing",
    "the café charged my card and my account twice",
    "a café has my carts",
)
LETTERS = st.text("abcdeé", max_size=7)


def spelling(*language: str) -> Spelling:
    return Spelling(learnt([grams_of(text) for text in TEXTS]), language.__contains__)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("crad", "card"),  # two letters changed places
        ("cardd was late", "card was late"),  # one too many
        ("my acount", "my account"),  # one left out
        ("Tranafer, please!", "transfer, please!"),  # the key beside
        ("cefé", "café"),
        ("card account", "card account"),
        ("machime", "machime"),  # one example alone has "machine", which may be a slip itself
        ("acc", "acc"),  # too short to tell
        ("tanrsfre", "tanrsfre"),  # two slips
        ("CARDD", "card"),
    ],
)
def test_a_slip_becomes_the_word_that_was_meant(written: str, meant: str) -> None:
    assert spelling().mended(written) == meant


@pytest.mark.parametrize(
    "left", ["[cardx****]", "cardd@example.org", "ada.cardd@example.org", "cardd's", "cardd9", ""]
)
def test_what_is_no_plain_word_stays(left: str) -> None:
    assert spelling().mended(left) == left


def test_a_word_of_the_language_is_no_slip() -> None:
    assert spelling().mended("a cart") == "a card"
    assert spelling("cart").mended("a cart") == "a cart"


def test_the_commoner_word_is_meant() -> None:
    texts = ["late card", "late card", "late cart", "late cart", "my card", "rare"]
    found = Spelling(learnt([grams_of(text) for text in texts]), set().__contains__)
    assert found.mended("late carx") == "late card"


@given(LETTERS, LETTERS)
def test_a_slip_is_what_one_edit_makes(one: str, other: str) -> None:
    assert is_one_slip(one, other) == (other in edits(one))


def edits(word: str) -> set[str]:
    """By trying: nothing, one letter less, another, one more, two neighbours changed."""
    places = range(len(word) + 1)
    return {
        word,
        *(word[:at] + word[at + 1 :] for at in places),
        *(word[:at] + letter + word[at + 1 :] for at in places for letter in "abcdeé"),
        *(word[:at] + letter + word[at:] for at in places for letter in "abcdeé"),
        *(word[:at] + word[at : at + 2][::-1] + word[at + 2 :] for at in places),
    }


@given(st.text())
def test_whatever_is_typed_is_read(text: str) -> None:
    mended = spelling().mended(text)
    assert len(mended.split()) == len(text.split())
    assert all(len(word) >= SHORTEST - 1 for word in set(mended.split()) - set(text.split()))
