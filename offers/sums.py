"""Which facts are added up over rows of a customer, and how?

Over what they hold, asked for, complained of, were promised or need. Money counts holdings in
`CURRENCY` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DecimalField,
    Expression,
    ExpressionWrapper,
    F,
    Field,
    Q,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, NullIf, Round

from offers.added_up import column
from products.models import BalanceMeaning, Product

CURRENCY = "GBP"
IDLE_RATE = Decimal(1)  # per cent a year; money below it is called idle
MONEY = DecimalField(max_digits=16, decimal_places=2)
COUNT = DecimalField(max_digits=9, decimal_places=0)  # a rule may say "at least 1.5"
RATE = DecimalField(max_digits=8, decimal_places=3)
CODES: Any = ArrayField(CharField())
YES_NO = BooleanField()
NOTHING = Decimal(0)
NO_PRODUCT = 0  # no product has this number
Products = Callable[..., Q]


class Sums(NamedTuple):
    """One figure over rows of a customer: which rows, what of them, and what it is without any."""

    rows: str
    expression: Expression
    field: Field[Any, Any]
    without: Any

    def beside(self, name: str) -> Coalesce:
        found = column(self.rows, name, self.field)
        return Coalesce(found, Value(self.without), output_field=self.field)


def _codes(path: str) -> ArrayAgg:
    """With its repetitions, which leave a count over the whole base one sort fewer."""
    return ArrayAgg(path)


def _mean_rate(condition: Q) -> Expression:
    """Weighted by balance, per cent a year to three places; unknown where there is no balance."""
    weight = ExpressionWrapper(
        F("balance") * F("annual_rate"),
        output_field=DecimalField(max_digits=22, decimal_places=5),
    )
    mean = Sum(weight, filter=condition) / NullIf(
        Sum("balance", filter=condition), Value(Decimal(0))
    )
    return Round(mean, precision=3, output_field=RATE)


def joined(**conditions: Any) -> Q:
    """Holdings of products like that, asked row by row."""
    return Q(**{f"product__{name}": value for name, value in conditions.items()})


def numbered(**conditions: Any) -> Q:
    """The same by the products' numbers, read before: cheaper over millions of holdings."""
    numbers = Product.objects.filter(**conditions).order_by("pk").values_list("pk", flat=True)
    return Q(product__in=list(numbers) or [NO_PRODUCT])


def sums(product: Products) -> dict[str, Sums]:
    """The facts that are added up over rows of a customer."""
    counted = Q(currency=CURRENCY)
    deposits = counted & product(category__balance_meaning=BalanceMeaning.MONEY)
    idle = deposits & Q(annual_rate__lt=IDLE_RATE)
    cards = counted & product(category__balance_meaning=BalanceMeaning.CARD_DEBT)
    return {
        "held_products": Sums("held", _codes("product__code"), CODES, []),
        "held_categories": Sums("held", _codes("product__category__code"), CODES, []),
        "total_balance": Sums("held", Sum("balance", filter=deposits), MONEY, NOTHING),
        "idle_balance": Sums("held", Sum("balance", filter=idle), MONEY, NOTHING),
        "current_rate": Sums("held", _mean_rate(idle), RATE, NOTHING),
        "card_debt": Sums("held", Sum("balance", filter=cards), MONEY, NOTHING),
        "card_rate": Sums("held", _mean_rate(cards), RATE, NOTHING),
        "monthly_charges": Sums("held", Sum("monthly_charge", filter=counted), MONEY, NOTHING),
        "has_open_complaint": Sums("complained", BoolOr(Q(pk__isnull=False)), YES_NO, False),
        "open_requests": Sums("asked", Count("pk"), COUNT, NOTHING),
        "broken_promises": Sums("broken", Count("pk"), COUNT, NOTHING),
        "open_needs": Sums("needed", _codes("need_type__code"), CODES, []),
    }


SUMS = sums(joined)


def among(name: str, words: Iterable[str]) -> Sums:
    """Whether a fact that is a set has one of these words: cheaper than the set itself."""
    match name:
        case "held_products":
            rows, condition = "held", numbered(code__in=words)
        case "held_categories":
            rows, condition = "held", numbered(category__code__in=words)
        case _:
            rows, condition = "needed", Q(need_type__code__in=words)
    return Sums(rows, BoolOr(condition), YES_NO, False)


def need_of(condition: Q) -> Sums:
    """Whether an open need of the customer is like that."""
    return Sums("needed", BoolOr(condition), YES_NO, False)
