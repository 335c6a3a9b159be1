"""What does the API say and hear of service requests and promises?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import User
from accounts.serializers import CodeField, Input, MomentField, Output, VisibleField
from customers.models import Customer
from interactions.models import Interaction
from products.models import Product
from service.models import PromiseStatus, RequestStatus, RequestType, ServiceRequest

NEXT_STATUSES = [
    (status.value, status.label) for status in RequestStatus if status != RequestStatus.OPEN
]


def colleagues(_: User) -> Any:
    """Everybody who works here; the customer's team is looked at when the customer is known."""
    return User.objects.filter(is_active=True)


class StatusChangeOutput(Output):
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.IntegerField(source="by_id", allow_null=True)
    note = serializers.CharField()


class ServiceRequestOutput(Output):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    interaction = serializers.IntegerField(source="interaction_id", allow_null=True)
    request_type = serializers.CharField(source="request_type.code")
    product = serializers.CharField(source="product.code", default=None)
    subject = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(RequestStatus.choices)
    owner = serializers.IntegerField(source="owner_id")
    needs_confirmation = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    target_at = serializers.DateTimeField()
    expected_at = serializers.DateTimeField(help_text="When customers think it should be done.")
    resolved_at = serializers.DateTimeField(allow_null=True)


class PromiseOutput(Output):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    request = serializers.IntegerField(source="request_id", allow_null=True)
    interaction = serializers.IntegerField(source="interaction_id", allow_null=True)
    product = serializers.CharField(source="product.code", default=None)
    text = serializers.CharField()
    owner = serializers.IntegerField(source="owner_id")
    made_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    expected_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(PromiseStatus.choices)
    done_at = serializers.DateTimeField(allow_null=True)
    withdrawn_because = serializers.CharField()


class OwnedInput(Input):
    """Something done for a customer, in a contact or not, owned by the caller or a colleague."""

    customer = VisibleField(Customer.objects.visible_to)
    interaction = VisibleField(Interaction.objects.visible_to, required=False, allow_null=True)
    owner = VisibleField(colleagues, required=False, help_text="You, when not given.")
    product = CodeField(Product, may_retire=False, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.setdefault("owner", self.context["request"].user)
        refuse_strangers(attrs["owner"], attrs["customer"])
        refuse_other_customer("interaction", attrs.get("interaction"), attrs["customer"])
        return attrs


class ServiceRequestInput(OwnedInput):
    request_type = CodeField(RequestType)
    subject = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=4000, default="", allow_blank=True)


class PromiseInput(OwnedInput):
    request = VisibleField(ServiceRequest.objects.visible_to, required=False, allow_null=True)
    text = serializers.CharField(max_length=200)
    due_at = MomentField()
    expected_at = MomentField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        refuse_other_customer("request", attrs.get("request"), attrs["customer"])
        return attrs


class StepInput(Input):
    to = serializers.ChoiceField(NEXT_STATUSES)
    note = serializers.CharField(max_length=300, default="", allow_blank=True)


class OwnerInput(Input):
    owner = VisibleField(colleagues)


class WithdrawalInput(Input):
    because = serializers.CharField(
        max_length=200, help_text="The reason that the customer was given."
    )


def refuse_strangers(owner: User, customer: Customer) -> None:
    """An owner serves the customer's team."""
    if customer.team_id not in owner.team_ids:
        raise serializers.ValidationError(
            {"owner": ["This colleague does not serve the customer's team."]}
        )


def refuse_other_customer(
    field: str, thing: Interaction | ServiceRequest | None, customer: Customer
) -> None:
    if thing is not None and thing.customer_id != customer.pk:
        raise serializers.ValidationError({field: ["This one is another customer's."]})
