"""What may be typed or chosen as the answer to an offer?"""

from __future__ import annotations

from typing import Any

from django import forms

from offers.models import ConditionComparison, DeclineReason, OfferStatus

ANSWERS = [
    (status.value, status.label) for status in OfferStatus if status != OfferStatus.PRESENTED
]


class OutcomeForm(forms.Form):
    """What the customer said to an offer, with what that answer needs."""

    answer = forms.ChoiceField(choices=ANSWERS)
    reason = forms.ModelChoiceField(
        DeclineReason.objects.filter(retired_on=None), required=False, to_field_name="code"
    )
    because = forms.CharField(max_length=200, required=False)
    later_on = forms.DateField(required=False)
    provider = forms.CharField(max_length=80, required=False)
    words = forms.CharField(max_length=200, required=False)
    term = forms.SlugField(max_length=40, required=False)
    comparison = forms.ChoiceField(choices=[("", ""), *ConditionComparison.choices], required=False)
    figure = forms.DecimalField(max_digits=16, decimal_places=6, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {
            OfferStatus.LATER: ("later_on", "Choose the day to ask again."),
            OfferStatus.WOULD_NEED: ("words", "Write what the customer would need instead."),
        }.get(data.get("answer", ""))
        if needed and not data.get(needed[0]) and needed[0] not in self.errors:
            self.add_error(*needed)
        if data.get("answer") == OfferStatus.DECLINED and not (
            data.get("reason") or data.get("because") or self.errors
        ):
            self.add_error("because", "Choose a reason, or write the customer's words.")
        if data.get("term") and data.get("figure") is None and "figure" not in self.errors:
            self.add_error("figure", "Write the figure that it would need, like 4.50.")
        return data
