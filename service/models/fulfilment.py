"""What does accepting a product start?"""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from products.models import Product
from service.models.request_type import RequestType


class Fulfilment(models.Model):
    """What accepting a product starts: a request of a type, with a promise and its days."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    request_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    promise_text = models.CharField(max_length=200)
    promise_days = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0.01)]
    )

    def __str__(self) -> str:
        return f"{self.product}: {self.promise_text}"
