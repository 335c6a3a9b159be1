"""When, how often and what do we ask after a contact?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import ClassVar, Final

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from accounts.prepared import NOBODY, PreparedModels
from interactions.models import ContactReason
from service.models import RequestType


class Question(models.TextChoices):
    AS_EXPECTED = "as_expected", "Did everything go as expected?"
    AS_PROMISED = "as_promised", "Have we delivered as promised?"
    MET_EXPECTATIONS = "met_expectations", "Have we met your expectations?"
    RECOMMEND = "recommend", "How likely are you to recommend us, from 0 to 10?"
    EFFORT = "effort", "How easy was it to get what you needed, from 1 to 7?"
    EXPECTED_DAYS = "expected_days", "How many days should it take?"


class Way(models.TextChoices):
    """How a follow-up reaches the customer."""

    AGENT = "agent", "An agent calls"
    VOICE = "voice", "An automatic voice calls"
    SMS = "sms", "A link by SMS"
    EMAIL = "email", "A link by e-mail"
    PORTAL = "portal", "Asked on the customer's page"


BY_MESSAGE: Final = (Way.SMS, Way.EMAIL)

THREE_QUESTIONS = [Question.AS_EXPECTED, Question.AS_PROMISED, Question.MET_EXPECTATIONS]

# What a question takes that is answered by a number; 7 is easiest, days are whole days.
SCORES: Final = {
    Question.RECOMMEND: range(11),
    Question.EFFORT: range(1, 8),
    Question.EXPECTED_DAYS: range(366),
}
HARD_FROM: Final = 3  # an effort of 3 of 7 or less: the customer found it hard


BY_WAY: Final = {
    Way.AGENT: "by phone",
    Way.VOICE: "by an automatic voice",
    Way.SMS: "by SMS",
    Way.EMAIL: "by e-mail",
    Way.PORTAL: "on the customer's page",
}


def number_in_words(question: str, number: int | None) -> str:
    """An answer by number: 9 of 10, or 3 days."""
    if question == Question.EXPECTED_DAYS:
        return f"{number} day{'' if number == 1 else 's'}"
    return f"{number} of {SCORES[Question(question)][-1]}"


def usual_questions() -> list[str]:
    return [*(question.value for question in THREE_QUESTIONS), Question.RECOMMEND.value]


def by_agent() -> list[str]:
    return [Way.AGENT.value]


def answered_by_key(questions: Iterable[str]) -> list[str]:
    """Those that a yes or no by key can answer."""
    return [question for question in questions if question in THREE_QUESTIONS]


def in_words(minutes: int) -> str:
    """A delay as people say it: 90 minutes, 3 hours, 2 days."""
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes % length == 0:
            return f"{minutes // length} {unit}{'s' if minutes != length else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def ways_in_words(ways: Iterable[str]) -> str:
    """The order of ways: by an automatic voice, else by phone, else by SMS."""
    return ", else ".join(BY_WAY[Way(way)] for way in ways)


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
            models.CheckConstraint(name="follow_up_has_a_way", condition=Q(ways__len__gte=1)),
            models.CheckConstraint(
                name="follow_up_paused_for_a_reason",
                condition=Q(paused_at=None, paused_by=None, paused_until=None, paused_because="")
                | (Q(paused_at__isnull=False, paused_by__isnull=False) & ~Q(paused_because="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if len(set(self.questions or [])) != len(self.questions or []):
            raise ValidationError({"questions": "A question stands here twice. Ask each once."})
        if len(set(self.ways or [])) != len(self.ways or []):
            raise ValidationError({"ways": "A way stands here twice. Name each once."})

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
        how = ways_in_words(self.ways)
        return (
            f"{in_words(self.delay_minutes)} after {whom}, ask {count} "
            f"question{'s' if count != 1 else ''} {how} between {self.window_start:%H:%M} and "
            f"{self.window_end:%H:%M} at the customer's place; try {times}{again}; "
            f"give up {self.lapse_days} days after the contact. When all is well, look at the "
            f"needs again after {self.review_days} days.{voice}"
        )

    def pause(self, *, by: User, because: str, until: datetime | None = None) -> bool:
        """Let its follow-ups wait, until then or until it is resumed; false when paused already."""
        because = " ".join(because.split())
        if not because:
            raise RuleBroken("Say in a few words why this policy is paused: others will ask.")
        if until is not None and until <= timezone.now():
            raise RuleBroken("Choose a time to come for the pause to end, or leave it empty.")
        with transaction.atomic():
            paused = FollowUpPolicy.objects.filter(pk=self.pk, paused_at=None).update(
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
