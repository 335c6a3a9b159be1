"""To which groups do these customers belong? The one way into the store of protected attributes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

from customers.models import Customer
from customers.models.protected import ProtectedAttribute, ProtectedTrait
from offers.facts import years_before

AT_ONCE = 5_000
AGE = "Age"
BANDS = ((65, "65 or over"), (45, "45 to 64"), (25, "25 to 44"), (0, "under 25"))

Groups = dict[str, dict[str, set[int]]]


def groups_of(customers: Collection[int], *, today: date) -> Groups:
    """Attribute → group → the customers in it; who is not known for an attribute is in none."""
    found: Groups = defaultdict(lambda: defaultdict(set))
    for part in _parts(sorted(customers)):
        for customer, attribute, group in ProtectedTrait.objects.groups_of(part):
            found[ProtectedAttribute(attribute).label][group].add(customer)
        born = Customer.objects.filter(pk__in=part, kind="person", born_on__isnull=False)
        for customer, born_on in born.values_list("pk", "born_on").order_by():
            if born_on is not None:
                found[AGE][_band(born_on, today)].add(customer)
    return {attribute: dict(groups) for attribute, groups in found.items()}


def _band(born_on: date, today: date) -> str:
    return next(
        words for years, words in BANDS if years == 0 or born_on <= years_before(today, years)
    )


def _parts(customers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(customers), AT_ONCE):
        yield customers[start : start + AT_ONCE]
