"""Which draft is on its way to customers, how far has it come, and who took each step?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from products.models import CatalogueVersion

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ReleaseStage(models.TextChoices):
    PROPOSED = "proposed", "Waits for review"
    RETURNED = "returned", "Sent back"
    APPROVED = "approved", "Approved"
    SHADOW = "shadow", "Shadow"
    SMALL = "small", "5 % of customers"
    ALL = "all", "All customers"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ROLLED_BACK = "rolled_back", "Rolled back"


ON_TRIAL = (ReleaseStage.SHADOW, ReleaseStage.SMALL)
REVIEWED = (ReleaseStage.APPROVED, *ON_TRIAL)
OPEN = (ReleaseStage.PROPOSED, *REVIEWED)


class ReleaseQuerySet(models.QuerySet["Release"]):
    def open(self) -> Self:
        return self.filter(stage__in=OPEN)

    def on_trial(self) -> Self:
        return self.filter(stage__in=ON_TRIAL)

    def small(self) -> Self:
        """The one that decides for a small share of the customers."""
        return self.filter(stage=ReleaseStage.SMALL)

    def due(self, at: object) -> Self:
        return self.filter(stage__in=REVIEWED, publish_at__lte=at)


class Release(models.Model):
    """A draft frozen as it was proposed, on its way through the gate.

    `content` is what the draft rows said then and never changes; `base_number` is the catalogue
    that was in force. `trial` is the version that decides in shadow and for 5 % of the customers,
    `version` the one that was put in force for all.
    """

    note = models.CharField(max_length=200)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    base_number = models.PositiveIntegerField()
    stage = models.CharField(
        max_length=20, choices=ReleaseStage, default=ReleaseStage.PROPOSED, db_index=True
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    publish_at = models.DateTimeField(null=True, blank=True)
    refused_because = models.TextField(blank=True)
    trial = models.ForeignKey(
        CatalogueVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.ForeignKey(
        CatalogueVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_on_trial = models.BooleanField(null=True, unique=True)

    steps: RelatedManager[ReleaseStep]

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="release_stage_known", condition=Q(stage__in=ReleaseStage.values)
            ),
            models.CheckConstraint(
                name="release_four_eyes",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="release_reviewed_before_customers",
                condition=~Q(stage__in=[*REVIEWED, ReleaseStage.ALL]) | ~Q(reviewed_by=None),
            ),
            models.CheckConstraint(  # with the unique column: one on trial at a time
                name="release_on_trial_is_marked",
                condition=Q(stage__in=ON_TRIAL, is_on_trial=True, trial__isnull=False)
                | (~Q(stage__in=ON_TRIAL) & Q(is_on_trial=None)),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="release_content_frozen",
                operation=pgtrigger.UpdateOf("content", "digest", "proposed_by_id", "base_number"),
            )
        ]

    def __str__(self) -> str:
        return f"Release {self.pk}: {self.note}"

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN

    @property
    def is_reviewed(self) -> bool:
        return self.stage in REVIEWED


class ReleaseStep(models.Model):
    """One step of a release: to which stage, by whom, why, and the figures it was taken on."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=20, choices=ReleaseStage)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=200, blank=True)
    figures = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="release_step_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.get_stage_display()}"
