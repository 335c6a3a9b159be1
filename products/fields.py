"""How do administrators write a rule's value and a product's terms? As plain words and figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from products.criteria import NotACriterion, read_value
from products.vocabulary import FACTS, NUMERIC, Kind

YES, NO = "yes", "no"


def written(value: object) -> str:
    """A stored value as it is typed: yes, 1000, GB, IE."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def read_written(fact: str, text: str) -> Any:
    """What was typed, as JSON keeps it for this fact. Raises NotACriterion in plain words."""
    about = FACTS[fact]
    typed = text.strip()
    value: Any = typed
    if about.kind == Kind.YES_NO:
        value = {YES: True, NO: False}.get(typed.lower(), typed)
    elif about.kind in NUMERIC:
        value = typed.replace(",", "").replace("£", "").rstrip("%").strip()
    elif "," in typed:
        value = [word.strip() for word in typed.split(",") if word.strip()]
    read_value(about, value)
    return value


class WrittenValue(forms.CharField):
    """The value that a rule compares with."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else written(value)


class WrittenTerms(forms.CharField):
    """The product's own figures, one on a line: rate = 4.10."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 40})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{name} = {written(figure)}" for name, figure in value.items())
        return value

    def to_python(self, value: Any) -> Any:
        terms: dict[str, str] = {}
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            name, equals, figure = (part.strip() for part in line.partition("="))
            if not equals or not name or not figure:
                raise ValidationError(f"“{line.strip()}” is no term. Write it like rate = 4.10.")
            if name in terms:
                raise ValidationError(f"“{name}” is there twice. Keep one of them.")
            terms[name] = figure
        return terms

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or {}))
        except ValidationError:
            return True


__all__ = ["NotACriterion", "WrittenTerms", "WrittenValue", "read_written", "written"]
