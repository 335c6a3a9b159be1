"""Formulas are arithmetic over named figures, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from offers.benefits import (
    FigureUnknown,
    NotAFormula,
    NotASentence,
    read_formula,
    read_sentence,
    read_terms,
)

FIGURES = {
    "idle_balance": Decimal(8500),
    "current_rate": Decimal(0),
    "card_debt": Decimal("1200.50"),
    "card_rate": Decimal("24.9"),
    "monthly_charges": Decimal(3),
    "annual_income": None,
}
TERMS = {"rate": "4.10", "fee": "36"}


def worth(source: str) -> Decimal | None:
    return read_formula(source, TERMS).worth(FIGURES)


@pytest.mark.parametrize(
    ("source", "gain"),
    [
        ("idle_balance * (rate - current_rate) / 100", "348.50"),
        ("0", "0.00"),
        ("-fee", "-36.00"),
        ("monthly_charges * 12 - fee", "0.00"),
        ("min(card_debt, 1000) * card_rate / 100", "249.00"),
        ("max(0, fee - idle_balance, 2.5)", "2.50"),
        ("card_debt / 3", "400.17"),
        ("0.125 * 0.04", "0.01"),
        ("1 / 8", "0.13"),
    ],
)
def test_a_formula_is_worked_out_to_the_cent(source: str, gain: str) -> None:
    assert worth(source) == Decimal(gain)


def test_dividing_by_zero_gives_no_benefit() -> None:
    assert worth("fee / current_rate") is None
    assert worth("0 / 0") is None


def test_a_figure_that_is_not_known_is_named() -> None:
    with pytest.raises(FigureUnknown) as unknown:
        worth("annual_income / 12")
    assert unknown.value.name == "annual_income"


def test_a_formula_knows_which_facts_it_needs() -> None:
    formula = read_formula("idle_balance * (rate - current_rate) / 100", TERMS)
    assert formula.facts == {"idle_balance", "current_rate"}


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os').system('true')",
        "idle_balance.__class__",
        "idle_balance[0]",
        "(lambda: 1)()",
        "[fee for fee in (1, 2)]",
        "open('x')",
        "sum(fee, 1)",
        "min(fee)",
        "min(fee, key=rate)",
        "max(*fee)",
        "fee ** 9",
        "fee // 2",
        "fee % 2",
        "fee if rate else 1",
        "fee > 1",
        "fee and rate",
        "fee := 1",
        "'36'",
        "True",
        "None",
        "1e9",
        "0x10",
        "1_000",
        "1j",
        "1" * 13,
        "not fee",
        "+fee",
        "f'{fee}'",
        "segment",
        "is_adult",
        "held_products",
        "benefit",
        "unheard_of",
        "fee +",
        "fee; rate",
        "(" * 200 + "fee" + ")" * 200,
        "fee + " * 60 + "fee",
        "",
        "   ",
        "\x00",
    ],
)
def test_whatever_is_no_arithmetic_is_refused_in_plain_words(source: str) -> None:
    with pytest.raises(NotAFormula) as refused:
        read_formula(source, TERMS)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "terms",
    [
        {"rate": "four"},
        {"rate": "NaN"},
        {"rate": "Infinity"},
        {"rate": True},
        {"rate": None},
        {"rate": [1]},
        {"rate": 4.1},
        {"rate": "1" * 13},
        {"Rate": "4"},
        {"idle_balance": "4"},
        {"min": "4"},
        {"benefit": "4"},
        {"a b": "4"},
    ],
)
def test_a_term_is_a_number_with_a_name_of_its_own(terms: dict[str, object]) -> None:
    with pytest.raises(NotAFormula):
        read_terms(terms)


def told(text: str, currency: str = "GBP") -> str:
    sentence = read_sentence(text, TERMS)
    return sentence.told(figures=FIGURES, benefit=Decimal("348.5"), currency=currency)


def test_a_sentence_carries_the_customers_figures() -> None:
    sentence = "{idle_balance} × ({rate} % − {current_rate} %) = {benefit} a year"
    assert told(sentence) == "£8,500.00 × (4.10 % − 0.00 %) = £348.50 a year"
    assert told("{benefit}, fee {fee:money}", "CHF") == "348.50\u00a0CHF, fee 36.00\u00a0CHF"
    assert told("{annual_income} a year") == "unknown a year"


@pytest.mark.parametrize(
    "text",
    ["{segment}", "{benefit.real}", "{0}", "{}", "{benefit!r}", "{rate:>10}", "{rate", "rate}"],
)
def test_a_sentence_names_only_what_is_known(text: str) -> None:
    with pytest.raises(NotASentence):
        read_sentence(text, TERMS)


def test_a_stored_sentence_is_never_a_template() -> None:
    assert told("{% now 'Y' %}".replace("{% now 'Y' %}", "100 % {benefit}")) == "100 % £348.50"
    with pytest.raises(NotASentence):
        read_sentence("{{ settings.SECRET_KEY }}", TERMS)
