"""How often did we get in touch with a person of our own accord, whatever for?"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.contact_points import Channel
from customers.models.consent import Purpose
from customers.models.customer import Customer

BUDGETED = (Purpose.SERVICE, Purpose.SURVEY, Purpose.MARKETING)


class DrawnFor(models.TextChoices):
    """What a contact was drawn for; with the id of that thing it is drawn once."""

    OFFER = "offer", "Offer put to the customer"
    FOLLOW_UP = "follow_up", "Follow-up asked"
    NEEDS_REVIEW = "needs_review", "Needs review"
    CALL_BACK = "call_back", "Call back"
    CONFIRMATION = "confirmation", "Asked whether it is fixed"
    PROMISE = "promise", "Told before a promise breaks"
    CONTACT = "contact", "Contact that an agent began"


class ContactDrawQuerySet(TeamScopedQuerySet["ContactDraw"]):
    def standing(self) -> Self:
        """Those that count: nothing was given back."""
        return self.filter(given_back_at=None)

    def of(self, customer_id: int) -> Self:
        return self.filter(customer=customer_id)

    def after(self, day: date) -> Self:
        return self.filter(on__gt=day)


class ContactDraw(models.Model):
    """One contact counted against a person's contact budget: a line of the one ledger.

    `on` is the local day, the unit in which budgets are counted. `is_owed`: the customer asked for
    it or it was promised, so that it is counted and never refused. Only `customers.budget` writes.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=[(one.value, one.label) for one in BUDGETED])
    channel = models.CharField(max_length=20, choices=Channel)
    what = models.CharField(max_length=20, choices=DrawnFor)
    subject_id = models.BigIntegerField()
    on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    is_owed = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    given_back_at = models.DateTimeField(null=True, blank=True)

    objects = ContactDrawQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["what", "subject_id"],
                condition=Q(given_back_at=None),
                name="contact_drawn_once",
            ),
            models.CheckConstraint(
                name="contact_draw_purpose_known",
                condition=Q(purpose__in=[one.value for one in BUDGETED]),
            ),
            models.CheckConstraint(
                name="contact_draw_what_known", condition=Q(what__in=DrawnFor.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("customer"),
                F("on").desc(),
                name="contact_draw_of_customer",
                condition=Q(given_back_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} on {self.on:%d %b %Y}"
