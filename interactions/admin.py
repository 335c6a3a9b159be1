"""Administration of the words for contacts: why customers get in touch and how contacts end."""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import Kept
from interactions.models import ContactReason, WrapUpCode


@admin.register(ContactReason)
class ContactReasonAdmin(Kept):
    """Reasons are retired, never deleted: past contacts name them."""

    list_display = ("name", "code", "intent", "position", "retired_on")
    list_editable = ("position",)
    list_filter = ("intent",)
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012


@admin.register(WrapUpCode)
class WrapUpCodeAdmin(Kept):
    list_display = ("name", "code", "outcome", "position", "retired_on")
    list_editable = ("position",)
    list_filter = ("outcome",)
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012
