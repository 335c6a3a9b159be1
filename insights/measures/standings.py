"""Which customers stand behind figures that are no sums of days: those who are there or stayed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Value

from accounts.models import User
from customers.models import Customer, Holding
from insights.measures.measure import Filters, visible
from insights.periods import DAY, month_end, shift
from insights.tallies import TALLIES, between
from insights.tallies.holdings import begun, held_at_end_of, joined, losses
from insights.tallies.tally import AnyRecords


def _customers(user: User, filters: Filters) -> QuerySet[Customer]:
    found = Customer.objects.visible_to(user)
    return found if filters.team_id is None else found.filter(team_id=filters.team_id)


def _theirs(filters: Filters) -> QuerySet[Holding]:
    """Holdings of the customer of the outer query, of the product asked for."""
    found = Holding.objects.filter(customer_id=OuterRef("pk"))
    return found if filters.product_id is None else found.filter(product=filters.product_id)


def customers_at(user: User, filters: Filters, *, day: date) -> QuerySet[Customer]:
    """Who held something at the end of the day."""
    return _customers(user, filters).filter(Exists(_theirs(filters).filter(held_at_end_of(day))))


def customers_before(user: User, filters: Filters) -> AnyRecords:
    return customers_at(user, filters, day=filters.period.first - DAY)


def customers_after(user: User, filters: Filters) -> AnyRecords:
    return customers_at(user, filters, day=filters.period.last)


def retained(user: User, filters: Filters) -> AnyRecords:
    """Customers when the period began who held something at the end of each of its days."""
    gone = losses(filters.product_id is not None).filter(
        customer_id=OuterRef("pk"),
        cancelled_on__gte=filters.period.first,
        cancelled_on__lte=filters.period.last,
    )
    if filters.product_id is not None:
        gone = gone.filter(product=filters.product_id)
    return customers_before(user, filters).filter(~Exists(gone))


def leavers(user: User, filters: Filters) -> AnyRecords:
    """The losses that ended stays which began before the period."""
    by_product = filters.product_id is not None
    tally = TALLIES["lost"]
    found: AnyRecords = losses(by_product)
    found = between(found, tally, first=filters.period.first, last=filters.period.last)
    newer = begun(by_product).filter(opened_on__gte=filters.period.first)
    stayed: AnyRecords = visible(found, user, filters, tally).filter(~Exists(newer))
    return stayed.annotate(reason=Value(""))  # type: ignore[no-any-return]


def cohort(user: User, filters: Filters, *, month: date, after: int | None) -> AnyRecords:
    """The customers of a cohort; with `after`, those who held something so many months on."""
    by_product = filters.product_id is not None
    found = joined(by_product).filter(opened_on__gte=month, opened_on__lte=month_end(month))
    found = visible(found, user, filters, TALLIES["joined"])
    if after is None:
        return found
    holdings = Holding.objects.filter(customer_id=OuterRef("customer_id"))
    if by_product:
        holdings = holdings.filter(product=filters.product_id)
    return found.filter(Exists(holdings.filter(held_at_end_of(month_end(shift(month, after))))))


@dataclass(frozen=True)
class Standing:
    """A list of customers that is no sum of days, with its words."""

    key: str
    name: str
    meaning: str
    records: Callable[[User, Filters], AnyRecords]


STANDINGS: Final = {
    standing.key: standing
    for standing in (
        Standing(
            "customers-before",
            "Customers when the period began",
            "Who held something at the end of the day before.",
            customers_before,
        ),
        Standing(
            "customers-after",
            "Customers when the period ended",
            "Who held something at the end of its last day.",
            customers_after,
        ),
        Standing(
            "retained",
            "Customers retained",
            "Customers when the period began who stayed customers throughout.",
            retained,
        ),
        Standing(
            "leavers",
            "Customers of the beginning who left",
            "Customers when the period began whose stay ended within it.",
            leavers,
        ),
    )
}
