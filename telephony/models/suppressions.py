"""Which numbers are never called by us, whatever for?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEntry, User


class SuppressionEntry(models.Model):
    """A number on the do-not-call list, from `at` on; whose it is does not matter."""

    number = models.CharField(max_length=16, unique=True, help_text="E.164: +442079460000")
    reason = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-at"]
        verbose_name_plural = "suppression entries"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="suppression_number_e164", condition=Q(number__regex=r"^\+[1-9][0-9]{6,14}$")
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"

    @classmethod
    def suppress(cls, *, number: str, reason: str, by: User | None = None) -> SuppressionEntry:
        """Never call this number again, from this moment on; twice is once."""
        with transaction.atomic():
            entry, is_new = cls.objects.get_or_create(
                number=number, defaults={"reason": reason[:120], "by": by}
            )
            if is_new:
                AuditEntry.record(by=by, verb="number suppressed", subject=entry)
        return entry

    @classmethod
    def holds(cls, number: str) -> bool:
        """Whether this number may not be called."""
        return cls.objects.filter(number=number).exists()
