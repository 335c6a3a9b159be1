"""What does the API say and hear of contacts?"""

from __future__ import annotations

from rest_framework import serializers

from accounts.serializers import CodeField, Input, Output, VisibleField
from customers.contact_points import Channel
from customers.models import Customer
from interactions.models import ContactReason, Direction

LONGEST_NOTES = 20_000


class InteractionOutput(Output):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    channel = serializers.ChoiceField(Channel.choices)
    direction = serializers.ChoiceField(Direction.choices)
    contact_reason = serializers.CharField(source="contact_reason.code", default=None)
    subject = serializers.CharField()
    agent = serializers.IntegerField(source="agent_id", allow_null=True)
    is_follow_up = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    wrap_up_code = serializers.CharField(source="wrap_up_code.code", default=None)
    summary = serializers.CharField()
    notes = serializers.CharField()
    notes_version = serializers.IntegerField()


class NotesOutput(Output):
    version = serializers.IntegerField()


class InteractionInput(Input):
    customer = VisibleField(Customer.objects.visible_to)
    channel = serializers.ChoiceField(Channel.choices)
    direction = serializers.ChoiceField(Direction.choices, default=Direction.INBOUND)
    contact_reason = CodeField(ContactReason, required=False, allow_null=True)
    subject = serializers.CharField(max_length=200, default="", allow_blank=True)


class NotesInput(Input):
    text = serializers.CharField(max_length=LONGEST_NOTES, allow_blank=True, trim_whitespace=False)
    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="The notes_version the text was typed on."
    )


class ReasonInput(Input):
    contact_reason = CodeField(ContactReason)
    subject = serializers.CharField(max_length=200, default="", allow_blank=True)
