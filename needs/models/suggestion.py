"""Which needs do the words of a contact seem to tell of, and what did the agent say to that?"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction
from needs.models.example import LONGEST, Example, ExampleSource
from needs.models.need import Need
from needs.models.need_type import SHARE, NeedType
from needs.models.unknown import UnknownNeed, UnknownSource


class SuggestionStatus(models.TextChoices):
    OPEN = "open", "Suggested"
    CONFIRMED = "confirmed", "Confirmed"
    CORRECTED = "corrected", "Another need"
    REJECTED = "rejected", "No need"
    KNOWN = "known", "The need was kept otherwise"
    PASSED = "passed", "No longer said"


class SuggestionAnswered(Conflict):
    def __init__(self) -> None:
        super().__init__("This suggestion was answered already, or is no longer said.")


class SuggestionQuerySet(TeamScopedQuerySet["Suggestion"]):
    def open(self) -> Self:
        return self.filter(status=SuggestionStatus.OPEN)

    def said_in(self, interaction: Interaction) -> Self:
        return self.filter(interaction=interaction)

    def unanswered(self) -> Self:
        """Of closed contacts, whose words stay as they are."""
        return self.open().filter(interaction__closed_at__isnull=False)


class Suggestion(models.Model):
    """One kind of need that one sentence of a contact seems to tell of; once a kind and contact.

    `text` is the sentence, masked; `reasons` are its words that weigh most; `model_number` is 0
    where names and descriptions were all that was known.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    need_type = models.ForeignKey(NeedType, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST)
    reasons = models.JSONField(default=list)
    probability = models.DecimalField(max_digits=4, decimal_places=3, validators=SHARE)
    model_number = models.PositiveIntegerField(default=0)
    status = models.CharField(
        max_length=20, choices=SuggestionStatus, default=SuggestionStatus.OPEN
    )
    suggested_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    instead = models.ForeignKey(
        NeedType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["interaction", "need_type"], name="suggestion_once_per_contact"
            ),
            models.CheckConstraint(
                name="suggestion_status_known", condition=Q(status__in=SuggestionStatus.values)
            ),
            models.CheckConstraint(
                name="suggestion_probability_share",
                condition=Q(probability__gte=0, probability__lte=1),
            ),
            models.CheckConstraint(
                name="suggestion_answered_has_time",
                condition=Q(status__in=["open", "known", "passed"])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="suggestion_corrected_has_need",
                condition=Q(status="corrected", instead__isnull=False)
                | (~Q(status="corrected") & Q(instead=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["interaction"], name="suggestion_open", condition=Q(status="open")
            ),
            models.Index(fields=["customer"], name="suggestion_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.need_type}?"

    def confirm(self, *, by: User) -> Need:
        """The sentence says so: the need is stated. Raises SuggestionAnswered."""
        with transaction.atomic():
            self._answer(SuggestionStatus.CONFIRMED, by=by)
            self._learn(self.need_type, ExampleSource.CONFIRMED, by=by)
            return self._stated(self.need_type, by=by)

    def correct(self, *, by: User, to: NeedType) -> Need:
        """The sentence says another need: that one is stated. Raises SuggestionAnswered."""
        if to.pk == self.need_type_id:
            return self.confirm(by=by)
        with transaction.atomic():
            self._answer(SuggestionStatus.CORRECTED, by=by, instead=to)
            self._learn(to, ExampleSource.CORRECTED, by=by)
            return self._stated(to, by=by)

    def reject(self, *, by: User) -> None:
        """The sentence tells of no need that we know. Raises SuggestionAnswered."""
        with transaction.atomic():
            self._answer(SuggestionStatus.REJECTED, by=by)
            self._learn(None, ExampleSource.REJECTED, by=by)
            UnknownNeed.keep(
                text=self.text, source=UnknownSource.REJECTED, interaction=self.interaction
            )

    def agree(self, *, by: User | None) -> None:
        """The need was kept without an answer to this: a weak sign that it was right."""
        agreed = Suggestion.objects.open().filter(pk=self.pk).update(status=SuggestionStatus.KNOWN)
        if agreed:
            self._learn(self.need_type, ExampleSource.AGREED, by=by, is_weak=True)

    def _answer(self, status: str, *, by: User, **more: Any) -> None:
        now = timezone.now()
        answered = (
            Suggestion.objects.open()
            .filter(pk=self.pk)
            .update(status=status, answered_at=now, answered_by=by, **more)
        )
        if not answered:
            raise SuggestionAnswered
        self.status = status
        verb = f"need suggestion {status}"
        detail = {"need_type": self.need_type.code, "model": self.model_number}
        AuditEntry.record(by=by, verb=verb, subject=self, detail=detail)
        panel_changed(panel="needs.suggestions", customer_id=self.customer_id, user_ids=[by.pk])

    def _stated(self, need_type: NeedType, *, by: User) -> Need:
        need = Need.state(
            customer=self.customer,
            need_type=need_type,
            by=by,
            evidence=self.text,
            interaction=self.interaction,
        )
        Suggestion.objects.filter(pk=self.pk).update(need=need)
        return need

    def _learn(
        self, need_type: NeedType | None, source: str, *, by: User | None, is_weak: bool = False
    ) -> None:
        Example.keep(
            text=self.text,
            need_type=need_type,
            source=source,
            by=by,
            interaction=self.interaction,
            model_number=self.model_number,
            is_weak=is_weak,
        )


class Reading(models.Model):
    """How far the words of one contact were read for needs; `digest` is of what was read, and how.

    `is_said`: there was something to read; `calls_for` are the codes of the questions that
    the words call for.
    """

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    is_said = models.BooleanField(default=False)
    calls_for = ArrayField(models.SlugField(), default=list, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Reading of contact {self.interaction_id}"
