"""What did a customer answer by keys to an automatic voice?"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Customer
from followups.models.attempt import Attempt
from followups.models.policy import Question
from interactions.models import Interaction
from telephony.models import Call


class VoiceSurvey(models.Model):
    """The questions asked on the line of one call, once.

    It asks about the `interaction` whose line it is; or it makes the `attempt` of a follow-up, in
    a call of its own. `asked_at` is when some process had the gateway ask. `stopped_at` is when
    the customer asked never to be asked again. `settled_at` is when what was answered became the
    follow-up's, or it was clear that it will not.
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="+")
    interaction = models.OneToOneField(
        Interaction, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    attempt = models.OneToOneField(
        Attempt, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    questions = ArrayField(models.CharField(max_length=20, choices=Question))
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="voice_survey_asks_something", condition=Q(questions__len__gte=1)
            ),
            models.CheckConstraint(
                name="voice_survey_about_one",
                condition=Q(interaction=None, attempt__isnull=False)
                | Q(interaction__isnull=False, attempt=None),
            ),
            models.CheckConstraint(
                name="voice_survey_settled_after_end",
                condition=Q(settled_at=None) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Voice survey {self.pk}"

    @property
    def customer(self) -> Customer:
        if self.attempt is not None:
            return self.attempt.follow_up.customer
        assert self.interaction is not None  # one of the two, by constraint
        return self.interaction.customer

    def claim_asking(self) -> bool:
        """Be the one process that has the gateway ask."""
        mine = VoiceSurvey.objects.filter(pk=self.pk, asked_at=None, ended_at=None)
        return bool(mine.update(asked_at=timezone.now()))

    def write_down(self, **changes: object) -> None:
        """Under the row's lock, which whoever changes a survey holds."""
        VoiceSurvey.objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)


class VoiceAnswer(models.Model):
    """One key that answered one question; the first counts. `tries` is how often it was asked."""

    survey = models.ForeignKey(VoiceSurvey, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=20, choices=Question)
    is_yes = models.BooleanField()
    tries = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = [F("at").asc(), "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "question"], name="voice_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()} {'Yes' if self.is_yes else 'No'}"
