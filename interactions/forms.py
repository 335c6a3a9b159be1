"""What may be typed about a contact?"""

from __future__ import annotations

from typing import Any

from django import forms

from customers.contact_points import Channel
from interactions.models import ContactReason, Direction

NOTES_LENGTH = 20_000


class NotesForm(forms.Form):
    notes = forms.CharField(required=False, strip=False, max_length=NOTES_LENGTH)
    version = forms.IntegerField(min_value=0)


class ReasonForm(forms.Form):
    contact_reason = forms.ModelChoiceField(
        ContactReason.objects.filter(retired_on=None), label="Why the customer got in touch"
    )
    subject = forms.CharField(
        required=False, max_length=200, label="In the customer's words", help_text="One line."
    )


class ContactForm(ReasonForm):
    channel = forms.ChoiceField(choices=Channel.choices, initial=Channel.VOICE)
    direction = forms.ChoiceField(choices=Direction.choices, initial=Direction.INBOUND)

    field_order = ("channel", "direction", "contact_reason", "subject")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_reason"].required = False
