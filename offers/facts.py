"""Where does every fact of products.vocabulary come from?

Each is one ORM expression: on Customer, or on rows of theirs that are added up once and read beside
them. One query with all of them tells the facts of a customer; the same annotations filter the
whole base by a rule. Money counts holdings in `CURRENCY` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Expression,
    ExpressionWrapper,
    F,
    Field,
    Func,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf, Round
from django.utils import timezone

from accounts.prepared import NEVER, NOBODY, Prepared
from customers.models import Customer, Holding
from needs.models import Need
from offers.added_up import AddedUp, column, read_beside
from offers.rules import PREFIX, FactValue
from products.models import BalanceMeaning, Product
from products.vocabulary import FACTS, NUMERIC, Kind
from service.models import Promise, ServiceRequest

CURRENCY = "GBP"
IDLE_RATE = Decimal(1)  # per cent a year; money below it is called idle
PROMISE_MEMORY = timedelta(days=90)
MONEY = DecimalField(max_digits=16, decimal_places=2)
COUNT = DecimalField(max_digits=9, decimal_places=0)  # a rule may say "at least 1.5"
RATE = DecimalField(max_digits=8, decimal_places=3)
CODES: Any = ArrayField(CharField())
YES_NO = BooleanField()
OWN_FACTS = sorted(FACTS.keys() - {"contact_reason", "channel"})
ANYBODY = Q()
NOTHING = Decimal(0)
NO_PRODUCT = 0  # no product has this number
Products = Callable[..., Q]
NUMBER_TEXT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the present contact adds; None while nobody is in contact."""

    reason: str | None = None
    channel: str | None = None


NO_CONTACT = ContactFacts()


class Sums(NamedTuple):
    """One figure over rows of a customer: which rows, what of them, and what it is without any."""

    rows: str
    expression: Expression
    field: Field[Any, Any]
    without: Any

    def beside(self, name: str) -> Coalesce:
        found = column(self.rows, name, self.field)
        return Coalesce(found, Value(self.without), output_field=self.field)


def sources(*, at: datetime, contact: ContactFacts = NO_CONTACT) -> dict[str, Any]:
    """The expression of every fact as of `at`: what is added up is told by its column."""
    today = timezone.localdate(at)
    return {
        "is_adult": _true_when(Q(born_on__lte=years_before(today, 18))),
        "is_vulnerable": _true_when(Q(vulnerable_since__isnull=False)),
        "segment": F("segment"),
        "country": F("country"),
        "tenure_years": _whole_years(today),
        "foreign_spend": _figure("foreign_spend"),
        "annual_income": _figure("annual_income"),
        "contact_reason": Value(contact.reason, output_field=CharField()),
        "channel": Value(contact.channel, output_field=CharField()),
        **{name: sums.beside(name) for name, sums in SUMS.items()},
    }


def annotated(
    customers: QuerySet[Customer],
    *,
    at: datetime,
    contact: ContactFacts = NO_CONTACT,
    names: Iterable[str] = FACTS,
    more: Mapping[str, Sums] | None = None,
    within: Q = ANYBODY,
    known: Mapping[str, Sums] | None = None,
) -> QuerySet[Customer]:
    """Customers with the named facts as `fact_<name>`, to be read or filtered by.

    `more` are further sums, by their names. `within` says whose rows are added up, by
    `customer_id`, where that is not everybody's; `known` are the `sums` of `numbered` products.
    """
    sums_of = known or SUMS
    wanted = {name: sums_of[name] for name in names if name in sums_of} | dict(more or {})
    beside: dict[str, AddedUp] = {}
    for name, sums in wanted.items():
        rows, others = beside.get(sums.rows, (_rows(sums.rows, at).filter(within), {}))
        beside[sums.rows] = AddedUp(rows, {**others, name: sums.expression})
    every = sources(at=at, contact=contact)
    told = {f"{PREFIX}{name}": every[name] for name in sorted(names)}
    told |= {name: sums.beside(name) for name, sums in (more or {}).items()}
    return read_beside(customers, beside).annotate(**told)


def _rows(kind: str, at: datetime) -> QuerySet[Any]:
    """The rows of all customers that `Sums` speak of."""
    match kind:
        case "held":
            return Holding.objects.held()
        case "asked":
            return ServiceRequest.objects.open()
        case "complained":
            return ServiceRequest.objects.open().complaints()
        case "broken":
            return Promise.objects.broken().filter(due_at__gte=at - PROMISE_MEMORY)
        case _:
            return Need.objects.open()


def facts_of(
    *, customer_id: int, at: datetime, contact: ContactFacts = NO_CONTACT
) -> dict[str, Any]:
    """All facts of one customer in one statement, as JSON keeps them.

    Figures are text, sets sorted lists, what is not known is None. Raises Customer.DoesNotExist.
    """
    found = _OF_ONE.rows(customer=customer_id, **_moments(at))
    if not found:
        raise Customer.DoesNotExist
    row = dict(zip(OWN_FACTS, found[0], strict=True))
    row |= {"contact_reason": contact.reason, "channel": contact.channel}
    return {name: _canonical(fact.kind, row[name]) for name, fact in FACTS.items()}


def _moments(at: datetime) -> dict[str, Any]:
    """What the sources make of a moment."""
    today = timezone.localdate(at)
    return {
        "today": today,
        "adult_since": years_before(today, 18),
        "remembered_from": at - PROMISE_MEMORY,
    }


def _of_one(*, customer: int, **_: Any) -> QuerySet[Any, Any]:
    one, of_one = Customer.objects.filter(pk=customer), Q(customer_id=customer)
    rows = annotated(one, at=NEVER, names=OWN_FACTS, within=of_one)
    return rows.order_by().values_list(*(f"{PREFIX}{name}" for name in OWN_FACTS))


def _canonical(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind in NUMERIC:
        return f"{Decimal(value).normalize():f}"
    return sorted(set(value)) if kind == Kind.SET else value


def restored(facts: dict[str, Any]) -> dict[str, FactValue]:
    """Canonical facts as rules and formulas read them."""
    return {name: _restored(FACTS[name].kind, value) for name, value in facts.items()}


def _restored(kind: Kind, value: Any) -> FactValue:
    if value is None:
        return None
    if kind in NUMERIC:
        return Decimal(value)
    return frozenset(value) if kind == Kind.SET else value


def years_before(day: date, years: int) -> date:
    """The same day earlier; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _true_when(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _whole_years(today: date) -> Func:
    return Func(
        Value(today, output_field=DateField()),
        F("customer_since"),
        template="EXTRACT(YEAR FROM AGE(%(expressions)s))",
        output_field=COUNT,
    )


def _figure(name: str) -> Case:
    """One of the customer's own figures; whatever is no number counts as not known."""
    return Case(
        When(
            **{f"figures__{name}__regex": NUMBER_TEXT},
            then=Cast(KeyTextTransform(name, "figures"), MONEY),
        ),
        default=None,
        output_field=MONEY,
    )


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


_OF_ONE = Prepared(_of_one, {"customer": NOBODY, **_moments(NEVER)})
