"""What may be typed about needs?"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.text import slugify

from accounts.scoping import is_id
from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedStatus, NeedType

NONE_OF_OURS = "none"
MOST_SENTENCES = 200


class AnswerForm(forms.Form):
    """One of the question's answers, or the customer's own words."""

    question = forms.ModelChoiceField(DiscoveryQuestion.objects.filter(retired_on=None))
    answer = forms.ModelChoiceField(
        DiscoveryAnswer.objects.select_related("need_type"), required=False
    )
    words = forms.CharField(required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answer, question = data.get("answer"), data.get("question")
        if answer and question and answer.question_id != question.pk:
            self.add_error("answer", "This answer belongs to another question.")
        if question and not answer and not data.get("words") and not self.errors:
            self.add_error("answer", "Choose an answer, or write what the customer said.")
        return data


class NeedForm(forms.Form):
    need_type = forms.ModelChoiceField(
        NeedType.objects.filter(retired_on=None), label="What does the customer need?"
    )
    evidence = forms.CharField(max_length=300, label="In their words")


class SettlementForm(forms.Form):
    to = forms.ChoiceField(
        choices=[(NeedStatus.MET, "Met"), (NeedStatus.UNMET, "Unmet: nothing suitable")]
    )
    because = forms.CharField(max_length=200, label="How, or why not?")


class CorrectionForm(forms.Form):
    """Which need it is instead; none of ours is said by another button."""

    need_type = forms.ModelChoiceField(
        NeedType.objects.filter(retired_on=None), label="Which need do these words tell of?"
    )


class LabelForm(forms.Form):
    """What an example tells of: a kind of need by its id, or none of ours."""

    label = forms.CharField(max_length=18)

    def clean_label(self) -> NeedType | None:
        said = self.cleaned_data["label"]
        if said == NONE_OF_OURS:
            return None
        kinds = NeedType.objects.filter(retired_on=None)
        found = kinds.filter(pk=int(said)).first() if is_id(said) else None
        if found is None:
            raise forms.ValidationError("Choose one of the kinds of need.")
        return found


class SentencesForm(forms.Form):
    """Which unknown needs are meant, by their ids."""

    sentences = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Choose at least one sentence."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.data.getlist("sentences") if isinstance(self.data, MultiValueDict) else []
        chosen = [one for one in said[:MOST_SENTENCES] if is_id(one)]
        field = cast("forms.TypedMultipleChoiceField", self.fields["sentences"])
        field.choices = [(one, one) for one in chosen]


class NewNeedTypeForm(SentencesForm):
    """A kind of need in the customers' terms, made of sentences."""

    name = forms.CharField(max_length=80, label="Its name, in the customers' terms")
    description = forms.CharField(
        max_length=200, label="In one line", help_text="It is learnt from these words too."
    )
    code = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("name", "description")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        code = slugify(said.get("name", ""))[:50]
        if said.get("name") and not code:
            self.add_error("name", "The name needs letters.")
        elif NeedType.objects.filter(code=code).exists():
            self.add_error("name", "There is a kind of need of this name already.")
        said["code"] = code
        return said
