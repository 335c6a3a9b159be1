"""Has the customer said that what went wrong is fixed?"""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from messaging.gateway import Carrier
from service.models import ServiceRequest


class ConfirmationStatus(models.TextChoices):
    ASKING = "asking", "Asked by link"
    CALLING = "calling", "An agent asks by phone"
    CONFIRMED = "confirmed", "Fixed, says the customer"
    DENIED = "denied", "Not fixed, says the customer"
    SILENT = "silent", "No word from the customer"
    DROPPED = "dropped", "Taken up again before an answer"


OPEN = (ConfirmationStatus.ASKING, ConfirmationStatus.CALLING)


class ConfirmationQuerySet(TeamScopedQuerySet["Confirmation"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def calls_of(self, owner: User) -> Self:
        """Silent customers whom this person is to call, the longest silent first."""
        calls = self.filter(status=ConfirmationStatus.CALLING, request__owner=owner)
        return calls.order_by("due_at", "pk")


class Confirmation(models.Model):
    """Asking a customer whether a request is fixed, once each time that it is resolved.

    `ways` are tried in their order, one message each; `asked` counts them; `due_at` is the next
    step: the next message, an agent's call, or closing without the customer's word.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    follow_up = models.ForeignKey("followups.FollowUp", on_delete=models.CASCADE, related_name="+")
    ways = ArrayField(models.CharField(max_length=10, choices=Carrier))
    asked = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(
        max_length=10, choices=ConfirmationStatus, default=ConfirmationStatus.ASKING
    )
    due_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(status__in=OPEN),
                name="confirmation_open_once",
            ),
            models.CheckConstraint(
                name="confirmation_settled_has_time",
                condition=Q(status__in=OPEN, settled_at=None)
                | (~Q(status__in=OPEN) & Q(settled_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], name="confirmation_due", condition=Q(status__in=OPEN)
            )
        ]

    def __str__(self) -> str:
        return f"Confirmation {self.pk}"

    def settle(self, status: ConfirmationStatus) -> bool:
        """The first word counts; false when it is settled."""
        rows = Confirmation.objects.open().filter(pk=self.pk)
        settled = rows.update(status=status, settled_at=timezone.now())
        if settled:
            self.refresh_from_db(fields=["status", "settled_at"])
        return bool(settled)
