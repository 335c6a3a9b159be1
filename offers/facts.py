"""Where does every fact of products.vocabulary come from?

Each is one ORM expression on Customer. One query with all of them tells the facts of a customer;
the same annotations filter the whole base by a rule. Money counts holdings in `CURRENCY` only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf, Round
from django.utils import timezone

from accounts.prepared import NEVER, NOBODY, Prepared
from customers.models import Customer
from needs.models import Need
from offers.rules import PREFIX, FactValue
from products.models import BalanceMeaning
from products.vocabulary import FACTS, NUMERIC, Kind
from service.models import Promise, ServiceRequest

CURRENCY = "GBP"
IDLE_RATE = Decimal(1)  # per cent a year; money below it is called idle
PROMISE_MEMORY = timedelta(days=90)
MONEY = DecimalField(max_digits=16, decimal_places=2)
COUNT = DecimalField(max_digits=9, decimal_places=0)  # a rule may say "at least 1.5"
RATE = DecimalField(max_digits=8, decimal_places=3)
OWN_FACTS = sorted(FACTS.keys() - {"contact_reason", "channel"})
NUMBER_TEXT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the present contact adds; None while nobody is in contact."""

    reason: str | None = None
    channel: str | None = None


NO_CONTACT = ContactFacts()


def sources(*, at: datetime, contact: ContactFacts = NO_CONTACT) -> dict[str, Any]:
    """The expression of every fact, for annotating customers, as of `at`."""
    today = timezone.localdate(at)
    return {
        "is_adult": _true_when(Q(born_on__lte=years_before(today, 18))),
        "is_vulnerable": _true_when(Q(vulnerable_since__isnull=False)),
        "has_open_complaint": Exists(
            ServiceRequest.objects.open().complaints().filter(customer=OuterRef("pk"))
        ),
        "segment": F("segment"),
        "country": F("country"),
        "tenure_years": _whole_years(today),
        **_holdings(),
        "foreign_spend": _figure("foreign_spend"),
        "annual_income": _figure("annual_income"),
        "open_requests": _count(ServiceRequest.objects.open()),
        "broken_promises": _count(Promise.objects.broken().filter(due_at__gte=at - PROMISE_MEMORY)),
        "open_needs": ArraySubquery(
            Need.objects.open()
            .filter(customer=OuterRef("pk"))
            .order_by("need_type__code")
            .values("need_type__code")
        ),
        "contact_reason": Value(contact.reason, output_field=CharField()),
        "channel": Value(contact.channel, output_field=CharField()),
    }


def annotated(
    customers: QuerySet[Customer],
    *,
    at: datetime,
    contact: ContactFacts = NO_CONTACT,
    names: Iterable[str] = FACTS,
) -> QuerySet[Customer]:
    """Customers with the named facts as `fact_<name>`, to be read or filtered by."""
    known = sources(at=at, contact=contact)
    return customers.annotate(**{f"{PREFIX}{name}": known[name] for name in sorted(names)})


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
    rows = annotated(Customer.objects.filter(pk=customer), at=NEVER, names=OWN_FACTS)
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


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.filter(customer=OuterRef("pk")).order_by().values("customer")
    found = Subquery(counted.annotate(rows=Count("pk")).values("rows"), output_field=COUNT)
    return Coalesce(found, Value(Decimal(0)), output_field=COUNT)


def _holdings() -> dict[str, Any]:
    held = Q(holdings__isnull=False, holdings__cancelled_on=None)
    counted = held & Q(holdings__currency=CURRENCY)
    deposits = counted & Q(holdings__product__category__balance_meaning=BalanceMeaning.MONEY)
    idle = deposits & Q(holdings__annual_rate__lt=IDLE_RATE)
    cards = counted & Q(holdings__product__category__balance_meaning=BalanceMeaning.CARD_DEBT)
    return {
        "held_products": _codes("holdings__product__code", held),
        "held_categories": _codes("holdings__product__category__code", held),
        "total_balance": _sum("holdings__balance", deposits),
        "idle_balance": _sum("holdings__balance", idle),
        "current_rate": _mean_rate(idle),
        "card_debt": _sum("holdings__balance", cards),
        "card_rate": _mean_rate(cards),
        "monthly_charges": _sum("holdings__monthly_charge", counted),
    }


def _codes(path: str, condition: Q) -> ArrayAgg:
    """With its repetitions, which leave a preview over the whole base one sort fewer."""
    return ArrayAgg(path, filter=condition, default=Value([]))


def _sum(path: str, condition: Q) -> Coalesce:
    return Coalesce(Sum(path, filter=condition), Value(Decimal(0)), output_field=MONEY)


def _mean_rate(condition: Q) -> Coalesce:
    """Weighted by balance, per cent a year to three places; 0 where there is no balance."""
    weight = ExpressionWrapper(
        F("holdings__balance") * F("holdings__annual_rate"),
        output_field=DecimalField(max_digits=22, decimal_places=5),
    )
    mean = Sum(weight, filter=condition) / NullIf(
        Sum("holdings__balance", filter=condition), Value(Decimal(0))
    )
    return Coalesce(Round(mean, precision=3), Value(Decimal(0)), output_field=RATE)


_OF_ONE = Prepared(_of_one, {"customer": NOBODY, **_moments(NEVER)})
