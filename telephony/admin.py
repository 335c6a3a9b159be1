"""Administration of telephony: the numbers that we show, and those that we never call."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.administration import Kept, ModelAdmin
from telephony.models import CallerId, SuppressionEntry


@admin.register(CallerId)
class CallerIdAdmin(Kept):
    """A number is shown only when it was verified: a call back to it reaches us."""

    list_display = ("name", "number", "verified_on", "retired_on")
    search_fields = ("name", "number")


@admin.register(SuppressionEntry)
class SuppressionEntryAdmin(ModelAdmin):
    """The do-not-call list: checked when a call is asked for, and again before it is dialled."""

    list_display = ("number", "reason", "at", "by")
    search_fields = ("number", "reason")
    exclude = ("at", "by")

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        obj.by = obj.by or request.user
        super().save_model(request, obj, form, change)
