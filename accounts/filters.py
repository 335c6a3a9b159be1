"""How are lists of the API narrowed down? By values that the database can hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django_filters.filters import CharFilter, ChoiceFilter, Filter, IsoDateTimeFilter
from django_filters.rest_framework.filters import BooleanFilter
from django_filters.rest_framework.filterset import FilterSet

from accounts.forms import IdFormField, MomentFormField, YesNoFormField

__all__ = ["CharFilter", "ChoiceFilter", "FilterSet", "IdFilter", "MomentFilter", "YesNoFilter"]


class IdFilter(Filter):
    """Rows that point to the row with this id."""

    field_class = IdFormField

    def __init__(self, field_name: str | None = None) -> None:
        super().__init__(field_name)  # type: ignore[no-untyped-call]


class MomentFilter(IsoDateTimeFilter):
    """Rows before or from a moment, within the centuries that make sense."""

    field_class = MomentFormField

    def __init__(self, field_name: str, lookup_expr: str) -> None:
        super().__init__(field_name, lookup_expr)  # type: ignore[no-untyped-call]


class YesNoFilter(BooleanFilter):
    """Rows for which it is so, or is not so."""

    field_class = YesNoFormField  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.TextInput, **kwargs)  # type: ignore[no-untyped-call]
