"""What may be typed into a rule?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from products.criteria import NotACriterion
from products.fields import WrittenValue, read_written
from products.models import ProductRule, Stage
from products.vocabulary import FACTS

if TYPE_CHECKING:
    RuleModelForm = forms.ModelForm[ProductRule]
else:
    RuleModelForm = forms.ModelForm


class RuleForm(RuleModelForm):
    """One criterion, its value written plainly: yes, 1000, or words between commas."""

    value = WrittenValue(help_text="yes or no, a number, or words between commas")

    stage = forms.ChoiceField(choices=[(stage.value, stage.value.title()) for stage in Stage])

    class Meta:
        model = ProductRule
        fields = ("stage", "fact", "comparison", "value", "either", "because")
        widgets: ClassVar = {"because": forms.Textarea(attrs={"rows": 2, "cols": 28})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        fact, value = data.get("fact"), data.get("value")
        if fact in FACTS and isinstance(value, str):
            try:
                data["value"] = read_written(fact, value)
            except NotACriterion as error:
                self.add_error("value", str(error))
        return data
