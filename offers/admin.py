"""Administration of products as drafts, with all that belongs to them; of the contact policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.administration import Kept, TabularInline
from needs.models import NeedFit
from offers.forms import ProductForm
from offers.models import ContactPolicy, DeclineReason
from products.admin import ProductRuleInline
from products.models import Product
from service.models import Fulfilment

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[Any, Any]
else:
    StackedInline = admin.StackedInline


class NeedFitInline(TabularInline):
    model = NeedFit
    extra = 0
    verbose_name_plural = "needs that it meets"


class FulfilmentInline(StackedInline):
    model = Fulfilment
    extra = 0
    max_num = 1
    verbose_name_plural = "what accepting it starts"


@admin.register(Product)
class ProductAdmin(Kept):
    """The draft of a product. Customers see nothing of it before the catalogue is published."""

    class Media:
        css: ClassVar = {"all": ["css/ways.css"]}

    form = ProductForm
    list_display = ("name", "category", "minimum_benefit", "lever", "withdrawn_on", "preview")
    list_filter = ("category", "safe_for_vulnerable")
    list_select_related = ("category",)
    search_fields = ("name", "code")
    inlines = (ProductRuleInline, NeedFitInline, FulfilmentInline)
    fieldsets = (
        (None, {"fields": ("name", "code", "category", "summary", "preview")}),
        (
            "What it is worth to the customer",
            {
                "fields": (
                    "currency",
                    "terms",
                    "benefit_formula",
                    "benefit_sentence",
                    "minimum_benefit",
                )
            },
        ),
        ("Care", {"fields": ("lever", "safe_for_vulnerable", "withdrawn_on")}),
    )

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """The code is what decisions and offers name: it is given once."""
        return ("preview", "code") if obj else ("preview",)

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> dict[str, Sequence[str]]:  # noqa: ARG002
        return {} if obj else {"code": ("name",)}

    @admin.display(description="Preview")
    def preview(self, product: Product) -> str:
        if not product.pk:
            return "Save it first."
        return format_html(
            '<a href="{}">Rules, preview and reach</a>',
            reverse("catalogue:product", args=[product.code]),
        )


@admin.register(ContactPolicy)
class ContactPolicyAdmin(Kept):
    """How much one person may be asked; one row for the installation."""

    list_display = ("__str__", "cooling_off_days", "need_floor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ContactPolicy.objects.exists()

    def save_model(self, request: Any, obj: ContactPolicy, form: Any, change: Any) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(DeclineReason)
class DeclineReasonAdmin(Kept):
    """Why customers decline: the first eight that are not retired stand on the desk, by key."""

    list_display = ("name", "code", "position", "retired_on")
    list_editable = ("position",)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        return ("code",) if obj else ()
