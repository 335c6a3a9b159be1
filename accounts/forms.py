"""What do people type into filters? Ids that the database can hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters.fields import IsoDateTimeField

from accounts.scoping import EARLIEST, LARGEST_ID, LATEST


class IdFormField(forms.IntegerField):
    """An id: a whole number that the database can hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


class MomentFormField(IsoDateTimeField):
    """An ISO 8601 time within the centuries that make sense."""

    default_validators = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]  # noqa: RUF012


class YesNoFormField(forms.CharField):
    """Either true or false; anything else is refused, so that it is not taken for "all"."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().lower()
        if text not in {"", "true", "false"}:
            raise forms.ValidationError("Say true or false.")
        return {"true": True, "false": False}.get(text)
