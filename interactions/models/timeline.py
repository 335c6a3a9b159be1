"""What happened with this customer, newest first? One row an event, written by its verb.

One table with one index keeps the console at one statement, however long the history.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.contact_points import Channel
from customers.models import Customer


class TimelineKind(models.TextChoices):
    CONTACT = "contact", "Contact"
    REQUEST = "request", "Request"
    PROMISE = "promise", "Promise"
    NEED = "need", "Need"
    OFFER = "offer", "Offer"
    FOLLOW_UP = "follow_up", "Follow-up"


class TimelineQuerySet(TeamScopedQuerySet["TimelineEntry"]):
    def newest(self) -> Self:
        return self.order_by("-at", "-pk")


class TimelineEntry(models.Model):
    """One event in a customer's history, in words an agent reads at a glance."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        "interactions.Interaction", null=True, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20, choices=TimelineKind)
    channel = models.CharField(max_length=20, choices=Channel, blank=True)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=300, blank=True)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "timeline entries"
        indexes: ClassVar = [
            models.Index(F("customer"), F("at").desc(), F("id").desc(), name="timeline_of_customer")
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def write(
        cls,
        *,
        customer_id: int,
        kind: str,
        title: str,
        detail: str = "",
        at: datetime | None = None,
        channel: str = "",
        interaction_id: int | None = None,
    ) -> TimelineEntry:
        return cls.objects.create(
            customer_id=customer_id,
            kind=kind,
            title=title[:200],
            detail=detail[:300],
            at=at or timezone.now(),
            channel=channel,
            interaction_id=interaction_id,
        )
