"""Which days, team and product were asked for?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from accounts.models import Team
from insights.measures import Filters
from insights.periods import DEFAULT_PRESET, PRESETS, Period, preset
from products.models import Product

EARLIEST = date(1990, 1, 1)


def _date(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"])


class FilterForm(forms.Form):
    """Days by their first and last, or by a preset; a team and a product that may be seen.

    A choice of another team's or an unknown product is not an error to explain but something
    that is not there: see `unknown`.
    """

    range = forms.ChoiceField(choices=PRESETS.items(), required=False, widget=forms.HiddenInput)
    start = _date("From")
    end = _date("To")
    team = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    product = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(
        self,
        asked: Any,
        *,
        teams: Sequence[Team],
        products: Sequence[Product],
        today: date,
    ) -> None:
        super().__init__(asked)
        self.today = today
        self.default = preset(DEFAULT_PRESET, today=today)
        for name, every, rows in (
            ("team", "All teams", teams),
            ("product", "All products", products),
        ):
            choices = [("", every), *((row.pk, str(row)) for row in rows)]
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start > end:
            raise forms.ValidationError("The first day comes after the last. Swap them.")
        if (start and start < EARLIEST) or (end and end > self.today.replace(month=12, day=31)):
            raise forms.ValidationError("Choose days between 1990 and the end of this year.")
        return cleaned

    def options(self, name: str) -> list[tuple[str, str, bool]]:
        """Value, words and whether chosen: cheaper in the page than a widget."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        chosen = str(self.data.get(name, ""))
        return [(str(value), str(words), str(value) == chosen) for value, words in field.choices]  # type: ignore[union-attr, misc]

    @property
    def team_options(self) -> list[tuple[str, str, bool]]:
        return self.options("team")

    @property
    def product_options(self) -> list[tuple[str, str, bool]]:
        return self.options("product")

    @property
    def unknown(self) -> bool:
        """Whether a team or product was asked for that is not there for this person."""
        return not self.is_valid() and any(self.has_error(name) for name in ("team", "product"))

    def chosen(self, name: str) -> str:
        """The name of the team or product that was asked for; empty when all are."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        value = self.cleaned_data.get(name) if self.is_valid() else None
        return str(dict(field.choices).get(value, "")) if value else ""  # type: ignore[arg-type]

    @property
    def filters(self) -> Filters:
        """What was asked for; the default days where they make no sense."""
        valid = self.is_valid()
        cleaned = self.cleaned_data
        period = self.default
        if valid and cleaned.get("range"):
            period = preset(cleaned["range"], today=self.today)
        elif valid and (cleaned.get("start") or cleaned.get("end")):
            end = cleaned.get("end") or self.today
            period = Period(min(cleaned.get("start") or self.default.first, end), end)
        return Filters(period, cleaned.get("team"), cleaned.get("product"))
