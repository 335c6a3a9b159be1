"""When, how often and what do we ask after a contact?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.prepared import NOBODY, PreparedModels
from interactions.models import ContactReason
from service.models import RequestType


class Question(models.TextChoices):
    AS_EXPECTED = "as_expected", "Did everything go as expected?"
    AS_PROMISED = "as_promised", "Have we delivered as promised?"
    MET_EXPECTATIONS = "met_expectations", "Have we met your expectations?"
    RECOMMEND = "recommend", "How likely are you to recommend us, from 0 to 10?"


class CalledBy(models.TextChoices):
    """Who makes a follow-up."""

    AGENT = "agent", "An agent calls"
    VOICE = "voice", "An automatic voice calls"


THREE_QUESTIONS = [Question.AS_EXPECTED, Question.AS_PROMISED, Question.MET_EXPECTATIONS]


def all_questions() -> list[str]:
    return [question.value for question in Question]


def answered_by_key(questions: Iterable[str]) -> list[str]:
    """Those that a yes or no by key can answer."""
    return [question for question in questions if question in THREE_QUESTIONS]


def in_words(minutes: int) -> str:
    """A delay as people say it: 90 minutes, 3 hours, 2 days."""
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes % length == 0:
            return f"{minutes // length} {unit}{'s' if minutes != length else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


@pghistory.track()
class FollowUpPolicy(models.Model):
    """When and how we ask after a contact; without a contact reason: for every other contact."""

    name = models.CharField(max_length=80)
    contact_reason = models.OneToOneField(
        ContactReason,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Leave empty for every contact that has no policy of its own.",
    )
    delay_minutes = models.PositiveIntegerField(
        validators=[MinValueValidator(1)], help_text="Minutes from wrap-up to the follow-up."
    )
    questions = ArrayField(models.CharField(max_length=20, choices=Question), default=all_questions)
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
    called_by = models.CharField(
        "follow-up calls",
        max_length=10,
        choices=CalledBy,
        default=CalledBy.AGENT,
        help_text="The voice asks what yes or no can answer. Whom it may not ask, or does not "
        "bring to the end, an agent calls.",
    )

    class Meta:
        verbose_name = "follow-up policy"
        verbose_name_plural = "follow-up policies"
        ordering: ClassVar = [F("contact_reason__position").asc(nulls_last=True), "name"]
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

    def clean(self) -> None:
        if len(set(self.questions or [])) != len(self.questions or []):
            raise ValidationError({"questions": "A question stands here twice. Ask each once."})

    @property
    def summary(self) -> str:
        """The policy as one sentence."""
        whom = f"“{self.contact_reason}”" if self.contact_reason_id else "any other contact"
        count = len(self.questions)
        times = "once" if self.max_attempts == 1 else f"at most {self.max_attempts} times"
        again = "" if self.max_attempts == 1 else f", {in_words(self.retry_minutes)} apart"
        voice = ""
        if self.questions_by_voice:
            voice = " An automatic voice asks right after a call; who answers it is not called."
        how = "by an automatic voice" if self.called_by == CalledBy.VOICE else "by phone"
        return (
            f"{in_words(self.delay_minutes)} after {whom}, ask {count} "
            f"question{'s' if count != 1 else ''} {how} between {self.window_start:%H:%M} and "
            f"{self.window_end:%H:%M} at the customer's place; try {times}{again}; "
            f"give up {self.lapse_days} days after the contact. When all is well, look at the "
            f"needs again after {self.review_days} days.{voice}"
        )

    @property
    def questions_by_voice(self) -> list[str]:
        """Those of its questions that a yes or no by key can answer, where it asks so at all."""
        return answered_by_key(self.questions if self.asks_by_voice else [])

    @classmethod
    def for_reason(cls, contact_reason_id: int | None) -> FollowUpPolicy | None:
        """The policy of that contact reason, else the default one; None when there is neither."""
        return next(iter(_POLICY.rows(reason=contact_reason_id)), None)


_POLICY = PreparedModels(
    FollowUpPolicy,
    lambda *, reason: FollowUpPolicy.objects.filter(
        Q(contact_reason=None) | Q(contact_reason=reason)
    ).order_by(F("contact_reason").asc(nulls_last=True))[:1],
    {"reason": NOBODY},
)
