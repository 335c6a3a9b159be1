"""Which named facts may rules and benefit formulas speak of, and in which words?

A fact has a kind, a unit and a plain-language phrase. Where its value comes from is told in
`offers.facts`; a test holds the two together. A protected attribute cannot be made a fact
(`products.protected`) and so can never steer a decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from products.protected import refuse


class Kind(StrEnum):
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    YES_NO = "yes_no"
    TEXT = "text"
    SET = "set"


class Comparison(StrEnum):
    EQUALS = "equals"
    DIFFERS = "differs"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    INCLUDES = "includes"
    EXCLUDES = "excludes"


ORDERED = (Comparison.EQUALS, Comparison.DIFFERS, Comparison.AT_LEAST, Comparison.AT_MOST)
COMPARISONS: dict[Kind, tuple[Comparison, ...]] = {
    Kind.MONEY: ORDERED,
    Kind.PERCENT: ORDERED,
    Kind.NUMBER: ORDERED,
    Kind.YES_NO: (Comparison.EQUALS,),
    Kind.TEXT: (Comparison.EQUALS, Comparison.DIFFERS),
    Kind.SET: (Comparison.INCLUDES, Comparison.EXCLUDES),
}

WORDS: dict[Comparison, str] = {
    Comparison.EQUALS: "is",
    Comparison.DIFFERS: "is not",
    Comparison.AT_LEAST: "is at least",
    Comparison.AT_MOST: "is at most",
    Comparison.INCLUDES: "include",
    Comparison.EXCLUDES: "do not include",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One named fact of a customer.

    `phrase` reads after "the customer's"; a yes-or-no fact reads whole: `phrase` when it holds,
    `denied` when it does not.
    """

    name: str
    kind: Kind
    phrase: str
    unit: str = ""
    denied: str = ""

    def __post_init__(self) -> None:
        """Raises Protected for what nobody may be judged by."""
        refuse(self.name, self.phrase, self.denied)


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("is_adult", Kind.YES_NO, "is 18 or over", denied="is not known to be 18 or over"),
        Fact("is_vulnerable", Kind.YES_NO, "is marked vulnerable", denied="is not vulnerable"),
        Fact(
            "has_open_complaint",
            Kind.YES_NO,
            "has an open complaint",
            denied="has no open complaint",
        ),
        Fact("segment", Kind.TEXT, "segment"),
        Fact("country", Kind.TEXT, "country"),
        Fact("tenure_years", Kind.NUMBER, "time with us", "years"),
        Fact("held_products", Kind.SET, "products held"),
        Fact("held_categories", Kind.SET, "kinds of product held"),
        Fact("total_balance", Kind.MONEY, "money with us"),
        Fact("idle_balance", Kind.MONEY, "money earning under 1 %"),
        Fact("current_rate", Kind.PERCENT, "rate on that money today", "% a year"),
        Fact("card_debt", Kind.MONEY, "balance owed on cards"),
        Fact("card_rate", Kind.PERCENT, "rate on that balance today", "% a year"),
        Fact("monthly_charges", Kind.MONEY, "charges a month"),
        Fact("foreign_spend", Kind.MONEY, "spending abroad a year"),
        Fact("annual_income", Kind.MONEY, "income a year"),
        Fact("open_requests", Kind.NUMBER, "open service requests"),
        Fact("broken_promises", Kind.NUMBER, "promises broken in the last 90 days"),
        Fact("open_needs", Kind.SET, "open needs"),
        Fact("contact_reason", Kind.TEXT, "reason for this contact"),
        Fact("channel", Kind.TEXT, "channel of this contact"),
    )
}
NUMERIC = frozenset({Kind.MONEY, Kind.PERCENT, Kind.NUMBER})
