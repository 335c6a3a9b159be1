"""What does one criterion of a rule say, and does it make sense?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from accounts.errors import RuleBroken
from products.figures import figure
from products.vocabulary import COMPARISONS, FACTS, NUMERIC, WORDS, Comparison, Fact, Kind

Value = Decimal | bool | frozenset[str]
LARGEST = Decimal(10) ** 12


class NotACriterion(RuleBroken):
    """Fact, comparison and value do not go together; the message says what would."""


def fact_named(name: str) -> Fact:
    try:
        return FACTS[name]
    except KeyError:
        raise NotACriterion(f"There is no fact “{name}”. Choose one of the list.") from None


def comparison_for(fact: Fact, comparison: str) -> Comparison:
    """The comparison, when this kind of fact can be compared so."""
    possible = COMPARISONS[fact.kind]
    if comparison not in possible:
        words = ", ".join(f"“{WORDS[one]}”" for one in possible)
        raise NotACriterion(f"“{fact.phrase}” can be compared by {words} only.")
    return Comparison(comparison)


def read_value(fact: Fact, raw: object) -> Value:
    """The value that a criterion compares with: Decimal, yes or no, or a set of words.

    Texts and sets may name several words; one of them is enough. Raises NotACriterion.
    """
    if fact.kind == Kind.YES_NO:
        if not isinstance(raw, bool):
            raise NotACriterion(f"“{fact.phrase}” is answered by yes or no.")
        return raw
    if fact.kind in NUMERIC:
        return _number(fact, raw)
    words = [raw] if isinstance(raw, str) else raw
    if not isinstance(words, list) or not words:
        raise NotACriterion(f"“{fact.phrase}” needs a word, or several.")
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise NotACriterion(f"“{fact.phrase}” is compared with words only.")
    return frozenset(words)


def _number(fact: Fact, raw: object) -> Decimal:
    try:
        if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
            raise InvalidOperation
        value = Decimal(raw)
    except InvalidOperation:
        raise NotACriterion(f"“{fact.phrase}” is compared with a number, such as 1000.") from None
    if not value.is_finite() or abs(value) >= LARGEST:
        raise NotACriterion(f"“{fact.phrase}” is compared with a number below a million million.")
    return value


def sentence(*, fact: str, comparison: str, value: object, currency: str = "GBP") -> str:
    """The criterion in plain words: "income a year is at least £20,000.00"."""
    about = fact_named(fact)
    compared = comparison_for(about, comparison)
    wanted = read_value(about, value)
    if isinstance(wanted, bool):
        return f"the customer {about.phrase if wanted else about.denied}"
    if isinstance(wanted, Decimal):
        told = figure(wanted, about.kind, currency)
        unit = f" {about.unit}" if about.unit else ""
        return f"{about.phrase} {WORDS[compared]} {told}{unit}"
    return f"{about.phrase} {WORDS[compared]} {' or '.join(sorted(wanted))}"
