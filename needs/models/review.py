"""When do we look at a customer's needs again?"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer
from interactions.models import Interaction


class NeedsReview(models.Model):
    """A look at a customer's needs that is due: the start of the next cycle."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.OneToOneField(
        Interaction, on_delete=models.CASCADE, related_name="+", help_text="What started it."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(F("due_on"), name="needs_review_due", condition=Q(done_at=None))
        ]

    def __str__(self) -> str:
        return f"Needs review on {self.due_on:%d %b %Y}"

    @classmethod
    def start(
        cls, *, customer: Customer, interaction: Interaction, owner: User, due_on: date
    ) -> NeedsReview:
        """Open the next cycle; the one already open for that interaction when called again."""
        with transaction.atomic():
            review, created = cls.objects.get_or_create(
                interaction=interaction,
                defaults={"customer": customer, "owner": owner, "due_on": due_on},
            )
            if created:
                AuditEntry.record(by=None, verb="needs review started", subject=review)
        return review
