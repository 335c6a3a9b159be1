"""Which configured rows do imported records refer to? Made where the mapping describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import Team
from intake.importing.errors import MappingWrong
from interactions.models import ContactReason, WrapUpCode
from needs.models import NeedType
from products.models import Product, ProductCategory


class Lookups:
    """Keys by code."""

    def __init__(self, told: Mapping[str, Any], team: str) -> None:
        """Make what is described and missing. Raises MappingWrong for an unknown team."""
        self.team = team_key(team)
        for code, row in told.get("products", {}).items():
            self._product(code, row)
        for code, row in told.get("contact_reasons", {}).items():
            ContactReason.objects.get_or_create(code=code, defaults=row)
        for code, row in told.get("wrap_up_codes", {}).items():
            WrapUpCode.objects.get_or_create(code=code, defaults=row)
        self.products = dict(Product.objects.values_list("code", "pk"))
        self.product_names = dict(Product.objects.values_list("code", "name"))
        self.contact_reasons = dict(ContactReason.objects.values_list("code", "pk"))
        self.wrap_up_codes = dict(WrapUpCode.objects.values_list("code", "pk"))
        self.need_types = dict(NeedType.objects.values_list("code", "pk"))

    def _product(self, code: str, row: Mapping[str, Any]) -> None:
        """Imported products are held, not offered: they get neither fits nor rules."""
        category, _ = ProductCategory.objects.get_or_create(
            code=row["category"], defaults={"name": row["category_name"]}
        )
        Product.objects.get_or_create(
            code=code,
            defaults={
                "name": row["name"],
                "category": category,
                "summary": row["summary"],
                "benefit_formula": "0",
                "benefit_sentence": "No gain in figures.",
            },
        )

    def need_type(self, code: str, name: str) -> int:
        """The kind of need of that name, made when it is new."""
        if code not in self.need_types:
            row, _ = NeedType.objects.get_or_create(code=code, defaults={"name": name})
            self.need_types[code] = row.pk
        return self.need_types[code]

    def check(self, name: str, code: str) -> int:
        """The key of a product, contact reason or wrap-up code that the checking found known."""
        known: dict[str, int] = getattr(self, name)
        return known[code]


def team_key(name: str) -> int:
    found = Team.objects.filter(name=name).first()
    if found is None:
        raise MappingWrong(
            f"There is no team “{name}”. Add it in the administration, or name one with --team."
        )
    return found.pk


def check_codes(told: Mapping[str, Any], used: Mapping[str, set[str]]) -> None:
    """Every code that rows use is configured or described. Raises MappingWrong, writes nothing."""
    for name, model in (
        ("products", Product),
        ("contact_reasons", ContactReason),
        ("wrap_up_codes", WrapUpCode),
    ):
        known = {*told.get(name, {}), *model._default_manager.values_list("code", flat=True)}
        if unknown := sorted(used.get(name, set()) - known):
            raise MappingWrong(
                f"“{unknown[0]}” is not among the {name.replace('_', ' ')}. Describe it in the "
                f"mapping under [{name}.{unknown[0]}], or add it in the administration."
            )
