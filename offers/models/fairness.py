"""Were customers of every group offered what helps alike, and were the chances true for them?"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class FairnessAudit(models.Model):
    """One look at the decisions of some days by group, with no customer named.

    `figures` are those of `offers.fairness.auditing`; `alerts` what is outside the bounds, in
    words. `made_by` is None when the software looked by itself.
    """

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField()
    customers = models.PositiveIntegerField()
    figures = models.JSONField()
    alerts = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-pk"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="fairness_audit_immutable", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"Fairness audit of {self.made_at:%d %b %Y}"
