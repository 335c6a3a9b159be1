"""What is a tally, and how are its days and words written in SQL?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import (
    CharField,
    DateTimeField,
    Expression,
    F,
    Func,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import TruncDate
from django.db.models.lookups import GreaterThan
from django.utils import timezone

AnyRecords = QuerySet[Any]


class ProductOf(Enum):
    """What choosing a product means: its own, held by the customer that day, or a stay with it."""

    OWN = "own"
    HELD = "held"
    STAY = "stay"


@dataclass(frozen=True)
class Tally:
    """Something counted day by day. `at` is the column that says when; `source` what marks it.

    `records` takes `by_product`, which matters only where a product means a stay with it: then
    "customer" reads "customer of that product".
    """

    key: str
    source: str
    at: str
    product_of: ProductOf
    records: Callable[[bool], AnyRecords]
    has_months: bool = True


def day_of(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=timezone.get_default_timezone())


def words(value: str) -> Value:
    return Value(value, output_field=CharField())


def iso(day: Any, form: str) -> Func:
    return Func(day, Value(form), function="to_char", output_field=CharField())


def plus_days(day: Any, days: int) -> Expression:
    """PostgreSQL: date + integer = date."""
    return Func(day, Value(days), arg_joiner=" + ", template="(%(expressions)s)", function="")


def later(moment: str) -> GreaterThan:
    """Inside a subquery: after the outer row by that column, and by its key at the same moment.

    A row comparison, because PostgreSQL finds its first row in an index on both columns.
    """

    def place(reference: type[F]) -> Func:
        both = (reference(moment), reference("pk"))
        return Func(*both, template="ROW(%(expressions)s)", output_field=DateTimeField())

    return GreaterThan(place(F), place(OuterRef))
