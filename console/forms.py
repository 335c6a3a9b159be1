"""What may be typed on the desk itself?"""

from __future__ import annotations

from django import forms

from accounts.models import Presence


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(choices=Presence.choices)
