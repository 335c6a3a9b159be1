"""What was tried, what was said, and which rule let it happen or held it back?"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import ContactPoint
from followups.grounds import Permission, Rule
from followups.models.policy import SCORES, Question, number_in_words
from interactions.models import Interaction
from telephony.models import Call


class AttemptOutcome(models.TextChoices):
    REACHED = "reached", "Reached"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    CALL_BACK = "call_back", "Asked to call back"
    DECLINED = "declined", "Does not want to be asked"
    MACHINE = "machine", "Answering machine"
    OPTED_OUT = "opted_out", "Never call this number again"
    NOT_CALLED = "not_called", "Not called"
    SILENT = "silent", "Picked up, answered no question"
    PARTIAL = "partial", "Answered in part"
    BROKEN_OFF = "broken_off", "The call broke off"
    SENT = "sent", "A link was sent by SMS"
    MAILED = "mailed", "A link was sent by e-mail"
    NOT_SENT = "not_sent", "Not delivered"
    BY_LINK = "by_link", "Answered by a link meanwhile"


OUT: Final = (AttemptOutcome.SENT, AttemptOutcome.MAILED)
# What may be reported when the questions were not answered.
TRIED: Final = (
    AttemptOutcome.NO_ANSWER,
    AttemptOutcome.BUSY,
    AttemptOutcome.MACHINE,
    AttemptOutcome.CALL_BACK,
    AttemptOutcome.WRONG_NUMBER,
    AttemptOutcome.DECLINED,
    AttemptOutcome.OPTED_OUT,
    AttemptOutcome.NOT_CALLED,
)
# What only the telephone can tell, of a call in which an automatic voice asked.
ONLY_TOLD: Final = (
    AttemptOutcome.SILENT,
    AttemptOutcome.PARTIAL,
    AttemptOutcome.BROKEN_OFF,
)
# What nobody can say of a call that never was.
RANG: Final = frozenset(
    {
        AttemptOutcome.NO_ANSWER,
        AttemptOutcome.BUSY,
        AttemptOutcome.MACHINE,
        AttemptOutcome.WRONG_NUMBER,
    }
)


class Attempt(models.Model):
    """One try to reach the customer, with who made it; nobody, where an automatic voice did."""

    follow_up = models.ForeignKey(
        "followups.FollowUp", on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    call = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    contact_point = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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

    @property
    def telephone_call(self) -> Call | None:
        """The call that the provider made for it; none where the agent dials, or has not asked."""
        return self.call.call if self.call else None


def of_its_kind() -> Q:
    """A number within its range where the question takes one, else yes or no."""
    fits = ~Q(question__in=list(SCORES)) & Q(is_yes__isnull=False, score=None)
    for question, numbers in SCORES.items():
        fits |= Q(question=question, is_yes=None, score__range=(numbers[0], numbers[-1]))
    return fits


class Answer(models.Model):
    """What the customer said to one question: yes or no, a score, or a number of days."""

    follow_up = models.ForeignKey(
        "followups.FollowUp", on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    question = models.CharField(max_length=20, choices=Question)
    is_yes = models.BooleanField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follow_up", "question"], name="answer_once"),
            models.CheckConstraint(
                name="answer_of_its_kind",
                condition=of_its_kind(),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()} {self.in_words}"

    @property
    def in_words(self) -> str:
        if self.is_yes is None:
            return number_in_words(self.question, self.score)
        return "Yes" if self.is_yes else "No"


class PermissionCheck(models.Model):
    """Whether a follow-up might go out at that moment, and the rule that decided."""

    follow_up = models.ForeignKey(
        "followups.FollowUp", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    is_allowed = models.BooleanField()
    rule = models.CharField(max_length=40, choices=Rule)
    until = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=10, blank=True, help_text="The way that was decided on.")
    law = models.CharField(
        max_length=40, blank=True, help_text="The version of the rules' data that decided."
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["follow_up", "-at"], name="permission_check_of")]

    def __str__(self) -> str:
        return f"{self.rule}: {'allowed' if self.is_allowed else 'refused'}"

    @classmethod
    def keep(cls, follow_up_id: int, decided: Permission, *, at: datetime) -> None:
        """Write down what the rules said, with the way and the data that they went by."""
        cls.objects.create(
            follow_up_id=follow_up_id,
            at=at,
            is_allowed=decided.is_allowed,
            rule=decided.rule,
            until=decided.until,
            way=decided.way,
            law=decided.law,
        )
