"""What was written within a contact?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from interactions.models.contact import Direction, Interaction


class Message(models.Model):
    """One message within an interaction: a chat line, a mail, a post."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=10, choices=Direction)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.TextField()
    sent_at = models.DateTimeField(default=timezone.now)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["sent_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="message_not_empty", condition=~Q(body="")),
            models.UniqueConstraint(
                fields=["interaction", "external_id"],
                condition=~Q(external_id=""),
                name="message_external_id_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["interaction", "sent_at", "id"], name="message_of_interaction")
        ]

    def __str__(self) -> str:
        return f"{self.direction} message {self.pk}"
