"""What may be typed on the desk itself: presence, and the wrap-up of a contact?"""

from __future__ import annotations

import re
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


SAID_OF = re.compile(r"need_(\d{1,18})")


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

    def __init__(
        self, *args: Any, needs: list[OutstandingNeed] | None = None, **kwargs: Any
    ) -> None:
        """For the page with the `needs` to settle; without, for what was said of any need."""
        super().__init__(*args, **kwargs)
        self.outstanding = needs or []
        self.fields["wrap_up_code"].widget.attrs["autofocus"] = True
        for one in self.outstanding:
            promised = Ending.PROMISED if one.is_promised else None
            self._ask(one.need.pk, str(one.need.need_type), how=promised, because=one.because)
        if needs is None:
            for found in filter(None, map(SAID_OF.fullmatch, self.data)):
                self._ask(int(found[1]), "the need")

    def _ask(self, pk: int, name: str, *, how: Ending | None = None, because: str = "") -> None:
        self.fields[f"need_{pk}"] = forms.ChoiceField(
            choices=ENDINGS, required=False, widget=forms.RadioSelect, label=name, initial=how
        )
        self.fields[f"because_{pk}"] = forms.CharField(
            required=False, max_length=200, label=f"Why {name} stays open", initial=because
        )

    @property
    def needs(self) -> list[tuple[OutstandingNeed, Any, Any]]:
        """Each outstanding need with its two fields, for the page."""
        return [
            (one, self[f"need_{one.need.pk}"], self[f"because_{one.need.pk}"])
            for one in self.outstanding
        ]

    def endings(self) -> dict[int, NeedEnding]:
        """What the agent said of each need; one of which nothing was said is left out."""
        said = (
            (found[1], self.cleaned_data[found[0]])
            for found in map(SAID_OF.fullmatch, self.fields)
            if found
        )
        return {
            int(pk): NeedEnding(how=Ending(how), because=self.cleaned_data[f"because_{pk}"])
            for pk, how in said
            if how
        }
