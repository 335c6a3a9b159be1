"""What may be typed about releases, policy tests and files?"""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.errors import RuleBroken
from offers.models import ReleaseStage, Verdict
from offers.release.sheets import LARGEST, decoded
from products.models import Product

STEPS = [
    (stage.value, stage.label)
    for stage in (ReleaseStage.SHADOW, ReleaseStage.SMALL, ReleaseStage.ALL)
]
FURTHER = range(1, 5)  # other products that one policy test may speak of
DAYS = [(7, "7 days"), (30, "30 days"), (90, "90 days")]


class ProposalForm(forms.Form):
    note = forms.CharField(max_length=200, label="What changes, in a line")


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(choices=[("approve", "Approve"), ("return", "Send back")])
    because = forms.CharField(max_length=200, required=False, label="What has to be mended")


class StepForm(forms.Form):
    """The next step; the moment only where it is to be published later."""

    to = forms.ChoiceField(choices=STEPS)
    because = forms.CharField(
        max_length=200, required=False, label="Why a step is left out, if one is"
    )
    at = forms.DateTimeField(
        required=False,
        label="At a time",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class SimulationForm(forms.Form):
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=30, label="Over the last")


class LeverForm(forms.Form):
    lever = forms.CharField(max_length=8)
    days = forms.TypedChoiceField(
        choices=DAYS, coerce=int, initial=30, required=False, label="Over the last"
    )


class PolicyTestForm(forms.Form):
    """A name, and what the previewed customer should get of this product and of some others."""

    name = forms.CharField(max_length=80, label="Name of the test")
    verdict = forms.ChoiceField(choices=Verdict.choices, label="This customer")
    customer = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, given: Any = None, *, of: Product) -> None:
        super().__init__(given)
        self.of = of
        others = Product.objects.on_offer().exclude(pk=of.pk).order_by("name")
        choices = [("", "no other product"), *others.values_list("code", "name")]
        for place in FURTHER:
            self.fields[f"product_{place}"] = forms.ChoiceField(
                choices=choices, required=False, label="and of"
            )
            self.fields[f"verdict_{place}"] = forms.ChoiceField(
                choices=Verdict.choices, required=False, label="this customer"
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"verdict_{place}"], self[f"product_{place}"]) for place in FURTHER]

    def clean(self) -> dict[str, Any]:
        """`expected`: the verdict by the code of each product, which is asked for once."""
        given = super().clean() or {}
        expected = {self.of.code: given.get("verdict")}
        for place in FURTHER:
            code, verdict = given.get(f"product_{place}"), given.get(f"verdict_{place}")
            if not code:
                continue
            if code in expected:
                self.add_error(f"product_{place}", "Choose each product once.")
            elif not verdict:
                self.add_error(f"verdict_{place}", "Say what the customer should get of it.")
            else:
                expected[code] = verdict
        return {**given, "expected": expected}


class SheetForm(forms.Form):
    """A file to try, or the text of one that was tried."""

    file = forms.FileField(required=False, label="CSV file")
    text = forms.CharField(required=False, max_length=LARGEST, strip=False)
    mark = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file is None:
            if not given.get("text"):
                self.add_error("file", "Choose a CSV file.")
            return given
        try:
            given["text"] = decoded(file.read(LARGEST + 1))
        except RuleBroken as error:
            self.add_error("file", str(error))
        return given
