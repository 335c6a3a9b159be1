"""Which recordings of a call are there?"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from telephony.models.calls import Call


class Recording(models.Model):
    """One file of sound; `pauses` are the seconds of the file at which nothing was kept."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="recordings")
    file = models.CharField(max_length=120, unique=True)
    seconds = models.DecimalField(max_digits=9, decimal_places=2)
    started_at = models.DateTimeField()
    pauses = ArrayField(models.FloatField(), default=list)

    class Meta:
        ordering: ClassVar = ["started_at"]

    def __str__(self) -> str:
        return self.file
