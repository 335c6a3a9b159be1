"""What does a customer have with somebody else, by their own word?"""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models.customer import Customer
from products.models import Product


class HeldElsewhereQuerySet(TeamScopedQuerySet["HeldElsewhere"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class HeldElsewhere(models.Model):
    """The like of a product of ours that the customer has already, and not from our books.

    While it stands the product is not offered to them. `provider` is who they have it from, as
    they said it; empty when they did not.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=80, blank=True)
    said_at = models.DateTimeField(default=timezone.now)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = HeldElsewhereQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "held elsewhere"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=Q(ended_at=None),
                name="held_elsewhere_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} elsewhere since {self.said_at:%d %b %Y}"

    @classmethod
    def say(
        cls, *, customer_id: int, product: Product, by: User, provider: str = ""
    ) -> HeldElsewhere:
        """Keep what the customer has; said again it is the one that stands."""
        with transaction.atomic():
            held, is_new = cls.objects.get_or_create(
                customer_id=customer_id,
                product=product,
                ended_at=None,
                defaults={"provider": provider.strip()[:80], "said_by": by},
            )
            if is_new:
                AuditEntry.record(
                    by=by, verb="held elsewhere", subject=held, detail={"product": product.code}
                )
        return held

    @classmethod
    def end(cls, *, customer_id: int, product: Product, by: User) -> bool:
        """They have it no longer, or never had; false when nothing stood."""
        with transaction.atomic():
            held = cls.objects.current().filter(customer=customer_id, product=product).first()
            if held is None:
                return False
            cls.objects.filter(pk=held.pk).update(ended_at=timezone.now())
            AuditEntry.record(
                by=by,
                verb="held elsewhere no longer",
                subject=held,
                detail={"product": product.code},
            )
        return True
