"""What do customers ask for that none of our kinds of need covers? Raw material of new ones."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction
from needs.models.example import LONGEST
from needs.models.need_type import NeedType
from needs.words.masking import mask


class UnknownSource(models.TextChoices):
    REJECTED = "rejected", "Suggestion rejected"
    ANSWERED = "answered", "Own words to a question"
    KEPT = "kept", "Kept by an agent"


class UnknownSettled(Conflict):
    def __init__(self) -> None:
        super().__init__("Somebody has settled these sentences already.")


class UnknownNeedQuerySet(TeamScopedQuerySet["UnknownNeed"]):
    def waiting(self) -> Self:
        return self.filter(settled_at=None)


class UnknownNeed(models.Model):
    """A sentence (masked) that tells of a need which is none of ours, or of none at all.

    `group` is the number of its group as of the last weekly grouping, none for a sentence that is
    like no other; `group_words` are the words that its group has in common.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.CharField(max_length=LONGEST)
    source = models.CharField(max_length=20, choices=UnknownSource)
    said_at = models.DateTimeField(default=timezone.now)
    group = models.PositiveIntegerField(null=True, blank=True)
    group_words = models.CharField(max_length=120, blank=True)
    grouped_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    need_type = models.ForeignKey(
        NeedType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = UnknownNeedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="unknown_need_not_empty", condition=~Q(text="")),
            models.CheckConstraint(
                name="unknown_need_source_known", condition=Q(source__in=UnknownSource.values)
            ),
            models.CheckConstraint(
                name="unknown_need_settled_by_somebody",
                condition=Q(settled_at=None, settled_by=None, need_type=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["interaction", "text"], name="unknown_need_once_per_contact"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["group", "id"], name="unknown_need_waiting", condition=Q(settled_at=None)
            ),
            models.Index(fields=["customer"], name="unknown_need_of_customer"),
        ]

    def __str__(self) -> str:
        return f"Unknown need {self.pk}"

    @classmethod
    def keep(cls, *, text: str, source: str, interaction: Interaction) -> None:
        """Queue the sentence for the administrator; the same one counts once a contact."""
        text = mask(text).strip()[:LONGEST]
        if not text:
            return
        one = UnknownNeed(
            customer_id=interaction.customer_id, interaction=interaction, text=text, source=source
        )
        UnknownNeed.objects.bulk_create([one], ignore_conflicts=True)

    @classmethod
    def settle(cls, pks: list[int], *, by: User, need_type: NeedType | None) -> list[UnknownNeed]:
        """Say what these sentences tell of (`need_type`), or that nothing is to be found in them.

        Raises UnknownSettled when any of them was settled meanwhile; then nothing changes.
        The caller holds a transaction.
        """
        now = timezone.now()
        settled = (
            cls.objects.waiting()
            .filter(pk__in=pks)
            .update(settled_at=now, settled_by=by, need_type=need_type)
        )
        if not settled or settled != len(set(pks)):
            raise UnknownSettled
        rows = list(cls.objects.filter(pk__in=pks).select_related("interaction").order_by("pk"))
        detail = {"count": settled, "need_type": need_type.code if need_type else None}
        AuditEntry.record(by=by, verb="unknown needs settled", subject=rows[0], detail=detail)
        return rows
