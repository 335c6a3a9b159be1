"""What may be typed in a follow-up call?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from followups.models import SCORES, TRIED, AttemptOutcome, FollowUp, Question, Said

YES, NO = "yes", "no"
YES_OR_NO = [(YES, "Yes"), (NO, "No")]


def _field(question: Question) -> forms.Field:
    """A box for days; else one key or click: yes or no, or a score."""
    numbers = SCORES.get(question)
    missing = f"An answer is missing: {question.label}"
    if question == Question.EXPECTED_DAYS and numbers:
        bounds = f"Give whole days from {numbers[0]} to {numbers[-1]}."
        return forms.IntegerField(
            min_value=numbers[0],
            max_value=numbers[-1],
            label=question.label,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), bounds)
            | {"required": missing},
        )
    choices = [(str(number), str(number)) for number in numbers] if numbers else YES_OR_NO
    return forms.ChoiceField(
        choices=choices,
        widget=forms.RadioSelect,
        label=question.label,
        error_messages={"required": missing},
    )


class AnswersForm(forms.Form):
    """One field a question, its words beside it, and what else is wrong in the customer's words."""

    problem = forms.CharField(
        required=False,
        max_length=2000,
        label="Anything else that should be put right?",
        widget=forms.TextInput(attrs={"placeholder": "In their words; opens a request"}),
    )

    def __init__(self, *args: Any, questions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = [Question(name) for name in questions]
        for question in self.questions:
            self.fields[question.value] = _field(question)
            self.fields[f"{question.value}_words"] = forms.CharField(
                required=False, max_length=500, label=f"In their words: {question.label}"
            )

    def draft(self) -> dict[str, str]:
        """What is chosen and typed so far, as far as it can be kept; for a form that was posted."""
        kept = {}
        for name, field in self.fields.items():
            typed = str(self.data.get(name, ""))
            if isinstance(field, forms.ChoiceField):
                typed = typed if field.valid_value(typed) else ""
            elif isinstance(field, forms.CharField):
                typed = typed.replace("\0", "")[: field.max_length]
            else:
                typed = typed[:3] if typed[:3].isdecimal() else ""
            if typed:
                kept[name] = typed
        return kept

    @property
    def asked(self) -> list[tuple[Question, forms.BoundField, forms.BoundField]]:
        """The questions in their order, each with its field and the field for its words."""
        return [
            (question, self[question.value], self[f"{question.value}_words"])
            for question in self.questions
        ]

    def said_so_far(self, typed: Mapping[str, str]) -> list[Said]:
        """Those answers that are given already, of what was chosen and typed."""
        given = []
        for question in self.questions:
            try:
                answer = self.fields[question.value].clean(typed.get(question.value, ""))
            except ValidationError:
                continue
            is_yes = None if question in SCORES else answer == YES
            given.append(Said(question.value, is_yes, int(answer) if is_yes is None else None))
        return given

    def said(self) -> list[Said]:
        """The answers of a valid form."""
        return [self._said(question) for question in self.questions]

    def _said(self, question: Question) -> Said:
        answer: str = self.cleaned_data[question.value]
        words: str = self.cleaned_data[f"{question.value}_words"]
        if question in SCORES:
            return Said(question.value, score=int(answer), words=words)
        return Said(question.value, is_yes=answer == YES, words=words)


class DraftForm(forms.Form):
    """What a draft has beside the answers; its version is the one it was typed on."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    call_back_at = forms.CharField(required=False, max_length=19)


class OutcomeForm(forms.Form):
    """How a try ended; the time of a call back is the clock at the customer's place."""

    outcome = forms.ChoiceField(choices=[(one.value, one.label) for one in TRIED])
    call_back_at = forms.DateTimeField(
        required=False,
        label="Call back",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, zone: ZoneInfo | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") != AttemptOutcome.CALL_BACK:
            data["call_back_at"] = None
        return data


class PutOffForm(forms.Form):
    due_on = forms.DateField(
        label="Look again on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class OwnerForm(forms.Form):
    """Somebody who serves the customer's team."""

    owner = forms.ModelChoiceField(User.objects.none(), label="Give to", empty_label="Choose…")

    def __init__(self, *args: Any, follow_up: FollowUp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(is_active=True, teams=follow_up.customer.team_id)
        owner = cast("forms.ModelChoiceField[User]", self.fields["owner"])
        owner.queryset = colleagues.order_by("first_name")
