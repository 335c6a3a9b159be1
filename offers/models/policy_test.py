"""Which customers must see, wait for, or never see which products, whatever is published?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class PolicyTestQuerySet(models.QuerySet["PolicyTest"]):
    def in_use(self) -> Self:
        return self.filter(retired_at=None)


class PolicyTest(models.Model):
    """A customer's situation, frozen without name or words, with what must be decided on it.

    It refers to no customer: what happens to theirs changes no test.
    """

    name = models.CharField(max_length=80)
    inputs = models.JSONField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    expectations: RelatedManager[PolicyExpectation]

    objects = PolicyTestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(retired_at=None), name="policy_test_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    SEES = "sees", "sees"
    WAITS = "waits", "waits for"
    NEVER = "never", "never sees"


class PolicyExpectation(models.Model):
    """One product of a policy test: the customer sees it, waits for it, or never sees it."""

    test = models.ForeignKey(PolicyTest, on_delete=models.CASCADE, related_name="expectations")
    product_code = models.SlugField()
    verdict = models.CharField(max_length=20, choices=Verdict)

    class Meta:
        ordering: ClassVar = ["product_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["test", "product_code"], name="policy_expectation_once_per_product"
            ),
            models.CheckConstraint(
                name="policy_verdict_known", condition=Q(verdict__in=Verdict.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.product_code}"
