"""Administration of service: kinds of request with target and expectation, and fulfilment."""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import Kept, ModelAdmin
from service.models import Fulfilment, RequestType


@admin.register(RequestType)
class RequestTypeAdmin(Kept):
    """Our target beside what customers expect; retired, never deleted."""

    list_display = ("name", "code", "target_days", "expected_days", "is_complaint", "retired_on")
    list_filter = ("is_complaint",)
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012


@admin.register(Fulfilment)
class FulfilmentAdmin(ModelAdmin):
    """What accepting a product starts."""

    list_display = ("product", "request_type", "promise_text", "promise_days")
    list_select_related = ("product", "request_type")
    search_fields = ("product__name", "promise_text")
