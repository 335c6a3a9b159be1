"""What may be typed on the desk itself: presence, and the wrap-up of a contact?"""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Presence
from interactions.models import WrapUpCode
from offers.wrapping_up import Ending, NeedEnding, OutstandingNeed

ENDINGS = [
    (Ending.MET.value, "Met"),
    (Ending.PROMISED.value, "Promised"),
    (Ending.REASON.value, "Left open, because…"),
]


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(choices=Presence.choices)


class ClosureForm(forms.Form):
    """How the contact ended, and how each need that was expressed in it stands.

    Which endings are enough is decided by `offers.wrapping_up`; here only their shape is checked.
    """

    wrap_up_code = forms.ModelChoiceField(
        WrapUpCode.objects.filter(retired_on=None), label="How did it end?", empty_label=None
    )
    summary = forms.CharField(max_length=300, label="What happened, in one line")

    def __init__(self, *args: Any, needs: list[OutstandingNeed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outstanding = needs
        self.fields["wrap_up_code"].widget.attrs["autofocus"] = True
        for one in needs:
            how, because = self._names(one)
            self.fields[how] = forms.ChoiceField(
                choices=ENDINGS,
                required=False,
                widget=forms.RadioSelect,
                label=str(one.need.need_type),
                initial=Ending.PROMISED if one.is_promised else None,
            )
            self.fields[because] = forms.CharField(
                required=False,
                max_length=200,
                label=f"Why {one.need.need_type} stays open",
                initial=one.because,
            )

    @staticmethod
    def _names(one: OutstandingNeed) -> tuple[str, str]:
        return f"need_{one.need.pk}", f"because_{one.need.pk}"

    @property
    def needs(self) -> list[tuple[OutstandingNeed, Any, Any]]:
        """Each outstanding need with its two fields, for the page."""
        return [
            (one, self[how], self[because])
            for one in self.outstanding
            for how, because in [self._names(one)]
        ]

    def endings(self) -> dict[int, NeedEnding]:
        """What the agent said of each need; one of which nothing was said is left out."""
        said: dict[int, NeedEnding] = {}
        for one in self.outstanding:
            how, because = self._names(one)
            if self.cleaned_data[how]:
                said[one.need.pk] = NeedEnding(
                    how=Ending(self.cleaned_data[how]), because=self.cleaned_data[because]
                )
        return said
