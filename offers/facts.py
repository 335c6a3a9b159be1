"""Where does every fact of products.vocabulary come from?

Each is one ORM expression: on Customer, or on rows of theirs that are added up once and read beside
them. One query with all of them tells the facts of a customer; the same annotations filter the
whole base by a rule. What is added up stands in `offers.sums`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    F,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.prepared import NEVER, NOBODY, Prepared
from customers.models import Customer, Holding
from needs.models import Need
from offers.added_up import AddedUp, read_beside
from offers.rules import PREFIX, FactValue
from offers.sums import COUNT, MONEY, SUMS, Sums
from products.vocabulary import FACTS, NUMERIC, Kind
from service.models import Promise, ServiceRequest

PROMISE_MEMORY = timedelta(days=90)
OWN_FACTS = sorted(FACTS.keys() - {"contact_reason", "channel"})
ANYBODY = Q()
NUMBER_TEXT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the present contact adds; None while nobody is in contact."""

    reason: str | None = None
    channel: str | None = None


NO_CONTACT = ContactFacts()


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


_OF_ONE = Prepared(_of_one, {"customer": NOBODY, **_moments(NEVER)})
