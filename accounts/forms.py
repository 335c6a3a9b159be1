"""What do people type into filters? Ids that the database can hold."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.scoping import LARGEST_ID


class IdFormField(forms.IntegerField):
    """An id: a whole number that the database can hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)
