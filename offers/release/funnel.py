"""How many customers of the whole base stay at each stage of a draft product's rules?

The same rules as SQL, each customer passed once. A large base is counted in stretches of its
numbers, so that the page tells how far it has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q

from customers.models import Customer
from needs.models import Need
from offers.catalogue import requirements_of
from offers.facts import annotated
from offers.release.worth import TOO_LARGE, facts_of_formula
from offers.release.worth import as_sql as worth
from offers.rules import PREFIX, Requirement, as_sql, facts_of
from products.models import Stage

STRETCH = 200_000  # customers' numbers looked at by one request
ROOM = "64MB"  # so that the holdings of a stretch are sorted and added up in memory
OF_THE_CONTACT = frozenset({"contact_reason", "channel"})
HUNDREDTH = Decimal("0.01")
STEPS = 4
WORTH = "worth_a_year"
ANSWERED = "has_a_need_for_it"


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the funnel: everything that must hold up to here."""

    title: str
    requirements: tuple[Requirement, ...]
    condition: Q


@dataclass(frozen=True, slots=True)
class Counted:
    """Customers so far: all, and at each step; `until` is the last number looked at."""

    everybody: int
    steps: tuple[int, ...]
    until: int
    last: int

    @property
    def is_done(self) -> bool:
        return self.until >= self.last

    def and_then(self, further: Counted) -> Counted:
        both = zip(self.steps, further.steps, strict=True)
        return Counted(
            self.everybody + further.everybody,
            tuple(one + other for one, other in both),
            further.until,
            further.last,
        )


def steps_of(row: Mapping[str, Any]) -> list[Step]:
    """The stages of one product's content, each with all that stand before it."""
    eligible = [*_rules(row, Stage.ELIGIBILITY)]
    not_held = ~Q(**{f"{PREFIX}held_products__contains": [row["code"]]})
    suitable = [*eligible, *_rules(row, Stage.SUITABILITY)]
    safe = Q() if row["safe_for_vulnerable"] else Q(**{f"{PREFIX}is_vulnerable": False})
    enough = Q(**{f"{WORTH}__gte": row["minimum_benefit"], f"{WORTH}__lt": TOO_LARGE})
    relevant = [*suitable, *_rules(row, Stage.APPLICABILITY)]
    return [
        Step("May have it, and has it not", tuple(eligible), not_held),
        Step("and its rules find it suitable", tuple(suitable), not_held & safe),
        Step("and it gains them enough", tuple(suitable), not_held & safe & enough),
        Step(
            "and it answers an open need",
            tuple(relevant),
            not_held & safe & enough & Q(**{ANSWERED: True}),
        ),
    ]


def left_aside(row: Mapping[str, Any]) -> int:
    """How many of its rules look at the contact, which nobody has just now."""
    return sum(
        bool(facts_of([requirement]) & OF_THE_CONTACT)
        for stage in Stage
        for requirement in _all_rules(row, stage)
    )


def counted(
    row: Mapping[str, Any], *, floor: Decimal, at: datetime, after: int = 0
) -> tuple[list[Step], Counted]:
    """The next stretch of customers behind the number `after`, in one statement and one pass."""
    steps, needs = steps_of(row), _answers_a_need(row["fits"], floor)
    last = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    until = min(after + STRETCH, last)
    formula, terms = row["benefit_formula"], row["terms"]
    facts = {"held_products", "is_vulnerable"}.union(
        facts_of_formula(formula, terms), *(facts_of(step.requirements) for step in steps)
    )
    people = annotated(Customer.objects.filter(pk__gt=after, pk__lte=until), at=at, names=facts)
    people = people.annotate(**{ANSWERED: needs, WORTH: worth(formula, terms)})
    filters = {
        f"step_{place}": Count("pk", filter=as_sql(step.requirements) & step.condition)
        for place, step in enumerate(steps)
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local work_mem = %s", [ROOM])
        found = people.order_by().aggregate(everybody=Count("pk"), **filters)
    counts = tuple(found[f"step_{place}"] for place in range(len(steps)))
    return steps, Counted(found["everybody"], counts, until, last)


def _all_rules(row: Mapping[str, Any], stage: Stage) -> list[Requirement]:
    found = requirements_of([rule for rule in row["rules"] if rule["stage"] == stage])
    return [requirement for requirement, _ in found]


def _rules(row: Mapping[str, Any], stage: Stage) -> list[Requirement]:
    return [one for one in _all_rules(row, stage) if not facts_of([one]) & OF_THE_CONTACT]


def _answers_a_need(fits: Mapping[str, str], floor: Decimal) -> Exists:
    """An open need whose strength × fit reaches the need floor, as the stages ask."""
    enough = Q(pk__in=[])
    for need_type, fit in fits.items():
        if Decimal(fit) > 0:
            least = (floor / Decimal(fit)).quantize(HUNDREDTH, ROUND_CEILING)
            enough |= Q(need_type__code=need_type, strength__gte=least)
    return Exists(Need.objects.open().filter(enough, customer=OuterRef("pk")))
