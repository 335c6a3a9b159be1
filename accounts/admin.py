"""Administration of people: users with their role, teams and API token; what everybody did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from rest_framework.authtoken.models import Token

from accounts.administration import Kept, PeopleAdmin, ReadOnly
from accounts.models import AuditEntry, Team, User

if TYPE_CHECKING:
    NewUserForm = AdminUserCreationForm[User]
    ChangedUserForm = UserChangeForm[User]
    Pages = Paginator[Any]
else:
    NewUserForm, ChangedUserForm, Pages = AdminUserCreationForm, UserChangeForm, Paginator

COUNTED_AT_MOST = 10_000


class BoundedPaginator(Pages):
    """Pages over a table that grows for ever: counting stops at COUNTED_AT_MOST."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:COUNTED_AT_MOST].count()


class NewPersonForm(NewUserForm):
    class Meta:
        model = User
        fields = ("username",)


class PersonForm(ChangedUserForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(Kept, PeopleAdmin):
    """Who may log in. Nobody is deleted: history names them; take the log-in away instead."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("username", "first_name", "last_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "teams")
    search_fields = ("username", "first_name", "last_name")
    ordering = ("username",)
    filter_horizontal = ("teams",)
    readonly_fields = ("last_login", "date_joined", "presence", "presence_at")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Who it is", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "role", "teams")}),
        ("Last seen", {"fields": ("last_login", "presence", "presence_at", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "first_name",
                    "last_name",
                    "role",
                    "teams",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )
    actions = ("give_api_token", "take_api_token")

    def save_model(self, request: HttpRequest, obj: User, form: forms.Form, change: bool) -> None:
        obj.is_staff = obj.is_administrator
        super().save_model(request, obj, form, change)
        AuditEntry.record(
            by=cast("User", request.user),
            verb="user changed" if change else "user added",
            subject=obj,
            detail={"fields": sorted(form.changed_data), "role": obj.role},
        )

    @admin.action(description="Give a new API token, shown once")
    def give_api_token(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Make a token for one user; the one before stops working."""
        if queryset.count() != 1:
            self.message_user(request, "Choose one user for a new token.", messages.ERROR)
            return
        user = queryset.get()
        Token.objects.filter(user=user).delete()
        token = Token.objects.create(user=user)
        AuditEntry.record(by=cast("User", request.user), verb="API token given", subject=user)
        words = f"{user}'s API token, shown this once: {token.key}"
        self.message_user(request, words, messages.SUCCESS)

    @admin.action(description="Take the API token away")
    def take_api_token(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        tokens = Token.objects.filter(user__in=queryset).select_related("user")
        for token in tokens:
            subject = token.user
            AuditEntry.record(
                by=cast("User", request.user), verb="API token taken", subject=subject
            )
        count, _ = tokens.delete()
        self.message_user(request, f"API tokens taken away: {count}.", messages.SUCCESS)


@admin.register(Team)
class TeamAdmin(Kept):
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """What everybody did; read only, and the database itself refuses changes."""

    list_display = ("at", "by", "verb", "subject_type", "subject_id")
    list_select_related = ("by",)
    search_fields: ClassVar = ("=subject_id", "=by__username")
    search_help_text = "An id, or a user name"
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
