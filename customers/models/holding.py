"""What does a customer hold?"""

from __future__ import annotations

from typing import ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models.customer import Customer
from products.models import Product


class HoldingQuerySet(TeamScopedQuerySet["Holding"]):
    def held(self) -> Self:
        return self.filter(cancelled_on=None)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Holding(models.Model):
    """A product the customer has or had; rates in per cent a year, money in `currency`."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="holdings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40, blank=True)
    opened_on = models.DateField()
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3, default="GBP")
    balance = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    annual_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    monthly_charge = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    external_id = models.CharField(max_length=80, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="holding_cancelled_after_opening",
                condition=Q(cancelled_on=None) | Q(cancelled_on__gte=F("opened_on")),
            ),
            models.CheckConstraint(
                name="holding_cancelled_with_reason",
                condition=Q(cancelled_on=None, cancelled_because="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancelled_because="")),
            ),
            models.UniqueConstraint(
                fields=["customer", "external_id"],
                condition=~Q(external_id=""),
                name="holding_external_id_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "opened_on"], name="holding_of_customer"),
            models.Index(
                fields=["cancelled_on"],
                name="holding_cancelled",
                condition=Q(cancelled_on__isnull=False),
            ),
            models.Index(fields=["product", "opened_on"], name="holding_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product} since {self.opened_on:%d %b %Y}"

    def cancel(self, *, by: User, because: str) -> bool:
        """End the holding today; false when it had ended already."""
        with transaction.atomic():
            ended = Holding.objects.filter(pk=self.pk, cancelled_on=None).update(
                cancelled_on=timezone.localdate(), cancelled_because=because
            )
            if ended:
                AuditEntry.record(by=by, verb="holding cancelled", subject=self)
        return bool(ended)
