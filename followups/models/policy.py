"""When, how often and what do we ask after a contact?"""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar, Final, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from customers.contact_points import Channel
from followups.models.asked import (
    BY_MESSAGE,
    BY_WAY,
    HARD_FROM,
    SCORES,
    THREE_QUESTIONS,
    Question,
    Way,
    answered_by_key,
    by_agent,
    in_words,
    number_in_words,
    usual_questions,
    ways_in_words,
)
from followups.models.terms import Terms
from interactions.models import Outcome
from service.models import RequestType

__all__ = [
    "BY_MESSAGE",
    "BY_WAY",
    "HARD_FROM",
    "SCORES",
    "THREE_QUESTIONS",
    "FollowUpPolicy",
    "Question",
    "Way",
    "answered_by_key",
    "by_agent",
    "in_words",
    "number_in_words",
    "usual_questions",
    "ways_in_words",
]


class FollowUpPolicyQuerySet(models.QuerySet["FollowUpPolicy"]):
    def in_order(self) -> Self:
        """Those of the draft, as they are tried: the first that fits a contact wins."""
        return self.filter(retired_at=None).order_by("position", "pk")

    def paused(self, *, at: datetime) -> Self:
        """Those whose follow-ups wait at that moment."""
        return self.filter(PAUSED, Q(paused_until=None) | Q(paused_until__gt=at))

    def retire(self) -> int:
        """Take them out of the draft; they are kept, for versions name them."""
        return self.update(retired_at=timezone.now())


PAUSED: Final = Q(paused_at__isnull=False)


def any_of(choices: type[models.TextChoices]) -> ArrayField[list[str], list[str]]:
    """So many of the choices as are named; none named means any."""
    return ArrayField(models.CharField(max_length=20, choices=choices), default=list, blank=True)


@pghistory.track()
class FollowUpPolicy(models.Model):
    """When and how we ask after which contacts: a row of the draft.

    What is in force is the published `PolicyVersion`; a pause takes effect at once. `reasons` and
    `segments` are codes; nothing named means any.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    reasons = ArrayField(models.SlugField(), default=list, blank=True)
    channels = any_of(Channel)
    outcomes = any_of(Outcome)
    segments = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    delay_minutes = models.PositiveIntegerField(
        default=24 * 60,
        validators=[MinValueValidator(1)],
        help_text="Minutes from wrap-up to the follow-up.",
    )
    delay_working_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(30)],
        help_text="Working days at the customer's place instead of minutes; from the first hour.",
    )
    sample_percent = models.PositiveSmallIntegerField(
        default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    cool_down_days = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(365)],
        help_text="Who was asked so few days before is left alone.",
    )
    questions = ArrayField(
        models.CharField(max_length=20, choices=Question), default=usual_questions
    )
    window_start = models.TimeField(
        default=time(9), help_text="Earliest call, in the customer's time zone; 08:00 by law."
    )
    window_end = models.TimeField(
        default=time(20), help_text="Latest call, in the customer's time zone; 21:00 by law."
    )
    max_attempts = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    retry_minutes = models.PositiveIntegerField(
        default=24 * 60,
        validators=[MinValueValidator(1)],
        help_text="Minutes between two attempts.",
    )
    lapse_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MinValueValidator(1)],
        help_text="Later than this after the contact it makes no sense to ask.",
    )
    review_days = models.PositiveSmallIntegerField(
        default=180, help_text="After a good answer: days until the next look at the needs."
    )
    problem_request_type = models.ForeignKey(
        RequestType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What a bad answer opens; empty: the request type “problem-after-contact”.",
    )

    asks_by_voice = models.BooleanField(
        "ask by an automatic voice",
        default=False,
        help_text="Right after a call, on the customer's own line, answered by keys.",
    )
    ways = ArrayField(
        models.CharField(max_length=10, choices=Way),
        default=by_agent,
        help_text="Tried in this order: the next one where this one is not permitted, does not "
        "work, or has used its tries.",
    )
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    paused_because = models.CharField(max_length=200, blank=True, editable=False)

    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = FollowUpPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "follow-up policy"
        verbose_name_plural = "follow-up policies"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="follow_up_sample_a_share",
                condition=Q(sample_percent__gte=1, sample_percent__lte=100),
            ),
            models.CheckConstraint(
                name="follow_up_window_forward", condition=Q(window_end__gt=F("window_start"))
            ),
            models.CheckConstraint(
                name="follow_up_window_lawful",
                condition=Q(window_start__gte=time(8), window_end__lte=time(21)),
            ),
            models.CheckConstraint(
                name="follow_up_attempts_positive", condition=Q(max_attempts__gte=1)
            ),
            models.CheckConstraint(
                name="follow_up_asks_something", condition=Q(questions__len__gte=1)
            ),
            models.CheckConstraint(name="follow_up_has_a_way", condition=Q(ways__len__gte=1)),
            models.CheckConstraint(
                name="follow_up_paused_for_a_reason",
                condition=Q(paused_at=None, paused_by=None, paused_until=None, paused_because="")
                | (Q(paused_at__isnull=False, paused_by__isnull=False) & ~Q(paused_because="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> Terms:
        """What the row says now, as plain values."""
        return Terms.of(self)

    @property
    def summary(self) -> str:
        """What it says in a few sentences; contact reasons by their codes."""
        return self.terms.summary({})

    def clean(self) -> None:
        if len(set(self.questions or [])) != len(self.questions or []):
            raise ValidationError({"questions": "A question stands here twice. Ask each once."})
        if len(set(self.ways or [])) != len(self.ways or []):
            raise ValidationError({"ways": "A way stands here twice. Name each once."})

    def pause(self, *, by: User, because: str, until: datetime | None = None) -> bool:
        """Let its follow-ups wait, until then or until it is resumed; false when paused already."""
        because = " ".join(because.split())
        if not because:
            raise RuleBroken("Say in a few words why this policy is paused: others will ask.")
        if until is not None and until <= timezone.now():
            raise RuleBroken("Choose a time to come for the pause to end, or leave it empty.")
        with transaction.atomic():
            mine = FollowUpPolicy.objects.filter(pk=self.pk)
            paused = mine.exclude(pk__in=mine.paused(at=timezone.now())).update(
                paused_at=timezone.now(),
                paused_by=by,
                paused_until=until,
                paused_because=because[:200],
            )
            if paused:
                detail = {"because": because[:200], "until": until.isoformat() if until else None}
                AuditEntry.record(by=by, verb="policy paused", subject=self, detail=detail)
        self.refresh_from_db()
        return bool(paused)

    def resume(self, *, by: User) -> bool:
        """Let its follow-ups go on; false when it is not paused."""
        with transaction.atomic():
            resumed = FollowUpPolicy.objects.filter(pk=self.pk, paused_at__isnull=False).update(
                paused_at=None, paused_by=None, paused_until=None, paused_because=""
            )
            if resumed:
                AuditEntry.record(by=by, verb="policy resumed", subject=self)
        self.refresh_from_db()
        return bool(resumed)
