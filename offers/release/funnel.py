"""How many customers of the whole base stay at each stage of a draft product's rules?

The same rules as SQL. Each customer is passed once and told how far they come; what they hold is
added up once beside. A large base is counted in stretches of its numbers, so that the page tells
how far it has come, each in pieces that PostgreSQL may count side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, Expression, IntegerField, Max, Q, QuerySet, Value, When

from customers.models import Customer
from offers.catalogue import requirements_of
from offers.release.passing import Passing
from offers.release.worth import as_sql as value_of
from offers.release.worth import facts_of_formula, is_worth
from offers.rules import PREFIX, Requirement, facts_of
from offers.sums import Sums, among, need_of
from products.models import Stage

STRETCH = 250_000  # customers' numbers looked at by one request
PIECES = 6  # of a stretch: as many as two or three workers share evenly
AFTER, UNTIL = -1_000_003, -1_000_033  # stand for numbers, which no customer has
SETTINGS = (
    "set local work_mem = '64MB'",  # what a piece adds up stays in memory
    "set local jit = off",  # compiling takes longer than a stretch
)
OF_THE_CONTACT = frozenset({"contact_reason", "channel"})
HUNDREDTH = Decimal("0.01")
STEPS = 4
PLACES = range(STEPS + 1)
ANYBODY = Q(pk__gt=0)
WORTH = "worth_a_year"
ANSWERED = "has_a_need_for_it"
HOLDS_IT = "holds_it"


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the funnel: what must hold beside everything before."""

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
    """The stages of one product's content, in order."""
    safe = ANYBODY if row["safe_for_vulnerable"] else Q(**{f"{PREFIX}is_vulnerable": False})
    enough = is_worth(WORTH, Decimal(row["minimum_benefit"]))
    return [
        Step("May have it, and has it not", _rules(row, Stage.ELIGIBILITY), Q(**{HOLDS_IT: False})),
        Step("and its rules find it suitable", _rules(row, Stage.SUITABILITY), safe),
        Step("and it gains them enough", (), enough),
        Step(
            "and it answers an open need",
            _rules(row, Stage.APPLICABILITY),
            Q(**{ANSWERED: True}),
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
    steps = steps_of(row)
    last = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    until = min(after + STRETCH, last)
    bounds = [after + (until - after) * piece // PIECES for piece in range(PIECES + 1)]
    sql, parameters = _piece(row, steps, floor, at).query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
        cursor.execute(
            " UNION ALL ".join([f"({sql})"] * PIECES),
            [one for within in pairwise(bounds) for one in _placed(parameters, within)],
        )
        found = cursor.fetchall()
    come = [sum(people for reached, people in found if reached >= place) for place in PLACES]
    return steps, Counted(come[0], tuple(come[1:]), until, last)


def _passing(row: Mapping[str, Any], floor: Decimal) -> Passing:
    return Passing.of(
        [one for step in steps_of(row) for one in step.requirements],
        names={"is_vulnerable"} | facts_of_formula(row["benefit_formula"], row["terms"]),
        more={
            HOLDS_IT: among("held_products", [row["code"]]),
            ANSWERED: _answers_a_need(row["fits"], floor),
        },
    )


def _piece(
    row: Mapping[str, Any], steps: Sequence[Step], floor: Decimal, at: datetime
) -> QuerySet[Any, Any]:
    """How many of a piece of the base reach how many steps; stand-ins say which piece.

    It is written once for all pieces, which cost Django more than some cost PostgreSQL.
    """
    passing = _passing(row, floor)
    people = passing.people(
        Customer.objects.filter(pk__gt=AFTER, pk__lte=UNTIL),
        at=at,
        within=Q(customer_id__gt=AFTER, customer_id__lte=UNTIL),
    )
    worth = value_of(row["benefit_formula"], row["terms"])
    return _reaching(steps, passing, people.annotate(**{WORTH: worth}))


def _placed(parameters: Iterable[Any], within: tuple[int, int]) -> Iterator[Any]:
    """The parameters, with the customers' numbers behind the one up to the other."""
    for one in parameters:
        is_place = type(one) is int and one in (AFTER, UNTIL)  # a rule's figures are decimals
        yield within[one == UNTIL] if is_place else one


def _reaching(
    steps: Sequence[Step], passing: Passing, people: QuerySet[Customer]
) -> QuerySet[Any, Any]:
    """How many of the people reach how many steps, one after the other: each is passed once."""
    reached: Expression = Value(len(steps))
    for place in reversed(range(len(steps))):
        step = steps[place]
        holds = When(passing.holds(step.requirements) & step.condition, then=reached)
        reached = Case(holds, default=Value(place), output_field=IntegerField())
    counted = people.order_by().values(reached=reached).annotate(people=Count("pk"))
    return counted.values_list("reached", "people")


def _all_rules(row: Mapping[str, Any], stage: Stage) -> list[Requirement]:
    found = requirements_of([rule for rule in row["rules"] if rule["stage"] == stage])
    return [requirement for requirement, _ in found]


def _rules(row: Mapping[str, Any], stage: Stage) -> tuple[Requirement, ...]:
    found = _all_rules(row, stage)
    return tuple(one for one in found if not facts_of([one]) & OF_THE_CONTACT)


def _answers_a_need(fits: Mapping[str, str], floor: Decimal) -> Sums:
    """An open need whose strength × fit reaches the need floor, as the stages ask."""
    enough = Q(pk__isnull=True)
    for need_type, fit in fits.items():
        if Decimal(fit) > 0:
            least = (floor / Decimal(fit)).quantize(HUNDREDTH, ROUND_CEILING)
            enough |= Q(need_type__code=need_type, strength__gte=least)
    return need_of(enough)
