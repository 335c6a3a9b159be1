"""Why do customers decline, and what would make a product right for them?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from offers.models.offer import Offer
from products.models import Product


class ConditionComparison(models.TextChoices):
    AT_LEAST = "at_least", "at least"
    AT_MOST = "at_most", "at most"


class ConditionQuerySet(TeamScopedQuerySet["Condition"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)

    def untold(self) -> Self:
        """Those in figures whose customer nobody has been told about yet."""
        return self.standing().exclude(term="").filter(told_at=None)


class Condition(models.Model):
    """What a product would need to be right for one customer: their words, and where it can be
    told a `figure` for one of the product's own terms (`rate`, at least, 4.5).

    A condition in figures is held against every catalogue: once it is met, the product is relevant
    again and the agent who heard it is told (`told_at`). One in words alone is read by people.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=200)
    term = models.CharField(max_length=40, blank=True)
    comparison = models.CharField(max_length=10, choices=ConditionComparison, blank=True)
    figure = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    said_at = models.DateTimeField(default=timezone.now)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="condition_words_given", condition=~Q(words="")),
            models.CheckConstraint(
                name="condition_figure_whole",
                condition=Q(term="", comparison="", figure=None)
                | (
                    ~Q(term="") & Q(comparison__in=ConditionComparison.values, figure__isnull=False)
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer"], name="condition_of_customer", condition=Q(ended_at=None)
            ),
            models.Index(
                fields=["product"],
                name="condition_untold",
                condition=Q(ended_at=None, told_at=None) & ~Q(term=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} would need: {self.words}"


def is_met(*, term: str, comparison: str, figure: Decimal, terms: Mapping[str, Decimal]) -> bool:
    """Does a product with these terms meet the condition? Never by a term that it has not."""
    known = terms.get(term)
    if known is None:
        return False
    return known >= figure if comparison == ConditionComparison.AT_LEAST else known <= figure
