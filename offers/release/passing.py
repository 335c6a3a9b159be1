"""The whole base as a draft's rules look at it: only what they ask for is added up beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Customer
from offers import facts
from offers import sums as added
from offers.facts import NO_CONTACT, ContactFacts
from offers.rules import Criterion, Requirement, as_sql, facts_of
from offers.sums import Sums
from products.vocabulary import FACTS, Kind


@dataclass(frozen=True, slots=True)
class Passing:
    """What some requirements ask of a customer; read once, for all pieces of the base.

    A set is not gathered: whether one of a criterion's words is in it stands in the column that
    `among` names. `more` are these and other sums, by the names of their columns.
    """

    names: frozenset[str]
    among: Mapping[Criterion, str]
    more: Mapping[str, Sums]
    known: Mapping[str, Sums]

    @classmethod
    def of(
        cls,
        requirements: Iterable[Requirement],
        *,
        names: Iterable[str] = (),
        more: Mapping[str, Sums] | None = None,
    ) -> Passing:
        """Also with the facts of these `names`, and `more` sums. Products are read here."""
        asked = list(requirements)
        on_sets = [one for each in asked for one in each.criteria if one.kind == Kind.SET]
        among = {one: f"among_{place}" for place, one in enumerate(dict.fromkeys(on_sets))}
        sums = {among[one]: added.among(one.fact, _words(one)) for one in among}
        plain = frozenset(name for name in facts_of(asked) if FACTS[name].kind != Kind.SET)
        return cls(plain.union(names), among, {**sums, **(more or {})}, added.sums(added.numbered))

    def people(
        self,
        customers: QuerySet[Customer],
        *,
        at: datetime,
        contact: ContactFacts = NO_CONTACT,
        within: Q = facts.ANYBODY,
    ) -> QuerySet[Customer]:
        """The customers with all of it beside them."""
        told: dict[str, Any] = {"at": at, "contact": contact, "within": within}
        return facts.annotated(
            customers, names=self.names, more=self.more, known=self.known, **told
        )

    def holds(self, requirements: Iterable[Requirement]) -> Q:
        return as_sql(requirements, self.among)


def _words(criterion: Criterion) -> list[str]:
    if not isinstance(criterion.value, frozenset):
        raise TypeError(f"{criterion.fact} is compared with words")
    return sorted(criterion.value)
