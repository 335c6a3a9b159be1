"""What can we provide, under which rules, and what was published when?"""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from products.criteria import NotACriterion, comparison_for, read_value, sentence
from products.vocabulary import FACTS, WORDS, Comparison


class BalanceMeaning(models.TextChoices):
    MONEY = "money", "Money the customer has with us"
    CARD_DEBT = "card_debt", "Money the customer owes on a card"
    LOAN_DEBT = "loan_debt", "Money the customer owes on a loan"
    NOTHING = "nothing", "No balance"


class ProductCategory(models.Model):
    """A kind of product (current account, savings, card, mortgage) and what its balance means."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    balance_meaning = models.CharField(
        max_length=20, choices=BalanceMeaning, default=BalanceMeaning.MONEY
    )

    class Meta:
        verbose_name_plural = "product categories"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="category_balance_meaning_known",
                condition=Q(balance_meaning__in=BalanceMeaning.values),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def on_offer(self) -> ProductQuerySet:
        return self.filter(withdrawn_on=None)


@pghistory.track()
class Product(models.Model):
    """Something we can provide. These rows are the draft; decisions read what was published.

    `benefit_formula` gives the customer's gain a year in `currency`, over named facts
    (`products.vocabulary`) and the product's own `terms`, for example
    `idle_balance * (rate - current_rate) / 100 - fee_a_year`.
    `benefit_sentence` tells it with the same names in braces and `{benefit}` for the result.
    """

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    category = models.ForeignKey(ProductCategory, on_delete=models.PROTECT, related_name="products")
    summary = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="GBP")
    terms = models.JSONField(
        default=dict, blank=True, help_text='The product\'s own figures, such as {"rate": "4.10"}.'
    )
    benefit_formula = models.CharField(max_length=300)
    benefit_sentence = models.CharField(max_length=300)
    minimum_benefit = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        default=1,
        help_text="A customer gains at least this much a year, or never sees the product.",
    )
    lever = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(0.8), MaxValueValidator(1.2)],
        help_text="Between 0.80 and 1.20; never lifts what is below the need floor.",
    )
    safe_for_vulnerable = models.BooleanField(default=False)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="products_lever_bounded", condition=Q(lever__gte=0.8, lever__lte=1.2)
            ),
            models.CheckConstraint(
                name="products_currency_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.TextChoices):
    ELIGIBILITY = "eligibility", "Eligibility: may have it at all"
    APPLICABILITY = "applicability", "Applicability: relevant now"
    SUITABILITY = "suitability", "Suitability: in the customer's interest"


@pghistory.track()
class ProductRule(models.Model):
    """One criterion of one stage. All must hold; those that share an `either` are alternatives."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="rules")
    stage = models.CharField(max_length=20, choices=Stage)
    fact = models.CharField(
        max_length=40, choices=[(fact.name, fact.phrase) for fact in FACTS.values()]
    )
    comparison = models.CharField(
        max_length=20, choices=[(comparison.value, words) for comparison, words in WORDS.items()]
    )
    value = models.JSONField()
    either = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Criteria with the same number are alternatives: one is enough.",
    )
    because = models.CharField(
        max_length=200, help_text="Told to the agent when the criterion does not hold."
    )

    class Meta:
        ordering: ClassVar = ["product", "stage", F("either").asc(nulls_first=True), "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="rule_stage_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="rule_fact_known", condition=Q(fact__in=list(FACTS))),
            models.CheckConstraint(
                name="rule_comparison_known",
                condition=Q(comparison__in=[comparison.value for comparison in Comparison]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage.capitalize()}: {self.sentence}"

    @property
    def sentence(self) -> str:
        """The criterion in plain words; what is wrong with it when it makes no sense."""
        try:
            return sentence(
                fact=self.fact,
                comparison=self.comparison,
                value=self.value,
                currency=self.product.currency,
            )
        except NotACriterion as error:
            return str(error)

    def clean(self) -> None:
        fact = FACTS.get(self.fact)
        if fact is None or not self.comparison:
            return
        try:
            comparison_for(fact, self.comparison)
        except NotACriterion as error:
            raise ValidationError({"comparison": str(error)}) from None
        try:
            read_value(fact, self.value)
        except NotACriterion as error:
            raise ValidationError({"value": str(error)}) from None


class CatalogueVersionQuerySet(models.QuerySet["CatalogueVersion"]):
    def published(self) -> CatalogueVersionQuerySet:
        """Versions that were in force for all, the one that is now first."""
        return self.filter(for_trial=False).order_by("-number")


class CatalogueVersion(models.Model):
    """What was published, whole and for good: decisions name the number and replay from it.

    One `for_trial` decided in shadow or for a share of the customers only and was never in force.
    """

    number = models.PositiveIntegerField(unique=True)
    for_trial = models.BooleanField(default=False)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CatalogueVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="catalogue_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Catalogue {self.number}"
