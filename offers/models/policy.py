"""How much may a person be asked?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


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
