"""Which kinds of need are there, and which products meet them?"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from products.models import Product

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
