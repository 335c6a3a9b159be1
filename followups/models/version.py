"""Which policies were in force when a contact was closed?"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class PolicyVersion(models.Model):
    """All follow-up policies in their order, published whole and for good.

    `policies` is a list of what each says, the first that fits a contact wins. The version with
    the highest number is in force; `restores` is the older one that it brought back.
    """

    number = models.PositiveIntegerField(unique=True)
    policies = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    restores = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-number"]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="policies_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Follow-up policies {self.number}"
