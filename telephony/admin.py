"""Administration of telephony: the numbers that may be shown to whom we call."""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import Kept
from telephony.models import CallerId


@admin.register(CallerId)
class CallerIdAdmin(Kept):
    """A number is shown only when it was verified: a call back to it reaches us."""

    list_display = ("name", "number", "verified_on", "retired_on")
    search_fields = ("name", "number")
