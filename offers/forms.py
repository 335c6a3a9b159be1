"""What may be typed about offers and the catalogue?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.errors import RuleBroken
from offers.benefits import read_formula, read_sentence, read_terms
from products.fields import WrittenTerms
from products.models import Product

if TYPE_CHECKING:
    ProductModelForm = forms.ModelForm[Product]
else:
    ProductModelForm = forms.ModelForm


class ProductForm(ProductModelForm):
    """A draft product; its formula and sentence are read before they are kept."""

    terms = WrittenTerms(
        required=False, help_text="The product's own figures, one on a line: rate = 4.10"
    )

    class Meta:
        model = Product
        fields = (
            "name",
            "code",
            "category",
            "summary",
            "currency",
            "terms",
            "benefit_formula",
            "benefit_sentence",
            "minimum_benefit",
            "lever",
            "safe_for_vulnerable",
            "withdrawn_on",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        terms = data.get("terms")
        if not isinstance(terms, dict) or not self._reads("terms", lambda: read_terms(terms)):
            return data
        if formula := data.get("benefit_formula"):
            self._reads("benefit_formula", lambda: read_formula(formula, terms))
        if sentence := data.get("benefit_sentence"):
            self._reads("benefit_sentence", lambda: read_sentence(sentence, terms))
        return data

    def _reads(self, field: str, read: Callable[[], object]) -> bool:
        try:
            read()
        except RuleBroken as error:
            self.add_error(field, str(error))
            return False
        return True
