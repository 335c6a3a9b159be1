"""What became of the products put to customers?"""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction
from needs.models import Need
from offers.models.decision import Decision
from products.models import Product
from service.models import Promise, ServiceRequest


class DeclineReason(models.Model):
    """One of the reasons for which customers decline; the list is kept by administrators."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=60, help_text="As customers say it: “Costs too much”.")
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


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

    `benefit` is a year's gain in `currency`, to the cent, from the decision that let the offer be
    seen. One accepted has its request and its promise: nothing counts as accepted without what it
    promises on the ledger.
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
    reason = models.ForeignKey(
        DeclineReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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
        ServiceRequest, null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    promise = models.ForeignKey(
        Promise, null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
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
            # What came in as history has no decision, and not always its request.
            models.CheckConstraint(
                name="offer_accepted_is_on_the_ledger",
                condition=~Q(status="accepted")
                | Q(decision=None)
                | Q(request__isnull=False, promise__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-presented_at"], name="offer_of_customer"),
            models.Index(fields=["presented_at"], name="offer_presented"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.get_status_display()}"
