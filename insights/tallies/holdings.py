"""Who was a customer when: joined, came, was lost? And what did customers hold?"""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery

from customers.models import Holding
from insights.tallies.tally import AnyRecords, iso, words


def held_at_end_of(day: Any) -> Q:
    return Q(opened_on__lte=day) & (Q(cancelled_on=None) | Q(cancelled_on__gt=day))


def held_on(day: Any) -> Q:
    """At some moment of the day; also: at the end of the day before, with opened_on before it."""
    return Q(opened_on__lte=day) & (Q(cancelled_on=None) | Q(cancelled_on__gte=day))


def of_same(*, by_product: bool) -> QuerySet[Holding]:
    """The customer's holdings, or those of the same product, inside a subquery on a holding."""
    same = Holding.objects.filter(customer_id=OuterRef("customer_id"))
    return same.filter(product_id=OuterRef("product_id")) if by_product else same


def _cohort(*, by_product: bool) -> Func:
    first = of_same(by_product=by_product).order_by("opened_on", "pk").values("opened_on")[:1]
    return iso(Subquery(first), "YYYY-MM")


def _own(records: QuerySet[Holding]) -> QuerySet[Holding]:
    return records.annotate(own_product=F("product_id"))


def opened(_: bool = False) -> AnyRecords:
    return _own(Holding.objects.all()).annotate(
        day=F("opened_on"), outcome=words("opened"), reason=words("")
    )


def cancelled(_: bool = False) -> AnyRecords:
    return _own(Holding.objects.filter(cancelled_on__isnull=False)).annotate(
        day=F("cancelled_on"), outcome=words("cancelled"), reason=F("cancelled_because")
    )


def joined(by_product: bool = False) -> AnyRecords:
    """First holdings ever: the customers of a cohort."""
    earlier = of_same(by_product=by_product).filter(
        Q(opened_on__lt=OuterRef("opened_on"))
        | Q(opened_on=OuterRef("opened_on"), pk__lt=OuterRef("pk"))
    )
    return _own(Holding.objects.filter(~Exists(earlier))).annotate(
        day=F("opened_on"), outcome=words("joined"), reason=words("")
    )


def came(by_product: bool = False) -> AnyRecords:
    """Holdings whose opening made somebody a customer, for the first time or again."""
    return _own(_beginnings(by_product=by_product)).annotate(
        day=F("opened_on"), outcome=words("came"), reason=_cohort(by_product=by_product)
    )


def _beginnings(*, by_product: bool) -> QuerySet[Holding]:
    others = of_same(by_product=by_product)
    day = OuterRef("opened_on")
    lasting = Q(cancelled_on=None) | Q(cancelled_on__gt=F("opened_on"))
    return Holding.objects.filter(
        lasting,
        ~Exists(others.filter(held_on(day), opened_on__lt=day)),
        ~Exists(others.filter(lasting, opened_on=day, pk__lt=OuterRef("pk"))),
    )


def losses(by_product: bool = False) -> QuerySet[Holding]:
    """Holdings whose cancellation left the customer with nothing: one for each customer lost."""
    others = of_same(by_product=by_product)
    day = OuterRef("cancelled_on")
    return _own(
        Holding.objects.filter(
            ~Exists(others.filter(held_at_end_of(day))),
            ~Exists(others.filter(cancelled_on=day, opened_on__lt=day, pk__gt=OuterRef("pk"))),
            cancelled_on__gt=F("opened_on"),
        )
    ).annotate(day=F("cancelled_on"), outcome=words("lost"))


def lost(by_product: bool = False) -> AnyRecords:
    return losses(by_product).annotate(reason=F("cancelled_because"))


def lost_of_cohort(by_product: bool = False) -> AnyRecords:
    return losses(by_product).annotate(reason=_cohort(by_product=by_product))


def begun(by_product: bool = False) -> QuerySet[Holding]:
    """Beginnings of stays, for a subquery on a loss: those before it, of the same customer."""
    found = _beginnings(by_product=by_product).filter(
        customer_id=OuterRef("customer_id"), opened_on__lt=OuterRef("cancelled_on")
    )
    return found.filter(product_id=OuterRef("product_id")) if by_product else found


def began_on(by_product: bool = False) -> Subquery:
    """When the stay began that this loss ended."""
    newest = begun(by_product).order_by("-opened_on").values("opened_on")[:1]
    return Subquery(newest, output_field=DateField())


def lost_since(by_product: bool = False) -> AnyRecords:
    return losses(by_product).annotate(reason=iso(began_on(by_product), "YYYY-MM-DD"))
