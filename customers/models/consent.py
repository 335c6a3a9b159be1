"""What has a customer permitted?"""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.contact_points import Channel
from customers.models.customer import Customer


class Purpose(models.TextChoices):
    SERVICE = "service", "Service"
    SURVEY = "survey", "Survey"
    MARKETING = "marketing", "Marketing"
    RECORDING = "recording", "Recordings of calls"


class ConsentQuerySet(TeamScopedQuerySet["Consent"]):
    def current(self) -> Self:
        """The newest word per customer, purpose and channel."""
        return self.order_by("customer_id", "purpose", "channel", "-recorded_at", "-pk").distinct(
            "customer_id", "purpose", "channel"
        )


class Consent(models.Model):
    """What a customer permitted or withdrew: one more row each time, never rewritten."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=20, choices=Channel)
    is_granted = models.BooleanField()
    source = models.CharField(max_length=80)
    wording_version = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "purpose", "channel", "-recorded_at", "-id"],
                name="consent_newest",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_purpose_known", condition=Q(purpose__in=Purpose.values)
            ),
            models.CheckConstraint(
                name="consent_channel_known", condition=Q(channel__in=Channel.values)
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="consent_history_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        word = "granted" if self.is_granted else "withdrawn"
        return f"{self.get_purpose_display()} by {self.get_channel_display()}: {word}"
