"""Which ways to help were decided on, and what became of the products offered?"""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction
from needs.models import Need
from products.models import Product
from service.models import Promise, ServiceRequest


class ContactPolicy(models.Model):
    """How much a person may be asked; published with the catalogue."""

    max_offers = models.PositiveSmallIntegerField(
        default=3, help_text="Offers put to one customer within the period, at most."
    )
    period_days = models.PositiveSmallIntegerField(default=30)
    cooling_off_days = models.PositiveSmallIntegerField(
        default=90, help_text="A declined product is not offered again before."
    )
    need_floor = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        default=0.2,
        help_text="Need strength × fit below this never becomes an offer.",
    )

    class Meta:
        verbose_name_plural = "contact policy"
        constraints: ClassVar = [
            models.CheckConstraint(name="contact_policy_single", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return f"{self.max_offers} offers in {self.period_days} days"


class DecisionQuerySet(TeamScopedQuerySet["Decision"]):
    def newest(self) -> Self:
        return self.order_by("-pk")


class Decision(models.Model):
    """One answer to "what helps this customer now?", kept with all that it was made from.

    `inputs` and the catalogue version replay to `results` bit for bit; `digest` is the SHA-256 of
    the canonical inputs, so that an unchanged situation is not decided twice.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    catalogue_number = models.PositiveIntegerField()
    engine = models.CharField(max_length=20)
    inputs = models.JSONField()
    results = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(F("interaction"), F("id").desc(), name="decision_of_interaction"),
            models.Index(F("customer"), F("id").desc(), name="decision_of_customer"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="decision_immutable", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"Decision {self.pk}"


class ReasonSettledQuerySet(TeamScopedQuerySet["ReasonSettled"]):
    team_path = "interaction__customer__team"


class ReasonSettled(models.Model):
    """The agent's word that what the customer got in touch for is done: what unlocks offers."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReasonSettledQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "reasons settled"

    def __str__(self) -> str:
        return f"Reason of contact {self.interaction_id} settled"


class OfferStatus(models.TextChoices):
    PRESENTED = "presented", "Presented"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LATER = "later", "Later"
    ALREADY_HAS = "already_has", "Already has it"
    NOT_RELEVANT = "not_relevant", "Not relevant"
    WOULD_NEED = "would_need", "Would need something else"


class OfferQuerySet(TeamScopedQuerySet["Offer"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def unanswered(self) -> Self:
        return self.filter(status=OfferStatus.PRESENTED)


class Offer(models.Model):
    """One product put to one customer in one interaction, and what they said.

    `benefit` is a year's gain in `currency`, from the decision that let the offer be seen.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=20, choices=OfferStatus, default=OfferStatus.PRESENTED)
    because = models.CharField(max_length=200, blank=True)
    later_on = models.DateField(null=True, blank=True)
    benefit = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, default="GBP")
    benefit_sentence = models.CharField(max_length=300, blank=True)
    presented_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    request = models.ForeignKey(
        ServiceRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    promise = models.ForeignKey(
        Promise, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["interaction", "product"], name="offer_once_per_interaction"
            ),
            models.CheckConstraint(
                name="offer_status_known", condition=Q(status__in=OfferStatus.values)
            ),
            models.CheckConstraint(
                name="offer_later_has_date",
                condition=~Q(status="later") | Q(later_on__isnull=False),
            ),
            models.CheckConstraint(
                name="offer_answer_has_time",
                condition=Q(status="presented", answered_at=None)
                | (~Q(status="presented") & Q(answered_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-presented_at"], name="offer_of_customer"),
            models.Index(fields=["presented_at"], name="offer_presented"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.get_status_display()}"
