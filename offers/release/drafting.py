"""How do typed rules become the draft of a product, without undoing what a colleague typed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.errors import Conflict
from accounts.models import AuditEntry, User
from offers import publishing
from offers.release.typed import of_content
from products.models import Product, ProductRule

RULE = ("stage", "fact", "comparison", "value", "either", "because")


class ChangedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed these rules since you opened them. Open the page again; what "
            "you typed stands here until you leave it."
        )


def row_of(content: Mapping[str, Any], code: str) -> dict[str, Any] | None:
    """The product's part of a content."""
    return next((row for row in content["products"] if row["code"] == code), None)


def mark_of(rules: Sequence[Mapping[str, Any]]) -> str:
    """A mark that changes with the rules: who saves says which rules were seen."""
    return publishing.digest_of(list(rules))[:16]


def rules_of(product: Product) -> list[dict[str, Any]]:
    return list(product.rules.values(*RULE))


def keep(product: Product, rules: Sequence[Mapping[str, Any]], *, seen: str, by: User) -> bool:
    """Put these rules in the place of the product's; false when they say the same."""
    with transaction.atomic():
        Product.objects.select_for_update().get(pk=product.pk)
        known = rules_of(product)
        if mark_of(known) != seen:
            raise ChangedMeanwhile
        if of_content(known).rules(product.currency) == list(rules):
            return False
        replace(product, rules)
        AuditEntry.record(
            by=by, verb="rules changed", subject=product, detail={"rules": len(rules)}
        )
    return True


def replace(product: Product, rules: Sequence[Mapping[str, Any]]) -> None:
    """Inside of a transaction: the product's rules are these and no others."""
    product.rules.all().delete()
    for rule in rules:
        fresh = ProductRule(product=product, **{name: rule[name] for name in RULE})
        fresh.clean()
        fresh.save()
