"""What may a caller tell us before the call?"""

from __future__ import annotations

from django import forms

from customers.contact_points import Channel, NotAnAddress, normalise
from interactions.models import ContactReason


class CallForm(forms.Form):
    """What it is about, and a number at which we can call back."""

    reason = forms.ModelChoiceField(
        ContactReason.objects.filter(retired_on=None),
        label="What is it about?",
        empty_label="Choose what comes closest",
        error_messages={"required": "Say what it is about, so that the right person answers."},
    )
    number = forms.CharField(
        label="Your phone number",
        required=False,
        max_length=40,
        help_text="So that we can call you back if we are cut off.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_number(self) -> str:
        written = str(self.cleaned_data["number"]).strip()
        if not written:
            return ""
        try:
            return normalise(Channel.VOICE, written)
        except NotAnAddress as error:
            raise forms.ValidationError(str(error)) from error
