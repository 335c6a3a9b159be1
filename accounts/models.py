"""Who works here, in which team, in which role, and what did they do?"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, cast

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.live import panel_changed
from accounts.prepared import NOBODY, Prepared


class Team(models.Model):
    """People who serve the same customers; the wall that limits what is seen."""

    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    AGENT = "agent", "Agent"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRATOR = "administrator", "Administrator"


class Presence(models.TextChoices):
    AVAILABLE = "available", "Available"
    ON_BREAK = "break", "On a break"
    IN_TRAINING = "training", "In training"
    IN_MEETING = "meeting", "In a meeting"
    MISSED = "missed", "Missed a call"
    OFFLINE = "offline", "Offline"


class TeamUserManager(UserManager["User"]):
    def for_session(self, user_id: int) -> User | None:
        """The logged-in user with `team_ids`, in one statement; None when disabled or gone."""
        for *values, team_ids in SESSION_USER.rows(user=user_id):
            user = User.from_db(self.db, SESSION_FIELDS, values)
            user.loaded_team_ids = team_ids
            return user
        return None


class User(AbstractUser):
    """A person who logs in; the role says what they may do, the teams whom they serve."""

    role = models.CharField(max_length=20, choices=Role, default=Role.AGENT)
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    presence = models.CharField(max_length=20, choices=Presence, default=Presence.OFFLINE)
    presence_at = models.DateTimeField(default=timezone.now)

    loaded_team_ids: list[int] | None = None

    objects: ClassVar[TeamUserManager] = TeamUserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_user_role_known", condition=Q(role__in=Role.values)
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def team_ids(self) -> list[int]:
        if self.loaded_team_ids is not None:
            return self.loaded_team_ids
        return list(self.teams.values_list("pk", flat=True))

    @property
    def is_agent(self) -> bool:
        return self.role == Role.AGENT

    @property
    def is_supervisor(self) -> bool:
        return self.role == Role.SUPERVISOR

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def initials(self) -> str:
        words = str(self).split()
        return "".join(word[0] for word in words[:2]).upper()

    def be(self, presence: str, *, by: User | None = None) -> bool:
        """Change presence, oneself or `by` somebody who leads; false when it was that already."""
        changed = (
            User.objects.filter(pk=self.pk)
            .exclude(presence=presence)
            .update(presence=presence, presence_at=timezone.now())
        )
        if changed:
            AuditEntry.record(
                by=by or self,
                verb="presence changed",
                subject=self,
                detail={"presence": presence},
            )
            panel_changed(panel="accounts.presence", user_ids=[self.pk])
        return bool(changed)


SESSION_FIELDS = [field.attname for field in User._meta.concrete_fields]
SESSION_USER = Prepared(
    lambda *, user: (
        User.objects.filter(pk=user, is_active=True)
        .annotate(team_keys=ArrayAgg("teams", filter=Q(teams__isnull=False), default=[]))
        .order_by()
        .values_list(*SESSION_FIELDS, "team_keys")
    ),
    {"user": NOBODY},
)


class AuditEntry(models.Model):
    """What somebody did, written by the verb that did it, in the same transaction."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["by", "-id"], name="audit_by"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="audit_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    @classmethod
    def record(
        cls,
        *,
        by: User | None,
        verb: str,
        subject: models.Model,
        detail: dict[str, Any] | None = None,
    ) -> AuditEntry:
        """Write one entry; `by` is None when the software acted by itself.

        `detail` holds ids, codes and figures, never names, numbers or words of a customer.
        """
        return cls.objects.create(
            by=by,
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=cast("int", subject.pk),
            detail=detail or {},
        )


class Heartbeat(models.Model):
    """When a background process was last alive."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


class IdempotencyKey(models.Model):
    """The answer already given to a creation, so that a repeat creates nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.created_at:%Y-%m-%d}"


def display_name(user: User) -> str:
    """How log-in pages address the person."""
    return str(user)
