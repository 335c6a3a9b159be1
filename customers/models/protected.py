"""What is nobody judged by, and for whom is it known? Read by the fairness audit alone.

No fact, feature, page, API, search or export reads it; a test holds that. Age is not kept here:
the audit makes bands of the date of birth.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.customer import Customer


class ProtectedAttribute(models.TextChoices):
    SEX = "sex", "Sex"
    GENDER = "gender", "Gender identity"
    ORIENTATION = "orientation", "Sexual orientation"
    FAMILY = "family", "Marriage and family"
    ETHNICITY = "ethnicity", "Ethnicity"
    RELIGION = "religion", "Religion or belief"
    DISABILITY = "disability", "Disability"


class ProtectedTraitQuerySet(models.QuerySet["ProtectedTrait"]):
    def groups_of(self, customers: Iterable[int]) -> list[tuple[int, str, str]]:
        """(customer, attribute, group) of those customers for whom one is known."""
        rows = self.filter(customer__in=list(customers))
        return list(rows.values_list("customer", "attribute", "group").order_by())


class ProtectedTrait(models.Model):
    """The group that a customer belongs to by their own word, kept apart from the customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    attribute = models.CharField(max_length=20, choices=ProtectedAttribute)
    group = models.CharField(max_length=40)
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ProtectedTraitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "attribute"], name="protected_trait_once_each"
            ),
            models.CheckConstraint(
                name="protected_trait_attribute_known",
                condition=Q(attribute__in=ProtectedAttribute.values),
            ),
            models.CheckConstraint(name="protected_trait_group_given", condition=~Q(group="")),
        ]

    def __str__(self) -> str:
        return f"Protected trait {self.pk}"
