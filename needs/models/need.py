"""What does one customer need, how did we learn it, and was it met?"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction, TimelineEntry, TimelineKind
from needs.models.need_type import SHARE, NeedType


class NeedSource(models.TextChoices):
    STATED = "stated", "Stated by the customer"
    DISCOVERED = "discovered", "Discovered by a question"
    INFERRED = "inferred", "Inferred"


class NeedStatus(models.TextChoices):
    OPEN = "open", "Open"
    MET = "met", "Met"
    UNMET = "unmet", "Unmet: nothing suitable"
    MISSED = "missed", "Missed: a suitable way existed"


class NeedClosed(Conflict):
    def __init__(self) -> None:
        super().__init__("This need is settled already. State it again if it is back.")


class NeedQuerySet(TeamScopedQuerySet["Need"]):
    def open(self) -> Self:
        return self.filter(status=NeedStatus.OPEN)

    def expressed(self) -> Self:
        """Said by the customer, by themselves or when asked."""
        return self.filter(source__in=[NeedSource.STATED, NeedSource.DISCOVERED])

    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def not_yet_met(self) -> Self:
        """The pipeline: open, or known and still without a suitable way to help."""
        return self.filter(status__in=[NeedStatus.OPEN, NeedStatus.UNMET, NeedStatus.MISSED])


class Need(models.Model):
    """One customer's need with the words that tell of it; strength from 0 to 1."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    need_type = models.ForeignKey(NeedType, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=NeedSource)
    strength = models.DecimalField(max_digits=3, decimal_places=2, validators=SHARE)
    evidence = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=20, choices=NeedStatus, default=NeedStatus.OPEN)
    stated_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_because = models.CharField(max_length=200, blank=True)
    settled_in = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "need_type"],
                condition=Q(status="open"),
                name="need_open_once_per_type",
            ),
            models.CheckConstraint(
                name="need_source_known", condition=Q(source__in=NeedSource.values)
            ),
            models.CheckConstraint(
                name="need_status_known", condition=Q(status__in=NeedStatus.values)
            ),
            models.CheckConstraint(
                name="need_strength_share", condition=Q(strength__gte=0, strength__lte=1)
            ),
            models.CheckConstraint(
                name="need_settled_has_time",
                condition=Q(status="open", settled_at=None)
                | (~Q(status="open") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="need_missed_has_reason",
                condition=~Q(status="missed") | ~Q(settled_because=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "status"], name="need_of_customer"),
            models.Index(
                fields=["settled_at"], name="need_settled", condition=Q(settled_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.need_type)

    @classmethod
    def state(
        cls,
        *,
        customer: Customer,
        need_type: NeedType,
        by: User | None,
        source: str = NeedSource.STATED,
        strength: Decimal = Decimal(1),
        evidence: str = "",
        interaction: Interaction | None = None,
    ) -> Need:
        """Keep a need; stating an open one again only ever strengthens it."""
        with transaction.atomic():
            need, created = cls.objects.select_for_update(of=("self",)).get_or_create(
                customer=customer,
                need_type=need_type,
                status=NeedStatus.OPEN,
                defaults={
                    "source": source,
                    "strength": strength,
                    "evidence": evidence[:300],
                    "interaction": interaction,
                },
            )
            if not created:
                need.source = source if source != NeedSource.INFERRED else need.source
                need.strength = max(need.strength, strength)
                need.evidence = evidence[:300] or need.evidence
                need.interaction = interaction or need.interaction
                need.save(update_fields=["source", "strength", "evidence", "interaction"])
            need._tell(by=by, verb="need stated", title=f"Need: {need_type}", detail=evidence)
        return need

    def settle(
        self,
        *,
        to: str,
        by: User | None,
        because: str = "",
        interaction: Interaction | None = None,
    ) -> None:
        """Say how it ended: met, unmet or missed. Raises NeedClosed."""
        with transaction.atomic():
            settled = (
                Need.objects.open()
                .filter(pk=self.pk)
                .update(
                    status=to,
                    settled_at=timezone.now(),
                    settled_by=by,
                    settled_because=because[:200],
                    settled_in=interaction,
                )
            )
            if not settled:
                raise NeedClosed
            self.status = to
            self._tell(
                by=by,
                verb=f"need {to}",
                title=f"Need {NeedStatus(to).value}: {self.need_type}",
                detail=because,
            )

    def _tell(self, *, by: User | None, verb: str, title: str, detail: str) -> None:
        TimelineEntry.write(
            customer_id=self.customer_id,
            kind=TimelineKind.NEED,
            title=title,
            detail=detail,
            interaction_id=self.interaction_id,
        )
        AuditEntry.record(by=by, verb=verb, subject=self, detail={"need_type": self.need_type.code})
        panel_changed(
            panel="needs.needs",
            customer_id=self.customer_id,
            user_ids=[by.pk] if by else [],
        )
