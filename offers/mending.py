"""What would make a product right for this customer: the least that they themselves could change?

Pure, from a decision's inputs and its catalogue. Only facts that a customer can change are ever
named, never what they are (age, country, being vulnerable) or cannot help (income, years with us).
For suitability only what does the customer good in itself counts: that more money brought to us
would make an unsuitable product suitable is no reason to bring it, and never told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from typing import Any, NamedTuple

from offers.compiled import Catalogue, CompiledProduct
from offers.matching import ONE, Match
from offers.rules import Criterion, FactValue, Requirement
from offers.stages import Candidate, Sieve
from products.figures import figure
from products.vocabulary import FACTS, Comparison

MOST_TRIED = 256  # combinations of alternatives


class Mendable(NamedTuple):
    """How a fact may be changed; `for_suitability` when the change is good for them in itself."""

    words: str
    falls: bool
    for_suitability: bool


MENDABLE: Mapping[str, Mendable] = {
    "card_debt": Mendable("{change} less owed on cards", falls=True, for_suitability=True),
    "open_requests": Mendable("{change} fewer open requests", falls=True, for_suitability=True),
    "total_balance": Mendable("{change} more money with us", falls=False, for_suitability=False),
    "idle_balance": Mendable(
        "{change} more money earning under 1 %", falls=False, for_suitability=False
    ),
}
SETTLED = "the complaint is settled"
HOLDING = "held_products"


class Change(NamedTuple):
    """One fact as it would have to be; `size` relative to what it is, to find the smallest."""

    fact: str
    value: FactValue
    size: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Mending:
    """The smallest change that lets the product pass; `words` is empty when there is none."""

    words: tuple[str, ...] = ()
    facts: Mapping[str, FactValue] | None = None


def mend(inputs: Mapping[str, Any], published: Catalogue, code: str) -> Mending:
    """The fewest and smallest changes with which the product passes its own stages."""
    one = published.by_code.get(code)
    if one is None:
        return Mending()
    sieve = Sieve(inputs, published)
    ways = [
        list(_ways(requirement, sieve, one, for_suitability=for_suitability))
        for requirement, for_suitability in _failing(one, sieve)
    ]
    passing = [
        changes
        for combination in islice(product(*ways), MOST_TRIED)
        if (changes := _joint(combination)) is not None and _passes(one, sieve, changes)
    ]
    if not ways or not passing:
        return Mending()
    best = min(passing, key=_size)
    return Mending(
        tuple(change.words for change in best), {change.fact: change.value for change in best}
    )


def needs_answered(published: Catalogue, code: str) -> list[str]:
    """The kinds of need that the product answers, in words, the best fit first."""
    fits = [
        (-fit, published.need_names.get(need_type, need_type))
        for need_type, pairs in published.by_need.items()
        for one, fit in pairs
        if one.code == code and fit >= published.policy.need_floor
    ]
    return [name for _, name in sorted(fits)]


def _failing(one: CompiledProduct, sieve: Sieve) -> Iterator[tuple[Requirement, bool]]:
    """The product's own requirements that do not hold, and whether each guards suitability."""
    checks = sieve.requirements.checks
    by_place = {place: known[0] for known, place in sieve.requirements.places.items()}
    for places, is_suitability in (
        ([*one.eligibility, *one.applicability], False),
        (one.suitability, True),
    ):
        for place in places:
            if not checks[place](sieve.facts):
                yield by_place[place], is_suitability


def _ways(
    requirement: Requirement, sieve: Sieve, one: CompiledProduct, *, for_suitability: bool
) -> Iterator[Change]:
    """Each single change with which this requirement would hold."""
    for criterion in requirement.criteria:
        known = sieve.facts[criterion.fact]
        if criterion.fact == "has_open_complaint" and criterion.value is False and known:
            yield Change(criterion.fact, False, ONE, SETTLED)
        elif criterion.fact == HOLDING and not for_suitability:
            yield from _holding(criterion, known, sieve.catalogue)
        elif isinstance(known, Decimal) and _may_be_told(criterion.fact, for_suitability):
            yield from _figure(criterion, known, one.currency)


def _may_be_told(fact: str, for_suitability: bool) -> bool:
    how = MENDABLE.get(fact)
    return how is not None and (how.for_suitability or not for_suitability)


def _figure(criterion: Criterion, known: Decimal, currency: str) -> Iterator[Change]:
    wanted, how = criterion.value, MENDABLE[criterion.fact]
    if not isinstance(wanted, Decimal) or criterion.comparison == Comparison.DIFFERS:
        return
    change = known - wanted if how.falls else wanted - known
    if change > 0:
        told = figure(change, FACTS[criterion.fact].kind, currency)
        size = change / max(abs(known), ONE)
        yield Change(criterion.fact, wanted, size, how.words.format(change=told))


def _holding(criterion: Criterion, known: FactValue, published: Catalogue) -> Iterator[Change]:
    """Products to take first; never one to give up."""
    if not isinstance(known, frozenset) or not isinstance(criterion.value, frozenset):
        return
    if criterion.comparison == Comparison.INCLUDES:
        for code in sorted(criterion.value):
            if (other := published.by_code.get(code)) is not None:
                yield Change(HOLDING, known | {code}, ONE, f"with {other.name} first")


def _joint(changes: Sequence[Change]) -> list[Change] | None:
    """The changes together, the farther of two of one fact; None where they cannot be joined."""
    joint: dict[str, Change] = {}
    for change in changes:
        known = joint.get(change.fact)
        if known is None or known.value == change.value:
            joint[change.fact] = change
        elif not isinstance(change.value, Decimal):
            return None
        elif change.size > known.size:
            joint[change.fact] = change
    return sorted(joint.values())


def _passes(one: CompiledProduct, sieve: Sieve, changes: Sequence[Change]) -> bool:
    """Whether all rules and the benefit hold with these facts; the need is looked at apart."""
    changed: dict[str, FactValue] = dict(sieve.facts)
    changed |= {change.fact: change.value for change in changes}
    again = Sieve(sieve.inputs, sieve.catalogue)
    again.facts, again.figures = changed, changed
    checks = again.requirements.checks
    if not all(checks[place](changed) for place in one.eligibility):
        return False
    fits = Match(ONE, ONE, ONE, None, "", answers_now=True)
    return isinstance(again.examine(one, fits), Candidate)


def _size(changes: Sequence[Change]) -> tuple[int, Decimal, list[str]]:
    return len(changes), sum((one.size for one in changes), Decimal(0)), [c.words for c in changes]
