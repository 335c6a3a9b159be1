"""What did Northgate's customers say of themselves in a voluntary survey? For the audit alone.

Drawn without looking at anything else of the customer: nothing here makes a group fare worse.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from customers.models import Customer, ProtectedAttribute, ProtectedTrait

ANSWERED = 0.85
SOURCE = "voluntary survey"
SHARES = {
    ProtectedAttribute.SEX: (("women", 51), ("men", 47), ("another", 2)),
    ProtectedAttribute.DISABILITY: (("disabled", 18), ("not disabled", 82)),
    ProtectedAttribute.ETHNICITY: (
        ("white", 78),
        ("Asian", 10),
        ("Black", 5),
        ("mixed or another", 7),
    ),
}


def ask(random: Random) -> None:
    """Keep one answer for each attribute of most persons of the seed."""
    people = Customer.objects.filter(source="seed", kind="person").order_by("pk")
    ProtectedTrait.objects.bulk_create(
        trait for customer in people.iterator() for trait in _said(customer, random)
    )


def _said(customer: Customer, random: Random) -> Iterator[ProtectedTrait]:
    if random.random() > ANSWERED:
        return
    for attribute, shares in SHARES.items():
        (group,) = random.choices(*zip(*shares, strict=True))
        yield ProtectedTrait(
            customer=customer, attribute=attribute, group=str(group), source=SOURCE
        )
