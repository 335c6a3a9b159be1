"""Administration of needs: their kinds, the products that fit, and the questions that find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin

from accounts.administration import Kept, TabularInline
from interactions.models import Intent
from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedFit, NeedType

if TYPE_CHECKING:
    QuestionForm = forms.ModelForm[DiscoveryQuestion]
else:
    QuestionForm = forms.ModelForm


class NeedFitInline(TabularInline):
    model = NeedFit
    extra = 0


@admin.register(NeedType)
class NeedTypeAdmin(Kept):
    """Kinds of need in the customers' terms, with how well each product meets them."""

    list_display = ("name", "code", "description", "retired_on")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012
    inlines = (NeedFitInline,)


class DiscoveryAnswerInline(TabularInline):
    model = DiscoveryAnswer
    extra = 0


class DiscoveryQuestionForm(QuestionForm):
    """The intents as boxes to tick; the question is asked when any of them is the contact's."""

    intents = forms.MultipleChoiceField(
        choices=Intent.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = DiscoveryQuestion
        fields = (
            *("text", "code", "intents", "contact_reasons", "heard_words"),
            *("position", "retired_on"),
        )


@admin.register(DiscoveryQuestion)
class DiscoveryQuestionAdmin(Kept):
    """Questions that ask why, with their answers; retired, never deleted."""

    form = DiscoveryQuestionForm
    list_display = ("text", "code", "asked_on", "position", "retired_on")
    list_editable = ("position",)
    search_fields = ("text", "code")
    prepopulated_fields = {"code": ("text",)}  # noqa: RUF012
    filter_horizontal = ("contact_reasons",)
    inlines = (DiscoveryAnswerInline,)

    @admin.display(description="Asked when the customer")
    def asked_on(self, question: DiscoveryQuestion) -> str:
        told = [Intent(intent).label.lower() for intent in question.intents]
        return ", ".join([*told, *(f"says “{words}”" for words in question.heard_words)])
