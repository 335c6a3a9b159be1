"""Which sentences do people say tell of which need? What the words model learns from."""

from __future__ import annotations

from hashlib import sha256
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction
from needs.models.need_type import SHARE, NeedType
from needs.words.masking import mask

LONGEST: Final = 400  # characters of one sentence
PARTS: Final = 5
FROZEN: Final = 0  # the part that is never learnt from: versions are compared on it


class ExampleSource(models.TextChoices):
    CONFIRMED = "confirmed", "Suggestion confirmed"
    CORRECTED = "corrected", "Suggestion corrected"
    REJECTED = "rejected", "Suggestion rejected"
    STATED = "stated", "Need stated by an agent"
    AGREED = "agreed", "Suggestion left as it was, need kept otherwise"
    GIVEN = "given", "Given by an administrator"


class ExampleQuerySet(TeamScopedQuerySet["Example"]):
    def learnt_from(self) -> Self:
        """What a fit may see."""
        return self.exclude(part=FROZEN)

    def frozen(self) -> Self:
        """What versions are compared on: said by people, never learnt from."""
        return self.filter(part=FROZEN, is_weak=False)


class Example(models.Model):
    """A sentence (masked) with the need that it tells of; no need type: none of ours.

    `part` is decided by the sentence alone, so that it is the same for all time and a sentence that
    is said twice never stands on both sides; part 0 is frozen. `doubt` is 1 minus the probability
    that a model gives to the label which has learnt from the other parts alone; `likelier` is what
    that model would say.
    """

    text = models.CharField(max_length=LONGEST)
    need_type = models.ForeignKey(
        NeedType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=20, choices=ExampleSource)
    is_weak = models.BooleanField(default=False)
    part = models.PositiveSmallIntegerField()
    model_number = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    doubt = models.DecimalField(
        max_digits=4, decimal_places=3, null=True, blank=True, validators=SHARE
    )
    likelier = models.ForeignKey(
        NeedType, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    objects = ExampleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="example_not_empty", condition=~Q(text="")),
            models.CheckConstraint(
                name="example_source_known", condition=Q(source__in=ExampleSource.values)
            ),
            models.CheckConstraint(name="example_part_known", condition=Q(part__lt=PARTS)),
            models.CheckConstraint(
                name="example_doubt_share", condition=Q(doubt__gte=0, doubt__lte=1)
            ),
            models.UniqueConstraint(
                fields=["interaction", "text", "need_type"],
                condition=Q(need_type__isnull=False),
                name="example_once_per_contact",
            ),
            models.UniqueConstraint(
                fields=["interaction", "text"],
                condition=Q(need_type=None),
                name="example_of_none_once_per_contact",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer"], name="example_of_customer"),
            models.Index(
                fields=["-doubt", "id"], name="example_doubted", condition=Q(doubt__isnull=False)
            ),
            models.Index(
                fields=["looked_at"],
                name="example_looked_at",
                condition=Q(looked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Example {self.pk}"

    @classmethod
    def keep(
        cls,
        *,
        text: str,
        need_type: NeedType | None,
        source: str,
        by: User | None,
        interaction: Interaction | None = None,
        customer: Customer | None = None,
        model_number: int | None = None,
        is_weak: bool = False,
    ) -> None:
        """Learn that `text` tells of the need; said again in the same contact it counts once.

        A need that it tells of takes the place of an earlier "none of ours".
        """
        text = mask(text).strip()[:LONGEST]
        if not text:
            return
        said = cls.objects.filter(interaction=interaction, text=text) if interaction else None
        if said is not None and need_type is None and said.exists():
            return
        if said is not None and need_type is not None:
            said.filter(need_type=None).delete()
        whose = interaction.customer_id if interaction else customer.pk if customer else None
        example = Example(
            text=text,
            need_type=need_type,
            customer_id=whose,
            interaction=interaction,
            source=source,
            by=by,
            model_number=model_number,
            is_weak=is_weak,
            part=part_of(text),
        )
        Example.objects.bulk_create([example], ignore_conflicts=True)

    def relabel(self, *, need_type: NeedType | None, by: User) -> None:
        """Say what it tells of after all, or that its label is right; it is then not doubted."""
        now = timezone.now()
        with transaction.atomic():
            same = Example.objects.filter(
                interaction=self.interaction_id, text=self.text, need_type=need_type
            ).exclude(pk=self.pk)
            if self.interaction_id and same.exists():
                self.remove(by=by)  # another one says so already
                return
            Example.objects.filter(pk=self.pk).update(
                need_type=need_type, doubt=None, likelier=None, by=by, is_weak=False, looked_at=now
            )
            detail = {"from": self.need_type_id, "to": need_type.pk if need_type else None}
            AuditEntry.record(by=by, verb="example looked at", subject=self, detail=detail)

    def remove(self, *, by: User) -> None:
        """Learn from it no longer."""
        with transaction.atomic():
            AuditEntry.record(by=by, verb="example removed", subject=self)
            Example.objects.filter(pk=self.pk).delete()


def part_of(text: str) -> int:
    """Which fifth of all sentences this one belongs to."""
    words = " ".join(text.lower().split())
    return int(sha256(words.encode()).hexdigest()[:8], 16) % PARTS
