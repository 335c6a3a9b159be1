"""What do we ask to learn why, and what was answered?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from interactions.models import ContactReason, Intent, Interaction
from needs.models.need import Need, NeedSource
from needs.models.need_type import SHARE, NeedType
from needs.models.unknown import UnknownNeed, UnknownSource

# They become part of a pattern, so nothing in them may mean anything to one.
SPOKEN: Final = RegexValidator(
    r"^[^\W_]+(?:[ '-][^\W_]+)*\Z", "Only words: letters, digits, and single spaces between them."
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


@pghistory.track()
class DiscoveryQuestion(models.Model):
    """A question that asks why; never stands between the customer and the request.

    Asked when the contact's reason or its intent is among the triggers, or when one of its
    `heard_words` stands in the notes or in what the customer wrote.
    """

    code = models.SlugField(unique=True)
    text = models.CharField(max_length=160)
    intents = ArrayField(models.CharField(max_length=20, choices=Intent), default=list, blank=True)
    contact_reasons = models.ManyToManyField(ContactReason, blank=True, related_name="+")
    heard_words = ArrayField(
        models.CharField(max_length=40, validators=[SPOKEN]),
        default=list,
        blank=True,
        help_text="Words or beginnings of words, with commas between: mortgage, moving house.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    retired_on = models.DateField(null=True, blank=True)

    answers: RelatedManager[DiscoveryAnswer]

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class DiscoveryAnswer(models.Model):
    """One answer and the need it tells of; no need type means: nothing to find here."""

    question = models.ForeignKey(
        DiscoveryQuestion, on_delete=models.CASCADE, related_name="answers"
    )
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=80)
    need_type = models.ForeignKey(
        NeedType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    strength = models.DecimalField(max_digits=3, decimal_places=2, default=1, validators=SHARE)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["question", "position"], name="discovery_answer_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.text


class AnswerGiven(models.Model):
    """What the customer answered in one contact; `words` when none of the answers fits."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(DiscoveryQuestion, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(
        DiscoveryAnswer, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.CharField(max_length=300, blank=True)
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["interaction", "question"], name="discovery_answered_once_per_contact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer or self.words}"

    @classmethod
    def give(
        cls,
        *,
        interaction: Interaction,
        question: DiscoveryQuestion,
        by: User,
        answer: DiscoveryAnswer | None = None,
        words: str = "",
    ) -> AnswerGiven:
        """Record the answer (a new one replaces the old) and the need that it tells of."""
        with transaction.atomic():
            need = None
            if answer is not None and answer.need_type is not None:
                need = Need.state(
                    customer=interaction.customer,
                    need_type=answer.need_type,
                    by=by,
                    source=NeedSource.DISCOVERED,
                    strength=answer.strength,
                    evidence=words or answer.text,
                    interaction=interaction,
                )
            given, _ = cls.objects.update_or_create(
                interaction=interaction,
                question=question,
                defaults={
                    "answer": answer,
                    "words": words[:300],
                    "need": need,
                    "by": by,
                    "at": timezone.now(),
                },
            )
            if words and need is None:
                UnknownNeed.keep(text=words, source=UnknownSource.ANSWERED, interaction=interaction)
            AuditEntry.record(
                by=by,
                verb="discovery question answered",
                subject=interaction,
                detail={"question": question.code},
            )
        return given


class NextQuestion(models.Model):
    """The question of an open contact whose answer would change the ways to help most.

    Kept by those who decide on the list, so that the question beside it is the same one.
    """

    interaction = models.OneToOneField(
        Interaction, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    code = models.SlugField()  # of a published question, which need not stand any longer
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Next in contact {self.interaction_id}: {self.code}"

    @staticmethod
    def keep(*, interaction: Interaction, code: str) -> None:
        """In one statement; the newest one stands."""
        NextQuestion.objects.bulk_create(
            [NextQuestion(interaction=interaction, code=code)],
            update_conflicts=True,
            unique_fields=["interaction"],
            update_fields=["code", "at"],
        )
