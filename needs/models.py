"""What do customers need, how did we learn it, and was it met?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import Conflict
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import ContactReason, Intent, Interaction, TimelineEntry, TimelineKind
from products.models import Product

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

SHARE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


class NeedType(models.Model):
    """A kind of need, in the customers' terms."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class NeedFit(models.Model):
    """How well a product meets a kind of need, from 0 to 1."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    need_type = models.ForeignKey(NeedType, on_delete=models.PROTECT, related_name="fits")
    fit = models.DecimalField(max_digits=3, decimal_places=2, validators=SHARE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "need_type"], name="need_fit_once"),
            models.CheckConstraint(name="need_fit_share", condition=Q(fit__gte=0, fit__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.product} for {self.need_type}"


@pghistory.track()
class DiscoveryQuestion(models.Model):
    """A question that asks why; never stands between the customer and the request.

    Asked when the contact's reason or its intent is among the triggers.
    """

    code = models.SlugField(unique=True)
    text = models.CharField(max_length=160)
    intents = ArrayField(models.CharField(max_length=20, choices=Intent), default=list, blank=True)
    contact_reasons = models.ManyToManyField(ContactReason, blank=True, related_name="+")
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
            AuditEntry.record(
                by=by,
                verb="discovery question answered",
                subject=interaction,
                detail={"question": question.code},
            )
        return given


class NeedsReview(models.Model):
    """A look at a customer's needs that is due: the start of the next cycle."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.OneToOneField(
        Interaction, on_delete=models.CASCADE, related_name="+", help_text="What started it."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(F("due_on"), name="needs_review_due", condition=Q(done_at=None))
        ]

    def __str__(self) -> str:
        return f"Needs review on {self.due_on:%d %b %Y}"

    @classmethod
    def start(
        cls, *, customer: Customer, interaction: Interaction, owner: User, due_on: date
    ) -> NeedsReview:
        """Open the next cycle; the one already open for that interaction when called again."""
        with transaction.atomic():
            review, created = cls.objects.get_or_create(
                interaction=interaction,
                defaults={"customer": customer, "owner": owner, "due_on": due_on},
            )
            if created:
                AuditEntry.record(by=None, verb="needs review started", subject=review)
        return review
