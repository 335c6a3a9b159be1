"""When and what do we ask? Policies, each read back in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin

from followups.models import FollowUpPolicy, Question, Way, usual_questions
from followups.models.policy import by_agent

if TYPE_CHECKING:
    PolicyModelForm = forms.ModelForm[FollowUpPolicy]
    PolicyModelAdmin = admin.ModelAdmin[FollowUpPolicy]
else:
    PolicyModelForm, PolicyModelAdmin = forms.ModelForm, admin.ModelAdmin


class PolicyForm(PolicyModelForm):
    """The questions are ticked, not typed, and keep the order in which they are asked."""

    questions = forms.MultipleChoiceField(
        choices=Question.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=usual_questions,
        help_text="Asked in this order.",
    )

    ways = forms.MultipleChoiceField(
        choices=Way.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=by_agent,
        help_text="Tried in this order.",
    )

    class Meta:
        model = FollowUpPolicy
        fields = "__all__"

    def clean_questions(self) -> list[str]:
        chosen = set(self.cleaned_data["questions"])
        return [value for value in Question.values if value in chosen]


@admin.register(FollowUpPolicy)
class FollowUpPolicyAdmin(PolicyModelAdmin):
    form = PolicyForm
    list_display = ("name", "contact_reason", "in_words")
    list_select_related = ("contact_reason",)
    readonly_fields = ("in_words",)
    fieldsets = (
        (None, {"fields": ("name", "contact_reason", "in_words")}),
        ("When", {"fields": ("delay_minutes", "window_start", "window_end", "lapse_days")}),
        ("How often", {"fields": ("max_attempts", "retry_minutes")}),
        ("What", {"fields": ("questions", "problem_request_type", "review_days")}),
        ("Who asks", {"fields": ("ways", "asks_by_voice")}),
    )

    @admin.display(description="In plain words")
    def in_words(self, policy: FollowUpPolicy) -> str:
        return policy.summary if policy.pk else "Save it once to read it here."
