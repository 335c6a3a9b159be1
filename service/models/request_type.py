"""Which kinds of request are there, how fast do we mean to be, how fast should we be?"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class RequestType(models.Model):
    """A kind of request with our target and the customers' expectation, both in days."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    target_days = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0)]
    )
    expected_days = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text="How long customers think it should take.",
    )
    warning_share = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Warn the owner when this share of the time is left and nothing has moved: 0.25 "
        "for a quarter, 0 for never. Empty: as for everything else.",
    )
    is_complaint = models.BooleanField(default=False)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
