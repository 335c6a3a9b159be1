"""What is the same for every page of the administration? What history names is never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from accounts.backends import CONFIGURATION_APPS

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    PeopleAdmin = UserAdmin[Any]
else:
    ModelAdmin, TabularInline, PeopleAdmin = admin.ModelAdmin, admin.TabularInline, UserAdmin


class Kept(ModelAdmin):
    """Rows that history names: retired or closed to log-ins, never deleted."""

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class ReadOnly(Kept):
    """Rows that only the software writes."""

    def has_add_permission(self, request: Any) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def hide_pages_of_others(site: admin.AdminSite) -> None:
    """Leave only pages of what administrators configure; libraries bring some of their own."""
    for model in list(site._registry):
        if model._meta.app_label not in CONFIGURATION_APPS:
            site.unregister(model)
