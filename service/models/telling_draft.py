"""What stands in the form while a customer is told that a promise will break?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class TellingDraft(models.Model):
    """The fields as they stand, by name, until it is said what came of it.

    `version` counts the saves.
    """

    warning = models.OneToOneField(
        "service.EarlyWarning", on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    typed = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"Draft {self.version} of early warning {self.pk}"
