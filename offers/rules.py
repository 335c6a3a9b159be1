"""Does a rule hold for a customer: in memory for one, as SQL over the whole base?

Both readings of a criterion give the same answer; a property test holds them together. A fact
that is not known holds no criterion, neither "is" nor "is not".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from products.criteria import Value, comparison_for, fact_named, read_value, sentence
from products.vocabulary import NUMERIC, Comparison, Kind

FactValue = Decimal | bool | str | frozenset[str] | None
FactValues = Mapping[str, FactValue]
Check = Callable[[FactValues], bool]

PREFIX = "fact_"  # of the annotations in offers.facts


@dataclass(frozen=True, slots=True)
class Criterion:
    fact: str
    comparison: Comparison
    kind: Kind
    value: Value

    @classmethod
    def read(cls, *, fact: str, comparison: str, value: object) -> Criterion:
        """Raises NotACriterion in plain words."""
        about = fact_named(fact)
        compared = comparison_for(about, comparison)
        return cls(fact, compared, about.kind, read_value(about, value))

    def plain(self, currency: str) -> str:
        value: object = self.value
        if isinstance(self.value, frozenset):
            value = sorted(self.value)
        return sentence(fact=self.fact, comparison=self.comparison, value=value, currency=currency)


def check(criterion: Criterion) -> Check:
    """The criterion as a closure over facts in memory."""
    name, wanted = criterion.fact, criterion.value
    if criterion.kind in NUMERIC or criterion.kind == Kind.YES_NO:
        return _ordered(name, criterion.comparison, wanted)
    if not isinstance(wanted, frozenset):
        raise TypeError(f"{name} is compared with words")
    if criterion.kind == Kind.TEXT:
        return _text(name, criterion.comparison, wanted)
    return _set(name, criterion.comparison, wanted)


def _ordered(name: str, comparison: Comparison, wanted: Any) -> Check:
    match comparison:
        case Comparison.EQUALS:
            return lambda facts: facts[name] == wanted
        case Comparison.DIFFERS:
            return lambda facts: (value := facts[name]) is not None and value != wanted
        case Comparison.AT_LEAST:
            return lambda facts: (value := facts[name]) is not None and value >= wanted
        case _:
            return lambda facts: (value := facts[name]) is not None and value <= wanted


def _text(name: str, comparison: Comparison, wanted: frozenset[str]) -> Check:
    if comparison == Comparison.EQUALS:
        return lambda facts: facts[name] in wanted
    return lambda facts: (value := facts[name]) is not None and value not in wanted


def _set(name: str, comparison: Comparison, wanted: frozenset[str]) -> Check:
    if comparison == Comparison.INCLUDES:
        return lambda facts: not wanted.isdisjoint(facts[name])  # type: ignore[arg-type]
    return lambda facts: wanted.isdisjoint(facts[name])  # type: ignore[arg-type]


NONE: Mapping[Criterion, str] = {}


@dataclass(frozen=True, slots=True)
class Requirement:
    """Criteria of which one is enough; a single one is the usual case."""

    criteria: tuple[Criterion, ...]

    def checked(self) -> Check:
        checks = [check(criterion) for criterion in self.criteria]
        if len(checks) == 1:
            return checks[0]
        return lambda facts: any(one(facts) for one in checks)

    def plain(self, currency: str) -> str:
        return " or ".join(criterion.plain(currency) for criterion in self.criteria)


def as_sql(requirements: Iterable[Requirement], among: Mapping[Criterion, str] = NONE) -> Q:
    """All requirements as one condition over customers annotated by `offers.facts`.

    `among` names, for criteria on sets, the column that says whether one of their words is there.
    """
    condition = Q()
    for requirement in requirements:
        either = Q()
        for criterion in requirement.criteria:
            named = among.get(criterion)
            either |= _sql(criterion) if named is None else _among(criterion, named)
        condition &= either
    return condition


def facts_of(requirements: Iterable[Requirement]) -> set[str]:
    return {criterion.fact for one in requirements for criterion in one.criteria}


def _among(criterion: Criterion, column: str) -> Q:
    return Q(**{column: criterion.comparison == Comparison.INCLUDES})


def _sql(criterion: Criterion) -> Q:
    column, value = f"{PREFIX}{criterion.fact}", criterion.value
    if isinstance(value, frozenset):
        lookup = "overlap" if criterion.kind == Kind.SET else "in"
        within = Q(**{f"{column}__{lookup}": sorted(value)})
        if criterion.comparison in (Comparison.INCLUDES, Comparison.EQUALS):
            return within
        return Q(**{f"{column}__isnull": False}) & ~within
    match criterion.comparison:
        case Comparison.EQUALS:
            return Q(**{column: value})
        case Comparison.DIFFERS:
            return Q(**{f"{column}__isnull": False}) & ~Q(**{column: value})
        case Comparison.AT_LEAST:
            return Q(**{f"{column}__gte": value})
        case _:
            return Q(**{f"{column}__lte": value})
