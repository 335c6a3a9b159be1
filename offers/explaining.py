"""Why this, why not that, and what would make it right? From the stored decision alone.

Pure: the decision's inputs and results, and the catalogue version that it names; asked again
later the answer is the same. Whom a product does not suit, or for whom it waits, it is named only
to whoever asks by its name, with the reason and nothing that could sell it: no benefit, no price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from offers.benefits import basis
from offers.compiled import Catalogue, CompiledProduct
from offers.mending import mend, needs_answered
from offers.stages import NOT_RELEVANT, SUITABILITY, Sieve
from products.figures import figure
from products.vocabulary import FACTS, Kind

STAGES = {
    "eligibility": "Not possible",
    "applicability": "Not relevant now",
    "suitability": "Not in this customer's interest",
    "service_first": "Service first",
    "purpose_guard": "This contact may not sell",
    "contact_budget": "Asked recently",
}
NOTHING = "Nothing that the customer could change."
SHORTEST_NAME, MOST_FOUND = 3, 3
EXACT = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Learned:
    """The learned part of a score: log-odds, what each fact of the situation adds, their sum."""

    intercept: Decimal
    contributions: Sequence[tuple[str, Decimal]]
    logit: Decimal
    chance: Decimal

    @property
    def is_exact(self) -> bool:
        parts = sum((amount for _, amount in self.contributions), self.intercept)
        return abs(parts - self.logit) <= EXACT


@dataclass(frozen=True, slots=True)
class Worked:
    """A benefit with all it was worked out from, and its unit, currency and rounding in words."""

    sentence: str
    basis: str
    figures: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One product in one decision. `mending` is what would make it right, in words."""

    code: str
    title: str
    is_open: bool
    stage: str = ""
    because: str = ""
    mending: Sequence[str] = ()
    place: int | None = None
    score: str = ""
    factors: Sequence[tuple[str, str]] = ()
    reasons: Sequence[str] = ()
    benefit: Worked | None = None
    learned: Learned | None = None


def named(published: Catalogue, text: str) -> list[CompiledProduct]:
    """Products asked for by name: each word typed begins a word of the name; or by code."""
    words = text.casefold().split()
    if len("".join(words)) < SHORTEST_NAME:
        return []
    found = [
        product
        for product in published.products
        if product.code == text.strip() or _is_named(product.name.casefold().split(), words)
    ]
    found.sort(key=lambda one: (one.name.casefold() != text.strip().casefold(), one.name))
    return found[:MOST_FOUND]


def _is_named(name: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(part.startswith(word) for part in name) for word in words)


def explain(
    *, inputs: Mapping[str, Any], results: Mapping[str, Any], published: Catalogue, code: str
) -> Explanation | None:
    """What the decision says of that product; None where its catalogue does not have it."""
    product = published.by_code.get(code)
    if product is None:
        return None
    for place, entry in enumerate(results["ways"], start=1):
        if entry["kind"] == "offer" and entry["product"] == code:
            return _listed(entry, product, place, inputs, published)
    for entry in results["further"]:
        if entry["product"] == code:
            return Explanation(code, product.name, is_open=True, score=entry["score"])
    for row in results["locked"]:
        if row["product"] == code:
            return _held_back(product, row["stage"], row["because"], [_capital(row["until"])])
    for row in results["excluded"]:
        if code in row["products"]:
            mending = _mending(inputs, published, code, row["stage"], row["because"])
            return _held_back(product, row["stage"], row["because"], mending)
    return None


def _held_back(
    product: CompiledProduct, stage: str, because: str, mending: Sequence[str]
) -> Explanation:
    return Explanation(
        product.code,
        product.name,
        is_open=False,
        stage=STAGES[stage],
        because=because,
        mending=mending,
    )


def _mending(
    inputs: Mapping[str, Any], published: Catalogue, code: str, stage: str, because: str
) -> list[str]:
    if because == NOT_RELEVANT:
        needs = needs_answered(published, code)
        return [f"A need for: {' or '.join(needs)}"] if needs else [NOTHING]
    words = [_capital(one) for one in mend(inputs, published, code).words]
    if not words:
        return [NOTHING]
    return [*words, "Then it is looked at again"] if stage == SUITABILITY else words


def _listed(
    entry: Mapping[str, Any],
    product: CompiledProduct,
    place: int,
    inputs: Mapping[str, Any],
    published: Catalogue,
) -> Explanation:
    return Explanation(
        product.code,
        product.name,
        is_open=True,
        because=entry["why"],
        place=place,
        score=entry["score"],
        factors=[(factor["name"], factor["value"]) for factor in entry["factors"]],
        reasons=entry["reasons"],
        benefit=_worked(entry, product, Sieve(inputs, published)),
        learned=learned_of(entry),
    )


def _worked(entry: Mapping[str, Any], product: CompiledProduct, sieve: Sieve) -> Worked:
    currency = entry["currency"]
    own = [
        (_capital(FACTS[name].phrase), _told(sieve.figures[name], FACTS[name].kind, currency, name))
        for name in sorted(product.formula.facts)
    ]
    terms = [
        (f"Its {name.replace('_', ' ')}", figure(value, Kind.NUMBER, currency))
        for name, value in product.sentence.terms.items()
    ]
    return Worked(entry["benefit_text"], basis(currency), [*own, *terms])


def _told(value: Any, kind: Kind, currency: str, name: str) -> str:
    if value is None:
        return "not known"
    return f"{figure(value, kind, currency)} {FACTS[name].unit}".strip()


def learned_of(entry: Mapping[str, Any]) -> Learned | None:
    """The learned part as the decision stored it; None where nothing was learned yet."""
    helping = entry.get("helping")
    if not helping:
        return None
    return Learned(
        Decimal(helping["intercept"]),
        [(one["words"], Decimal(one["amount"])) for one in helping["contributions"]],
        Decimal(helping["logit"]),
        Decimal(helping["chance"]),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
