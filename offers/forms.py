"""What may be typed about offers and the catalogue?"""

from __future__ import annotations

from typing import Any

from django import forms

from offers.models import OfferStatus

ANSWERS = [
    (status.value, status.label) for status in OfferStatus if status != OfferStatus.PRESENTED
]


class OutcomeForm(forms.Form):
    """What the customer said to an offer, with what that answer needs."""

    answer = forms.ChoiceField(choices=ANSWERS)
    because = forms.CharField(max_length=200, required=False)
    later_on = forms.DateField(required=False)
    words = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {
            OfferStatus.DECLINED: ("because", "Say why the customer declined, in their words."),
            OfferStatus.LATER: ("later_on", "Choose the day to ask again."),
            OfferStatus.WOULD_NEED: ("words", "Write what the customer would need instead."),
        }.get(data.get("answer", ""))
        if needed and not data.get(needed[0]) and needed[0] not in self.errors:
            self.add_error(*needed)
        return data


class PublicationForm(forms.Form):
    note = forms.CharField(max_length=200, label="What changes, in a line")
