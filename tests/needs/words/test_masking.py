"""Nothing that tells who somebody is stays in a text that is kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs.words.masking import mask, passes_iban, passes_luhn, without_masks

SEPARATORS = st.sampled_from(["", " ", "-", ".", "  ", " - ", "\u00a0"])


def with_check_digit(digits: str) -> str:
    return next(digits + str(last) for last in range(10) if passes_luhn(digits + str(last)))


@given(st.text(max_size=500))
def test_a_mask_is_as_long_as_what_it_hides(text: str) -> None:
    assert len(mask(text)) == len(text)


@given(st.text(alphabet="0123456789 .-/+()@abGB,£", max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet="0123456789", min_size=12, max_size=18), SEPARATORS, st.text(max_size=20))
def test_no_card_number_is_kept(start: str, between: str, before: str) -> None:
    card = with_check_digit(start)
    written = between.join(card[at : at + 4] for at in range(0, len(card), 4))
    hidden = mask(f"{before}{written} thanks")
    assert re.sub(r"\D", "", hidden).find(card) == -1
    assert written not in hidden


@given(st.text(alphabet="0123456789", min_size=6, max_size=24), SEPARATORS)
def test_no_bare_run_of_six_digits_is_kept(digits: str, between: str) -> None:
    written = between.join(digits[at : at + 3] for at in range(0, len(digits), 3))
    assert not re.search(r"\d{6}", re.sub(r"\D", "", mask(f"acc {written} ok")))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("card 4111 1111 1111 1111!", "card [card*************]!"),
        ("£4111111111111111", "£[card**********]"),
        ("call 020 7946 0958 please", "call [phone******] please"),
        ("call +44 (0)20 7946 0958", "call [phone************]"),
        ("mail ada@example.com now", "mail [e-mail*******] now"),
        ("GB82 WEST 1234 5698 7654 32", "[account******************]"),
        ("sort 12-34-56, acc 12345678", "sort ********, acc ********"),
        ("REF123456", "REF******"),
        ("acct.12345678,87654321", "acct.********,********"),
    ],
)
def test_numbers_and_addresses_are_hidden_and_named(text: str, hidden: str) -> None:
    assert mask(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "£8,500 idle since 12/11/2026",
        "I paid £1250000 on 2026-11-23 10:42",
        "1234567.89 is missing",
        "I have 3 cards, 2 of 2019",
        "my pin is blocked at 10:30",
    ],
)
def test_amounts_and_dates_stay(text: str) -> None:
    assert mask(text) == text


def test_masks_tell_nothing_about_a_need() -> None:
    assert without_masks(mask("card 4111 1111 1111 1111 gone")).split() == ["card", "gone"]


def test_check_digits_are_those_of_the_standards() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")
    assert passes_iban("GB82WEST12345698765432")
    assert not passes_iban("GB82WEST12345698765433")
