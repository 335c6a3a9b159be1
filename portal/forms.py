"""What may customers tell us: before a call, and on the page behind a link?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from customers.contact_points import Channel, NotAnAddress, normalise
from followups.models import SCORES, Question, Said
from interactions.models import ContactReason

YES, NO = "yes", "no"
WRONG = "Something else that is wrong, or that we should know?"


class CallForm(forms.Form):
    """What it is about, and a number at which we can call back."""

    reason = forms.ModelChoiceField(
        ContactReason.objects.filter(retired_on=None),
        label="What is it about?",
        empty_label="Choose what comes closest",
        error_messages={"required": "Say what it is about, so that the right person answers."},
    )
    number = forms.CharField(
        label="Your phone number",
        required=False,
        max_length=40,
        help_text="So that we can call you back if we are cut off.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_number(self) -> str:
        written = str(self.cleaned_data["number"]).strip()
        if not written:
            return ""
        try:
            return normalise(Channel.VOICE, written)
        except NotAnAddress as error:
            raise forms.ValidationError(str(error)) from error


class LinkForm(forms.Form):
    """One field a question, each with room for words, and what else is wrong. Nothing is lost on an
    error: what was typed stands in the page that tells of it.
    """

    problem = forms.CharField(
        required=False,
        max_length=2000,
        label=WRONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, questions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = [Question(name) for name in questions]
        for question in self.questions:
            self.fields[question.value] = _field(question)
            if question not in SCORES:
                self.fields[f"{question.value}_words"] = forms.CharField(
                    required=False,
                    max_length=500,
                    label="In your own words",
                    widget=forms.Textarea(attrs={"rows": 2}),
                )

    @property
    def asked(self) -> list[tuple[Question, forms.BoundField, forms.BoundField | None]]:
        """The questions in their order, each with its field and, for a yes or no, its words."""
        return [
            (
                question,
                self[question.value],
                None if question in SCORES else self[f"{question.value}_words"],
            )
            for question in self.questions
        ]

    def said(self) -> list[Said]:
        """Those that were answered, of a valid form."""
        return [self._said(one) for one in self.questions if self._is_answered(one)]

    def _is_answered(self, question: Question) -> bool:
        return self.cleaned_data[question.value] not in (None, "")

    def _said(self, question: Question) -> Said:
        answer = self.cleaned_data[question.value]
        if question in SCORES:
            return Said(question.value, score=int(answer))
        words: str = self.cleaned_data[f"{question.value}_words"]
        return Said(question.value, is_yes=answer == YES, words=words)

    @staticmethod
    def words_of(posted: Mapping[str, Any]) -> str:
        """Everything that was written, for a page that asks something else."""
        names = [*(f"{question.value}_words" for question in Question), "problem"]
        words = [str(posted.get(name, "")).replace("\0", "").strip() for name in names]
        return "\n".join(one for one in words if one)[:2000]


def _field(question: Question) -> forms.Field:
    numbers = SCORES.get(question)
    if question == Question.EXPECTED_DAYS:
        return forms.IntegerField(required=False, min_value=0, max_value=365, label=question.label)
    choices = [(str(n), str(n)) for n in numbers] if numbers else [(YES, "Yes"), (NO, "No")]
    return forms.ChoiceField(
        required=False, choices=choices, widget=forms.RadioSelect, label=question.label
    )


class ProblemForm(forms.Form):
    """What else is wrong, once the questions are answered."""

    problem = forms.CharField(
        max_length=2000,
        label=WRONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words what is wrong, then send it."},
    )


class FixedForm(forms.Form):
    """Is it fixed? And what is not."""

    fixed = forms.ChoiceField(
        choices=[(YES, "Yes, it is fixed"), (NO, "No, it is not")],
        widget=forms.RadioSelect,
        label="Is it fixed?",
        error_messages={"required": "Choose yes or no, then send it."},
    )
    words = forms.CharField(
        required=False,
        max_length=250,
        label="What is still wrong?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
