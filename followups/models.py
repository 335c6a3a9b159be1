"""Which follow-ups are owed after interactions, what was tried, what was answered?"""

from __future__ import annotations

from datetime import time
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import ContactReason, Interaction
from service.models import ServiceRequest


class Question(models.TextChoices):
    AS_EXPECTED = "as_expected", "Did everything go as expected?"
    AS_PROMISED = "as_promised", "Have we delivered as promised?"
    MET_EXPECTATIONS = "met_expectations", "Have we met your expectations?"
    RECOMMEND = "recommend", "How likely are you to recommend us, from 0 to 10?"


THREE_QUESTIONS = [Question.AS_EXPECTED, Question.AS_PROMISED, Question.MET_EXPECTATIONS]


def all_questions() -> list[str]:
    return [question.value for question in Question]


@pghistory.track()
class FollowUpPolicy(models.Model):
    """When and how we ask after a contact; without a contact reason: for every other contact."""

    name = models.CharField(max_length=80)
    contact_reason = models.OneToOneField(
        ContactReason, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    delay_minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    questions = ArrayField(models.CharField(max_length=20, choices=Question), default=all_questions)
    window_start = models.TimeField(
        default=time(9), help_text="Earliest call, in the customer's time zone."
    )
    window_end = models.TimeField(
        default=time(20), help_text="Latest call, in the customer's time zone."
    )
    max_attempts = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    retry_minutes = models.PositiveIntegerField(default=24 * 60, validators=[MinValueValidator(1)])
    lapse_days = models.PositiveSmallIntegerField(
        default=14, help_text="Later than this after the contact it makes no sense to ask."
    )
    review_days = models.PositiveSmallIntegerField(
        default=180, help_text="After a good answer: days until the next look at the needs."
    )

    class Meta:
        verbose_name_plural = "follow-up policies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("contact_reason"), name="follow_up_policy_one_default", nulls_distinct=False
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
        ]

    def __str__(self) -> str:
        return self.name


class FollowUpStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    READY = "ready", "Ready to call"
    IN_PROGRESS = "in_progress", "In progress"
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Not permitted"
    UNREACHABLE = "unreachable", "Not reached"
    LAPSED = "lapsed", "Too late to ask"


class FollowUpQuerySet(TeamScopedQuerySet["FollowUp"]):
    def due(self, *, at: object) -> Self:
        return self.filter(status=FollowUpStatus.PLANNED, due_at__lte=at)

    def waiting_for(self, owner: User) -> Self:
        return self.filter(
            owner=owner, status__in=[FollowUpStatus.READY, FollowUpStatus.IN_PROGRESS]
        )


class FollowUp(models.Model):
    """One proactive contact owed to a customer because of an interaction.

    Policy figures are copied at closing, so that a later change of policy changes no promise made.
    """

    interaction = models.OneToOneField(
        Interaction, on_delete=models.CASCADE, related_name="+", help_text="What it asks about."
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    policy = models.ForeignKey(
        FollowUpPolicy, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=FollowUpStatus, default=FollowUpStatus.PLANNED)
    questions = ArrayField(models.CharField(max_length=20, choices=Question))
    due_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    window_start = models.TimeField()
    window_end = models.TimeField()
    max_attempts = models.PositiveSmallIntegerField()
    retry_minutes = models.PositiveIntegerField()
    review_days = models.PositiveSmallIntegerField()
    attempts_made = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    waits_because = models.CharField(max_length=120, blank=True)
    refused_because = models.CharField(max_length=120, blank=True)
    call = models.OneToOneField(
        Interaction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The contact of the present attempt.",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(
        ServiceRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Opened by a bad answer.",
    )

    answers: models.Manager[Answer]
    attempts: models.Manager[Attempt]

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="follow_up_status_known", condition=Q(status__in=FollowUpStatus.values)
            ),
            models.CheckConstraint(
                name="follow_up_refused_has_reason",
                condition=~Q(status="refused") | ~Q(refused_because=""),
            ),
            models.CheckConstraint(
                name="follow_up_answered_has_time",
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="follow_up_attempts_bounded", condition=Q(attempts_made__lte=F("max_attempts"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], name="follow_up_due", condition=Q(status="planned")
            ),
            models.Index(
                fields=["owner", "due_at"],
                name="follow_up_of_owner",
                condition=Q(status__in=["ready", "in_progress"]),
            ),
            models.Index(fields=["customer", "-due_at"], name="follow_up_of_customer"),
            models.Index(
                fields=["answered_at"],
                name="follow_up_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Follow-up {self.pk}"


class AttemptOutcome(models.TextChoices):
    REACHED = "reached", "Reached"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    CALL_BACK = "call_back", "Asked to call back"
    DECLINED = "declined", "Does not want to be asked"


class Attempt(models.Model):
    """One try to reach the customer, with who reported how it ended."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    call = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=AttemptOutcome, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follow_up", "number"], name="attempt_number_once"),
            models.CheckConstraint(
                name="attempt_ended_has_outcome",
                condition=Q(ended_at=None, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number}"


class Answer(models.Model):
    """What the customer said to one question: yes or no, or a score from 0 to 10."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=20, choices=Question)
    is_yes = models.BooleanField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follow_up", "question"], name="answer_once"),
            models.CheckConstraint(
                name="answer_is_yes_or_score",
                condition=Q(question="recommend", is_yes=None, score__gte=0, score__lte=10)
                | (~Q(question="recommend") & Q(is_yes__isnull=False, score=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()} {self.score if self.is_yes is None else self.is_yes}"


class PermissionCheck(models.Model):
    """Whether a follow-up might go out at that moment, and the rule that decided."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_allowed = models.BooleanField()
    rule = models.CharField(max_length=40)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["follow_up", "-at"], name="permission_check_of")]

    def __str__(self) -> str:
        return f"{self.rule}: {'allowed' if self.is_allowed else 'refused'}"
