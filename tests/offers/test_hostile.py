"""Formulas, sentences and rules that mean harm: a clear word, and nothing is evaluated."""

from __future__ import annotations

import builtins
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.errors import RuleBroken
from offers.benefits import (
    LONGEST_FORMULA,
    FigureUnknown,
    NotAFormula,
    NotASentence,
    numeric_facts,
    read_formula,
    read_sentence,
    read_terms,
)
from products.criteria import NotACriterion, read_value, sentence
from products.vocabulary import COMPARISONS, FACTS, Comparison

TERMS = {"rate": "4.10", "fee": "12"}
CODE = (
    "__import__('os').system('true')", "exec('fired')", "eval('1')", "open('/etc/passwd')",
    "().__class__.__bases__[0].__subclasses__()", "rate.__class__", "rate.real", "rate[0]",
    "[x for x in (1, 2)]", "{1: 2}", "{rate}", "lambda: 1", "(lambda: 1)()", "rate if rate else 1",
    "rate := 5", "f'{rate}'", "'a' * 9", "b'a'", "True", "None", "...", "1j", "0x10", "0b1",
    "1e9", "1e999999", "9 ** 9 ** 9", "2 ** rate", "1 << 30", "7 // 2", "7 % 2", "~rate", "1_000",
    "not rate",
    "rate and 1", "rate < 2", "rate == 2", "min(rate)", "min()", "min(*rate)", "min(rate, key=1)",
    "max(rate, 2)(3)", "abs(rate)", "print(rate)", "globals()", "rate, fee", "rate; fee",
    "rate\nfee", "await rate", "yield rate", "# nothing", "rate # 1\n+ 2", "import os", "del rate",
    "benefit", "income", "ag\u0435", "\u0661\u0662", "\uff11", "rate \u2212 1", "rate\x00",
    "\ud800",
    "{{ settings.SECRET_KEY }}", "{% debug %}", "%(rate)s", "${rate}", "#{rate}", "=1+1", "`id`",
)  # fmt: skip
DEEP = (
    "(" * 149 + "1" + ")" * 149,
    "-" * 299 + "1",
    "-" * 290 + "rate",
    "min(1," * 40 + "1" + ")" * 40,
    "1" + "+1" * 149,
    "*".join(["999999999999"] * 23),
    "/".join(["999999999999"] * 23),
    "idle_balance" + "*999999999999" * 22,
    "1" + "/0.000001" * 30,
)
PLACES = (
    "{", "}", "{}", "{{rate}}", "{{ rate }}", "{rate!r}", "{rate.__class__}", "{0}", "{rate[0]}",
    "{rate:{fee}}", "{rate:>99999999}", "{rate:.99f}", "{benefit.real}", "{settings}", "{self}",
    "{% debug %}", "{{ request.user.password }}", "{benefit:money:number}", "{ rate }", "{RATE}",
    "{is_adult}", "{segment}", "{__class__}", "{rate:__class__}",
)  # fmt: skip
HARMLESS = ("%s %(rate)s", "${rate} of it", "<script>{rate}</script>", "#{rate}", "\x00{rate}")


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs a text as code fails the test."""

    def fired(*_: Any, **__: Any) -> None:
        raise AssertionError("a text was run as code")

    for name in ("eval", "exec", "open", "print", "globals", "__build_class__"):
        monkeypatch.setattr(builtins, name, fired)


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("source", CODE)
def test_code_in_a_formula_is_refused_in_plain_words(source: str) -> None:
    with pytest.raises(NotAFormula) as told:
        read_formula(source, TERMS)
    assert len(str(told.value)) < 700
    assert "Traceback" not in str(told.value)


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("source", DEEP)
def test_depth_and_size_end_in_a_word_or_a_figure(source: str) -> None:
    try:
        formula = read_formula(source[:LONGEST_FORMULA], TERMS)
    except NotAFormula:
        return
    worth = formula.worth(dict.fromkeys(numeric_facts(), Decimal("999999999999.99")))
    assert worth is None or worth.is_finite()


def test_a_formula_that_is_too_long_is_not_even_read() -> None:
    with pytest.raises(NotAFormula, match="longer than 300"):
        read_formula("(" * 1_000_000, TERMS)


@given(
    source=st.lists(
        st.sampled_from(
            [*"0123456789.+-*/(), ", "rate", "idle_balance", "min(", "max(", "card_debt"]
        ),
        max_size=25,
    ).map("".join),
    amount=st.decimals(-(10**12), 10**12, allow_nan=False, places=2),
)
@settings(max_examples=400, deadline=None)
def test_any_arithmetic_is_a_figure_none_or_a_word(source: str, amount: Decimal) -> None:
    figures: dict[str, Decimal | None] = dict.fromkeys(numeric_facts(), amount)
    figures["card_debt"] = None
    try:
        worth = read_formula(source, TERMS).worth(figures)
    except (NotAFormula, FigureUnknown):
        return
    assert worth is None or worth == worth.quantize(Decimal("0.01"))


@given(st.text(max_size=80))
@settings(max_examples=400, deadline=None)
def test_any_text_is_refused_or_read_and_never_anything_else(text: str) -> None:
    for read in (read_formula, read_sentence):
        try:
            read(text, TERMS)
        except (NotAFormula, NotASentence):
            continue


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("text", PLACES)
def test_a_place_in_a_sentence_names_a_figure_or_nothing(text: str) -> None:
    with pytest.raises(NotASentence):
        read_sentence(f"You gain {text} a year", TERMS)


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("text", HARMLESS)
def test_format_and_template_marks_stay_the_letters_they_are(text: str) -> None:
    told = read_sentence(text, TERMS).told(figures={}, benefit=Decimal(1), currency="GBP")
    assert told == text.replace("{rate}", "4.10")


@pytest.mark.parametrize(
    "value",
    ["1e999999", "NaN", "Infinity", "-inf", "1" * 400, "", " ", "0x10", 10**400, True, None, [1],
     {"a": 1}, "1; drop table", 1.5],
)  # fmt: skip
def test_a_term_and_a_value_are_plain_numbers(value: object) -> None:
    with pytest.raises(NotAFormula):
        read_terms({"rate": value})
    with pytest.raises(NotACriterion):
        read_value(FACTS["idle_balance"], value)


@given(
    fact=st.sampled_from([*FACTS, "age", "gender", "__class__", "", "x" * 500]),
    comparison=st.sampled_from([*Comparison, "or 1=1", "", "__eq__"]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=30,
    ),
)
@settings(max_examples=600, deadline=None)
def test_any_rule_is_told_in_words_or_refused(fact: str, comparison: str, value: object) -> None:
    try:
        told = sentence(fact=fact, comparison=comparison, value=value)
    except RuleBroken:
        return
    assert comparison in COMPARISONS[FACTS[fact].kind]
    assert told
