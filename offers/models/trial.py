"""What would a release have decided, beside what was decided: in shadow, and over past days?"""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from offers.models.decision import Decision
from offers.models.release import Release


class ShadowDecision(models.Model):
    """What the release decided beside a live decision; stored, never shown to an agent.

    `offered` are the products it would have offered, in their order; the whole result replays
    from the decision's inputs and the release's trial version.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    live = models.JSONField()
    offered = models.JSONField()
    is_same = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "decision"], name="shadow_once_per_decision")
        ]

    def __str__(self) -> str:
        return f"Release {self.release_id} beside decision {self.decision_id}"


class SimulationStatus(models.TextChoices):
    WAITING = "waiting", "Waits for the worker"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


UNFINISHED = (SimulationStatus.WAITING, SimulationStatus.RUNNING)


class SimulationQuerySet(models.QuerySet["Simulation"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)


class Simulation(models.Model):
    """A release decided again over the contacts of the last days, beside what is in force.

    `total` and `done` count decisions. A run is claimed by `seen_at`, which its worker renews; one
    that has fallen silent is begun again by another worker.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="simulations")
    days = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=20, choices=SimulationStatus, default=SimulationStatus.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict, blank=True)
    failed_because = models.CharField(max_length=200, blank=True)

    objects = SimulationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="simulation_status_known", condition=Q(status__in=SimulationStatus.values)
            ),
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(status__in=UNFINISHED),
                name="simulation_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Simulation of release {self.release_id} over {self.days} days"

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED
