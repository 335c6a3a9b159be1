"""Administration of routing: queues, skills, and who has them."""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import Kept, ModelAdmin
from routing.models import AgentSkill, Queue, Skill


@admin.register(Queue)
class QueueAdmin(Kept):
    """Who takes which concern, how soon, when, and who helps when it takes too long."""

    list_display = ("name", "team", "skill", "answered_within", "overflow_to", "retired_on")
    list_filter = ("team",)
    list_select_related = ("team", "skill", "overflow_to")
    search_fields = ("name",)
    filter_horizontal = ("contact_reasons",)
    fieldsets = (
        (None, {"fields": ("name", "team", "skill", "position", "retired_on")}),
        ("Which calls", {"fields": ("contact_reasons", "is_default")}),
        ("How soon", {"fields": ("answered_within", "ring_seconds")}),
        ("When it takes too long", {"fields": ("overflow_to", "overflow_after")}),
        ("Open", {"fields": ("days", "opens_at", "closes_at", "time_zone")}),
    )


@admin.register(Skill)
class SkillAdmin(ModelAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012


@admin.register(AgentSkill)
class AgentSkillAdmin(ModelAdmin):
    list_display = ("user", "skill")
    list_filter = ("skill",)
    list_select_related = ("user", "skill")
    search_fields = ("user__username", "user__first_name", "user__last_name")
