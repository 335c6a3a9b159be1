"""Which sums do the dashboards read, which of them are out of date, and when were they counted?"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Team
from products.models import Product

LATE = timedelta(minutes=3)


class Grain(models.TextChoices):
    DAY = "day", "Day"
    MONTH = "month", "Month"


class Figure(models.Model):
    """How many records of one tally fell on one day or month, with one outcome and reason.

    Without a team: of all teams. Without a product: whatever the product; figures of single
    products do not add up to it, because a customer may hold several.
    """

    tally = models.CharField(max_length=20)
    grain = models.CharField(max_length=5, choices=Grain)
    start_on = models.DateField()
    team = models.ForeignKey(
        Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    product = models.ForeignKey(
        Product, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=20)
    reason = models.CharField(max_length=120, blank=True)
    n = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tally", "product", "grain", "team", "start_on", "outcome", "reason"],
                include=["n"],
                nulls_distinct=False,
                name="figure_once",
            ),
            models.CheckConstraint(name="figure_grain_known", condition=Q(grain__in=Grain.values)),
        ]
        indexes: ClassVar = [
            # Grouping by day or month over one tally, for the refresh and the cohort grid.
            models.Index(fields=["tally", "grain", "start_on"], name="figure_of_tally"),
        ]

    def __str__(self) -> str:
        return f"{self.tally} {self.outcome} {self.start_on:%d %b %Y}: {self.n}"


class Mark(models.Model):
    """A day whose figures no longer equal the raw rows.

    Written by triggers in the transaction that changed the rows, so it comes and goes with the
    change, whoever made it: a page, an import, plain SQL. Rows are only added and taken away:
    writers never wait for each other.
    """

    source = models.CharField(max_length=20)
    day = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "day"], name="mark_of_source")]

    def __str__(self) -> str:
        return f"{self.source} of {self.day:%d %b %Y}"


class RollUp(models.Model):
    """One row: how fresh the figures are, and how far a full count has come.

    `counting_from` is the month that a full count takes next, going back in time; None when
    everything has been counted. Days are days in `time_zone`.
    """

    refreshed_at = models.DateTimeField(null=True)
    waiting = models.PositiveIntegerField(default=0, help_text="Days still to be counted again.")
    counting_from = models.DateField(null=True)
    time_zone = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="roll_up_single", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return f"Figures as of {self.refreshed_at:%H:%M:%S}" if self.refreshed_at else "Not counted"

    @classmethod
    def current(cls) -> RollUp:
        """The row as it stands; one that says "nothing counted" before the first refresh."""
        return cls.objects.filter(pk=1).first() or cls(
            pk=1, time_zone=timezone.get_default_timezone_name()
        )

    @property
    def is_late(self) -> bool:
        """Whether the figures are older than anybody should steer by."""
        return self.refreshed_at is None or timezone.now() - self.refreshed_at > LATE

    @property
    def is_counting(self) -> bool:
        """Whether there are days that were never counted, so that the past is not known."""
        return self.refreshed_at is None or self.counting_from is not None

    @property
    def is_complete(self) -> bool:
        return self.refreshed_at is not None and self.counting_from is None and not self.waiting
