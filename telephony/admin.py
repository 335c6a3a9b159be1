"""Administration of telephony: the numbers that we show, and those that we never call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import FileResponse

from accounts.administration import Kept, ModelAdmin
from accounts.errors import RuleBroken
from telephony.models import CallerId, Layer, Prompt, SuppressionEntry
from telephony.models.prompts import seconds_of
from telephony.spoken import SPOKEN

if TYPE_CHECKING:
    PromptModelForm = forms.ModelForm[Prompt]
else:
    PromptModelForm = forms.ModelForm


@admin.register(CallerId)
class CallerIdAdmin(Kept):
    """A number is shown only when it was verified: a call back to it reaches us."""

    list_display = ("name", "number", "verified_on", "retired_on")
    search_fields = ("name", "number")


@admin.register(SuppressionEntry)
class SuppressionEntryAdmin(ModelAdmin):
    """The do-not-call list: checked when a call is asked for, and again before it is dialled.

    Public registers come from files (`manage.py import_register`), and are not changed here.
    """

    list_display = ("number", "layer", "reason", "at", "by")
    list_filter = ("layer",)
    search_fields = ("number", "reason")
    exclude = ("at", "by", "taken_from")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).filter(layer__in=Layer.values)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        obj.by = obj.by or request.user
        super().save_model(request, obj, form, change)


class PromptForm(PromptModelForm):
    """Which of the prompts, and its sound."""

    name = forms.ChoiceField(choices=[(name, f"{name}: {words}") for name, words in SPOKEN.items()])
    file = forms.FileField(
        label="Sound",
        widget=forms.FileInput(attrs={"accept": "audio/wav"}),
        help_text="A WAV file (PCM, 16 bit) of up to 60 seconds and 10 MB. It must not advertise.",
    )

    class Meta:
        model = Prompt
        fields = ("name",)

    def clean_file(self) -> bytes:
        """The sound itself, once it is known that it can be played."""
        content: bytes = self.cleaned_data["file"].read()
        try:
            seconds_of(content)
        except RuleBroken as error:
            raise forms.ValidationError(str(error)) from error
        return content


@admin.register(Prompt)
class PromptAdmin(ModelAdmin):
    """Recordings that are played in place of ours; removed, ours are played again."""

    form = PromptForm
    fields = ("name", "file")
    list_display = ("name", "words", "seconds", "by", "at")
    list_select_related = ("by",)
    actions = ("sound",)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        if change and "name" in form.changed_data:
            Prompt.objects.get(pk=obj.pk).remove(by=request.user)
        made = Prompt.put(name=obj.name, content=form.cleaned_data["file"], by=request.user)
        obj.pk = made.pk

    def delete_model(self, request: Any, obj: Any) -> None:
        obj.remove(by=request.user)

    def delete_queryset(self, request: Any, queryset: Any) -> None:
        for prompt in queryset:
            prompt.remove(by=request.user)

    @admin.action(description="Save the sound of the first one chosen")
    def sound(self, request: Any, queryset: Any) -> FileResponse:
        del request
        prompt = queryset[0]
        return FileResponse(prompt.path.open("rb"), as_attachment=True)
