"""How much may be tried out to learn, and how many customers may be ranked without it?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

MOST_EXPLORED, LEAST_CONTROL, MOST_CONTROL = 20, 1, 50  # per cent
HUNDRED = Decimal(100)


def _percent(label: str, least: int, most: int, words: str) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"class": "input", "step": "0.1", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_value=most,
        max_digits=4,
        decimal_places=1,
        widget=widget,
        help_text=words,
    )


class SharesForm(forms.Form):
    """Per cent as people say them; a control group of nobody would leave nothing to compare."""

    exploring = _percent(
        "Tried out to learn, %", 0, MOST_EXPLORED, f"Of decisions; 0 to {MOST_EXPLORED}."
    )
    control = _percent(
        "Control group, %",
        LEAST_CONTROL,
        MOST_CONTROL,
        f"Of customers, ranked without learning; {LEAST_CONTROL} to {MOST_CONTROL}.",
    )

    def as_shares(self) -> dict[str, Any]:
        """Both from 0 to 1."""
        return {name: self.cleaned_data[name] / HUNDRED for name in ("exploring", "control")}
