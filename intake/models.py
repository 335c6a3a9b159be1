"""Which files came in, how far, and with what result?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ImportRun(models.Model):
    """One file read with one mapping; `rows_done` moves with each batch, so a stop loses nothing.

    `as_of` is the day that "months ago" is counted from, kept so that going on gives the same.
    """

    source = models.SlugField(max_length=40)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of file and mapping together.")
    as_of = models.DateField()
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0, help_text="Customers that were new.")
    changed = models.PositiveIntegerField(default=0, help_text="Customers that were known.")
    left_out = models.PositiveIntegerField(default=0, help_text="Rows with errors.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest"], condition=Q(finished_at=None), name="import_run_unfinished_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} as {self.source}"
