"""Which versions of the words model were there, how good was each, and which one is in force?"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from needs.models.example import Example
from needs.models.suggestion import Suggestion


class Verdict(models.TextChoices):
    RELEASED = "released", "Released"
    REFUSED = "refused", "Refused"


class HasForgotten(RuleBroken):
    def __init__(self) -> None:
        super().__init__(
            "Only the figures of this version are kept: it is long past, in an earlier form, or"
            " has learnt from sentences that are deleted since. Put a newer one in force."
        )


class InForceAlready(Conflict):
    def __init__(self) -> None:
        super().__init__("This version is in force already.")


class WordsModelQuerySet(models.QuerySet["WordsModel"]):
    def in_force(self) -> Self:
        """The one that was put in force last."""
        return self.filter(in_force_since__isnull=False).order_by("-in_force_since", "-number")


class WordsModel(models.Model):
    """One version of the words model: arrays and JSON with their SHA-256, never a pickle.

    `learnt` counts the examples that it has learnt from, `last_example` is the newest of all that
    there were; a deletion among them is noticed by counting again. `description["heard"]` names
    the suggestions that nobody answered and that it has also learnt from. `figures` are
    those on the frozen sample, beside those of the version that was in force then.
    """

    number = models.PositiveIntegerField(unique=True)
    backend = models.CharField(max_length=20)
    arrays = models.BinaryField(default=bytes)
    description = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    learnt = models.PositiveIntegerField(default=0)
    last_example = models.BigIntegerField(default=0)
    kinds_digest = models.CharField(max_length=64)
    figures = models.JSONField(default=dict)
    verdict = models.CharField(max_length=20, choices=Verdict)
    because = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)
    in_force_since = models.DateTimeField(null=True, blank=True)
    put_in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = WordsModelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="words_model_verdict_known", condition=Q(verdict__in=Verdict.values)
            ),
            models.CheckConstraint(name="words_model_has_because", condition=~Q(because="")),
            models.CheckConstraint(
                name="words_model_refused_is_not_in_force",
                condition=Q(verdict="released") | Q(in_force_since=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-in_force_since"],
                name="words_model_in_force",
                condition=Q(in_force_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Words model {self.number}"

    @property
    def has_forgotten(self) -> bool:
        """Whether it has learnt from sentences that are gone."""
        return self.examples_left() < self.learnt or self._has_lost_what_was_heard()

    def examples_left(self) -> int:
        """How many of the examples that it has learnt from are still there."""
        return Example.objects.learnt_from().filter(pk__lte=self.last_example).count()

    def _has_lost_what_was_heard(self) -> bool:
        learnt = (self.description.get("heard") or {}).get("suggestions", [])
        return Suggestion.objects.filter(pk__in=learnt).count() < len(learnt) if learnt else False

    def put_back(self, *, by: User) -> None:
        """Put this older version in force again. Raises HasForgotten, InForceAlready."""
        if self.has_forgotten or not self.arrays:
            raise HasForgotten
        newest = WordsModel.objects.in_force().values_list("pk", flat=True).first()
        changes: dict[str, Any] = {"in_force_since": timezone.now(), "put_in_force_by": by}
        older = WordsModel.objects.filter(pk=self.pk, in_force_since__isnull=False)
        if newest == self.pk or not older.update(**changes):
            raise InForceAlready
        detail = {"number": self.number}
        AuditEntry.record(by=by, verb="words model put back", subject=self, detail=detail)
