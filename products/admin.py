"""Administration of the catalogue's pieces: kinds of product, rules, published versions.

The product's own page spans apps above this one; it stands in offers.admin.
"""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import Kept, ReadOnly, TabularInline
from products.forms import RuleForm
from products.models import CatalogueVersion, ProductCategory, ProductRule


class ProductRuleInline(TabularInline):
    """Rules; each shows its reading in plain words above its fields."""

    model = ProductRule
    form = RuleForm
    extra = 0
    fields = ("stage", "fact", "comparison", "value", "either", "because")


@admin.register(ProductCategory)
class ProductCategoryAdmin(Kept):
    """Kinds of product, and what a balance of that kind means for facts."""

    list_display = ("name", "code", "balance_meaning")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(ReadOnly):
    """What was published, for good; publishing and going back stand on the catalogue's page."""

    list_display = ("number", "published_at", "published_by", "note")
    list_select_related = ("published_by",)
    fields = ("number", "published_at", "published_by", "note", "digest", "products")
    search_fields = ("note",)

    @admin.display(description="Products")
    def products(self, version: CatalogueVersion) -> str:
        return ", ".join(row["name"] for row in version.content["products"])
