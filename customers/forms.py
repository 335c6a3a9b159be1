"""What does an agent say of a customer's circumstances?"""

from __future__ import annotations

from typing import Final

from django import forms

from customers.circumstances import FACTS, VULNERABLE

TRUE: Final = (("yes", "yes"), ("no", "no"))


class CircumstanceForm(forms.Form):
    """One of the three facts, whether it is so; a few words for the vulnerable."""

    fact = forms.ChoiceField(choices=[(fact, fact) for fact in FACTS])
    is_so = forms.ChoiceField(choices=TRUE)
    because = forms.CharField(required=False, max_length=200, strip=True)

    def clean(self) -> dict[str, str]:
        told: dict[str, str] = super().clean() or {}
        marks = told.get("fact") == VULNERABLE and told.get("is_so") == "yes"
        if marks and not told.get("because"):
            raise forms.ValidationError(
                "Say in a few words why the customer needs care: whoever calls next reads it."
            )
        return told
