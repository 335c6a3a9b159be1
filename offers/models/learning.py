"""What was learned from outcomes, from which ones, how good it was, and when it was stopped?"""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from offers.models.offer import Offer

PERCENT = (MinValueValidator(0), MaxValueValidator(1))


class LearnedVersion(models.Model):
    """The learned weights after so many rewards: arrays and JSON with their SHA-256, for good.

    The one with the highest number decides. `position` counts the rewards learned up to it;
    `period` tells that it ended one, so that it is kept when older ones are thinned out.
    """

    number = models.PositiveIntegerField(unique=True)
    position = models.PositiveBigIntegerField()
    described = models.JSONField()
    arrays = models.BinaryField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=120, blank=True)
    ends_period = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-number"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="learned_version_immutable", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"Learned version {self.number}"


class RewardKind(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    NOT_WANTED = "not_wanted", "Not wanted"
    KEPT_30 = "kept_30", "Kept after 30 days"
    KEPT_90 = "kept_90", "Kept after 90 days"
    GOOD_ANSWERS = "good_answers", "The follow-up's answers were good"
    BAD_ANSWERS = "bad_answers", "The follow-up heard of a problem"
    CANCELLED = "cancelled", "Cancelled"
    COMPLAINT = "complaint", "Followed by a complaint"


ANSWERS = (RewardKind.ACCEPTED, RewardKind.NOT_WANTED)


class RewardQuerySet(models.QuerySet["Reward"]):
    def waiting(self) -> Self:
        """Not yet learned from, in the order they are to be."""
        return self.filter(position=None).order_by("pk")

    def learned(self) -> Self:
        """The log, in the order it was learned: learning it again gives the same bits."""
        return self.filter(position__isnull=False).order_by("position")

    def answers(self) -> Self:
        return self.filter(kind__in=ANSWERS)


class Reward(models.Model):
    """One event that tells whether an offer helped; each kind once an offer, learned once.

    `features` are what was known when it was offered, so that the log replays without the
    customer; `propensity` is the chance with which the list stood as it was shown. `expected` and
    `naive` are what the learned and the naive score said right before it was learned from.
    """

    offer = models.ForeignKey(Offer, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=20, choices=RewardKind)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    product_code = models.SlugField()
    features = models.JSONField()
    propensity = models.FloatField(null=True)
    is_control = models.BooleanField(default=False)
    position = models.PositiveBigIntegerField(null=True, unique=True)
    expected = models.FloatField(null=True)
    naive = models.FloatField(null=True)

    objects = RewardQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "kind"], name="reward_once"),
            models.CheckConstraint(
                name="reward_kind_known", condition=Q(kind__in=RewardKind.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="reward_waiting", condition=Q(position=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.product_code})"


class LearningPolicy(models.Model):
    """How much is tried out in order to learn, and who is ranked without it."""

    exploring_share = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=0.05,
        validators=PERCENT,
        help_text="Share of decisions that may try another order, at most 0.2.",
    )
    exploring_distance = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=0.1,
        validators=PERCENT,
        help_text="Only offers whose score is within this share of the best change places.",
    )
    control_share = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=0.05,
        validators=PERCENT,
        help_text="Share of customers ranked without what was learned, to compare with.",
    )
    salt = models.CharField(max_length=40)

    class Meta:
        verbose_name_plural = "learning policy"
        constraints: ClassVar = [
            models.CheckConstraint(name="learning_policy_single", condition=Q(pk=1)),
            models.CheckConstraint(
                name="learning_policy_capped",
                condition=Q(exploring_share__range=(0, 0.2), control_share__range=(0, 0.5)),
            ),
        ]

    def __str__(self) -> str:
        return "Learning policy"


class LearningPeriod(models.Model):
    """How good the learned and the naive score were over one stretch of answers."""

    number = models.PositiveIntegerField(unique=True)
    version = models.PositiveIntegerField()
    figures = models.JSONField()
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"Period {self.number}"


class AlarmKind(models.TextChoices):
    WORSE = "worse", "The learned score ranks worse than the naive one"
    DRIFTED = "drifted", "The learned chances are no longer true"
    BROKEN = "broken", "What was stored is not what was learned"


class LearningAlarm(models.Model):
    """Something is wrong with what was learned; stands until an administrator has settled it."""

    kind = models.CharField(max_length=20, choices=AlarmKind)
    told = models.CharField(max_length=300)
    version = models.PositiveIntegerField()
    raised_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(settled_at=None), name="learning_alarm_open_once"
            ),
            models.CheckConstraint(
                name="learning_alarm_kind_known", condition=Q(kind__in=AlarmKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class LearningFreeze(models.Model):
    """A time in which nothing was learned and lists were ranked without what was learned.

    `began_by` is None when the software froze it by itself.
    """

    because = models.CharField(max_length=200)
    began_at = models.DateTimeField(default=timezone.now)
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at=None), name="learning_freeze_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Frozen: {self.because}"
