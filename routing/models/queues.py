"""Which queues are there, what do they ask of an agent, and when are they open?"""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Team, User
from interactions.models import ContactReason

WEEKDAYS = [1, 2, 3, 4, 5]


def weekdays() -> list[int]:
    return list(WEEKDAYS)


class Skill(models.Model):
    """Something that some agents can and others cannot: a language, a product."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    """That an agent has a skill."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "skill"], name="agent_skill_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.skill}"


class RecordingPolicy(models.TextChoices):
    NEVER = "never", "Never"
    CONSENTED = "consented", "Where the customer has consented"


class QueueQuerySet(models.QuerySet["Queue"]):
    def in_use(self) -> Self:
        return self.filter(retired_on=None)

    def visible_to(self, user: User) -> Self:
        return self if user.is_administrator else self.filter(team__in=user.team_ids)


class Queue(models.Model):
    """Callers with the same kind of concern, waiting for agents of one team.

    `answered_within` is the service level's bound in seconds. A caller who has waited for
    `overflow_after` seconds may also be taken by the agents of `overflow_to`. Hours are those of
    `time_zone`, days 1 (Monday) to 7.
    """

    name = models.CharField(max_length=80, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    skill = models.ForeignKey(
        Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    contact_reasons = models.ManyToManyField(ContactReason, blank=True, related_name="+")
    is_default = models.BooleanField(default=False, help_text="Takes what no other queue takes.")
    answered_within = models.PositiveSmallIntegerField(default=20)
    ring_seconds = models.PositiveSmallIntegerField(default=20)
    overflow_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    overflow_after = models.PositiveSmallIntegerField(default=120)
    opens_at = models.TimeField(default=time(8))
    closes_at = models.TimeField(default=time(20))
    days = ArrayField(models.PositiveSmallIntegerField(), default=weekdays)
    time_zone = models.CharField(max_length=40, default="Europe/London")
    position = models.PositiveSmallIntegerField(default=100)
    recording = models.CharField(
        max_length=10, choices=RecordingPolicy, default=RecordingPolicy.NEVER
    )
    retired_on = models.DateField(null=True, blank=True)

    objects = QueueQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, retired_on=None),
                name="one_default_queue",
            ),
            models.CheckConstraint(
                name="queue_opens_before_it_closes", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="queue_ring_is_bounded", condition=Q(ring_seconds__gte=5, ring_seconds__lte=60)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, reason: ContactReason | None) -> Queue | None:
        """The queue for this concern, else the default one; None where no queue is set up."""
        in_use = cls.objects.in_use()
        found = in_use.filter(contact_reasons=reason).first() if reason else None
        return found or in_use.filter(is_default=True).first()

    def is_open(self, at: datetime) -> bool:
        there = at.astimezone(ZoneInfo(self.time_zone))
        return there.isoweekday() in self.days and self.opens_at <= there.time() < self.closes_at
