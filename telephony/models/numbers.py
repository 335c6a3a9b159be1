"""Which number is shown to whom we call?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class CallerId(models.Model):
    """A number of ours that may be shown, since a call to it reaches us. It is never typed."""

    number = models.CharField(max_length=16, unique=True, help_text="E.164: +442079460000")
    name = models.CharField(max_length=80, help_text="What the called person is told who calls.")
    verified_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = "caller id"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="caller_id_e164", condition=Q(number__regex=r"^\+[1-9][0-9]{6,14}$")
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @classmethod
    def for_calls(cls) -> CallerId | None:
        """The first one that may be shown."""
        return cls.objects.filter(verified_on__isnull=False, retired_on=None).first()
