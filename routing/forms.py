"""What may be sent to a phone?"""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from routing.talking import LONGEST_OFFER, colleagues
from telephony.protocol import Ear


class OfferForm(forms.Form):
    """A browser's wish to be connected (SDP, RFC 8866)."""

    sdp = forms.CharField(max_length=LONGEST_OFFER, strip=False)


class ListeningForm(forms.Form):
    """How a supervisor takes part, and with what connection; none changes how only."""

    ear = forms.ChoiceField(choices=[(one.value, one.value) for one in Ear])
    sdp = forms.CharField(max_length=LONGEST_OFFER, strip=False, required=False)


class TabForm(forms.Form):
    """Which page of the agent's speaks."""

    tab = forms.SlugField(max_length=40)


class DigitsForm(forms.Form):
    keys = forms.RegexField(
        r"^[0-9*#]{1,20}$", error_messages={"invalid": "Send digits, * and # only."}
    )


class ConsultForm(forms.Form):
    """Whom to ask, and what about."""

    to = forms.ModelChoiceField(User.objects.none())
    brief = forms.CharField(
        max_length=200,
        error_messages={
            "required": "Say in one line what it is about, so that nobody has to ask twice."
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[one.pk for one in colleagues(user)])
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class RecordingWordForm(forms.Form):
    word = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])
