"""How much may a person be asked, over service, survey and marketing?"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from customers.budget import LONGEST_PERIOD

MOST_SURVEYS, MOST_CONTACTS = 4, 6  # where nobody has said otherwise


class ContactPolicy(models.Model):
    """How much a person may be asked; published with the catalogue."""

    max_offers = models.PositiveSmallIntegerField(
        default=3, help_text="Offers put to one customer within the period, at most."
    )
    max_surveys = models.PositiveSmallIntegerField(
        default=MOST_SURVEYS,
        help_text="Contacts after which one customer is asked how it went, at most.",
    )
    max_contacts = models.PositiveSmallIntegerField(
        default=MOST_CONTACTS,
        help_text="Offers, questions and calls of ours together, at most. What was promised or "
        "asked for is counted and never refused.",
    )
    period_days = models.PositiveSmallIntegerField(
        default=30, validators=[MaxValueValidator(LONGEST_PERIOD)]
    )
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
            models.CheckConstraint(
                name="contact_policy_period_known", condition=Q(period_days__lte=LONGEST_PERIOD)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.max_offers} offers in {self.period_days} days"
