"""Sentences of what people type stand where they say they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs.words.sentences import CLAUSES, LONGEST, Sentence, clauses, sentences


def said(text: str) -> list[str]:
    return [one.words for one in sentences(text)]


@given(st.text(max_size=2_000))
def test_every_sentence_is_a_stretch_of_the_text_in_order(text: str) -> None:
    last = 0
    for one in sentences(text):
        assert one.words == text[one.start : one.end]
        assert last <= one.start < one.end
        assert len(one.words) <= LONGEST
        assert any(letter.isalnum() for letter in one.words)
        last = one.end


@given(st.text(alphabet="ab1 .!?;\n-:", max_size=500))
def test_only_speakers_and_signs_fall_between_sentences(text: str) -> None:
    kept = "".join(said(text))
    assert sum(map(str.isalnum, kept)) == sum(map(str.isalnum, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My card is lost. Send a new one!", ["My card is lost.", "Send a new one!"]),
        ("cust rang - card lost; wants new one", ["cust rang", "card lost", "wants new one"]),
        ("Mr. Smith paid approx. 5 pounds.", ["Mr. Smith paid approx. 5 pounds."]),
        ("Customer: my card is gone\nAgent: I see", ["my card is gone", "I see"]),
        ("Subject: Re: my card\n\n> it is lost", ["my card", "it is lost"]),
        ("I lost my card and also I want a loan", ["I lost my card", "and also I want a loan"]),
        ("* close account\n* refund", ["close account", "refund"]),
        ("", []),
        ("?! ... --", []),
    ],
)
def test_notes_mails_and_chats_come_apart(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_an_endless_sentence_is_cut_at_spaces() -> None:
    parts = said("word " * 1_000)
    assert {word for part in parts for word in part.split()} == {"word"}
    assert sum(len(part.split()) for part in parts) == 1_000


def test_a_hostile_text_is_read_in_one_go() -> None:
    assert len(said("customer: " * 5_000)) > 0
    assert said(" - " * 20_000) == []


@given(st.text(alphabet="ab and, but\n", max_size=200), st.integers(0, 9))
def test_every_clause_is_a_stretch_of_its_sentence_in_order(words: str, start: int) -> None:
    parts = clauses(Sentence(start, start + len(words), words))
    assert len(parts) != 1
    assert len(parts) <= CLAUSES
    last = start
    for one in parts:
        assert one.words == words[one.start - start : one.end - start]
        assert last <= one.start < one.end
        last = one.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I lost my card", []),
        ("salt and pepper", []),
        ("terms and conditions", []),
        ("my card is gone, card [account**********]", []),
        ("lost card and wants a loan", ["lost card", "wants a loan"]),
        ("my card is gone, but I can log in", ["my card is gone", "I can log in"]),
        ("Well, my card, the blue one, is gone", ["Well, my card", "the blue one", "is gone"]),
        ("a b, c d, e f, g h, i j", ["a b", "c d", "e f", "g h, i j"]),
    ],
)
def test_a_sentence_comes_apart_where_it_may_tell_of_two_things(
    text: str, expected: list[str]
) -> None:
    assert [one.words for one in clauses(Sentence(0, len(text), text))] == expected
