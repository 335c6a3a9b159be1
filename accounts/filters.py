"""How are lists of the API narrowed down? By values that the database can hold."""

from __future__ import annotations

from django_filters.filters import CharFilter, ChoiceFilter, Filter, IsoDateTimeFilter
from django_filters.rest_framework.filters import BooleanFilter
from django_filters.rest_framework.filterset import FilterSet

from accounts.forms import IdFormField, MomentFormField

__all__ = ["BooleanFilter", "CharFilter", "ChoiceFilter", "FilterSet", "IdFilter", "MomentFilter"]


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
