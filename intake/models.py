"""Which files and loads came in, how far, and with what result?"""

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


class BulkLoad(models.Model):
    """Very many rows on their way in; while it is not finished, something is still owed.

    `set_aside` holds the definitions of the indexes to be put back, by name; after them the
    figures of the dashboards are to be counted, for bulk rows pass by the triggers.
    """

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    set_aside = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at=None), name="bulk_load_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Bulk load of {self.started_at:%d %b %Y %H:%M}"

    @classmethod
    def under_way(cls) -> BulkLoad | None:
        return cls.objects.filter(finished_at=None).first()
