"""What may be typed about needs?"""

from __future__ import annotations

from typing import Any

from django import forms

from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedStatus, NeedType


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
