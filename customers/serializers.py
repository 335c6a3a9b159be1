"""What does the API say and hear of customers?"""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.utils import timezone
from rest_framework import serializers

from accounts.models import Team, User
from accounts.serializers import Input, Output, VisibleField
from customers.contact_points import Channel
from customers.models import CustomerKind, Purpose


def own_teams(user: User) -> Any:
    return Team.objects.filter(pk__in=user.team_ids)


class FoundOutput(Output):
    id = serializers.IntegerField()
    name = serializers.CharField()
    segment = serializers.CharField()
    channel = serializers.CharField(help_text="Of the contact point that matched; may be empty.")
    shown = serializers.CharField(help_text="That contact point, masked unless typed as a whole.")


class ContactPointOutput(Output):
    id = serializers.IntegerField()
    channel = serializers.ChoiceField(Channel.choices)
    value = serializers.CharField()
    verified_at = serializers.DateTimeField(allow_null=True)
    is_preferred = serializers.BooleanField()


class ConsentOutput(Output):
    id = serializers.IntegerField()
    purpose = serializers.ChoiceField(Purpose.choices)
    channel = serializers.ChoiceField(Channel.choices)
    is_granted = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    wording_version = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class HoldingOutput(Output):
    id = serializers.IntegerField()
    product = serializers.CharField(source="product.code")
    reference = serializers.CharField()
    opened_on = serializers.DateField()
    cancelled_on = serializers.DateField(allow_null=True)
    cancelled_because = serializers.CharField()
    currency = serializers.CharField()
    balance = serializers.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = serializers.DecimalField(max_digits=6, decimal_places=3)
    monthly_charge = serializers.DecimalField(max_digits=10, decimal_places=2)


class CustomerOutput(Output):
    id = serializers.IntegerField()
    team = serializers.IntegerField(source="team_id")
    kind = serializers.ChoiceField(CustomerKind.choices)
    name = serializers.CharField()
    segment = serializers.CharField()
    country = serializers.CharField()
    region = serializers.CharField()
    time_zone = serializers.CharField()
    born_on = serializers.DateField(allow_null=True)
    customer_since = serializers.DateField(allow_null=True)
    vulnerable_since = serializers.DateField(allow_null=True)
    figures = serializers.DictField(child=serializers.CharField())
    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField()
    created_at = serializers.DateTimeField()


class CustomerDetailOutput(CustomerOutput):
    contact_points = ContactPointOutput(many=True)


class ContactPointInput(Input):
    channel = serializers.ChoiceField(Channel.choices)
    value = serializers.CharField(max_length=254)
    is_preferred = serializers.BooleanField(default=False)


class ConsentInput(Input):
    purpose = serializers.ChoiceField(Purpose.choices)
    channel = serializers.ChoiceField(Channel.choices)
    is_granted = serializers.BooleanField()
    source = serializers.CharField(max_length=80)  # type: ignore[assignment]
    wording_version = serializers.CharField(max_length=40)


class CustomerChange(Input):
    """The fields that may be changed later; a PATCH names those it changes."""

    name = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(CustomerKind.choices, default=CustomerKind.PERSON)
    segment = serializers.RegexField(r"\A[a-z0-9_-]{1,40}\Z", default="personal")
    country = serializers.RegexField(r"\A[A-Z]{2}\Z", default="GB")
    region = serializers.RegexField(
        r"\A([A-Z]{2}-[A-Z0-9]{1,3})?\Z",
        default="",
        allow_blank=True,
        help_text="Of the address, ISO 3166-2, such as GB-SCT or US-TX; empty when not known.",
    )
    time_zone = serializers.CharField(max_length=64, default="Europe/London")
    born_on = serializers.DateField(allow_null=True, default=None)
    customer_since = serializers.DateField(allow_null=True, default=None)
    figures = serializers.DictField(
        child=serializers.DecimalField(max_digits=14, decimal_places=2),
        default=dict,
        help_text='The customer\'s own figures by name, such as {"annual_income": "31000.00"}.',
    )

    def validate_time_zone(self, name: str) -> str:
        if name not in available_timezones():
            raise serializers.ValidationError("Give an IANA time zone, such as Europe/London.")
        return name

    def validate_born_on(self, day: date | None) -> date | None:
        return _not_after_today(day)

    def validate_customer_since(self, day: date | None) -> date | None:
        return _not_after_today(day)

    def validate_figures(self, figures: dict[str, Any]) -> dict[str, str]:
        for name in figures:
            if not (name.isascii() and name.isidentifier() and len(name) <= 40):
                raise serializers.ValidationError(f"“{name[:40]}” is no name of a figure.")
        return {name: str(figure) for name, figure in figures.items()}


class CustomerInput(CustomerChange):
    team = VisibleField(own_teams, required=False, help_text="Needed when you are in several.")
    source = serializers.RegexField(r"\A[a-z0-9_-]{0,40}\Z", default="", allow_blank=True)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=80, default="", allow_blank=True)
    contact_points = ContactPointInput(many=True, default=list, max_length=20)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "team" not in attrs:
            teams = list(own_teams(self.context["request"].user)[:2])
            if len(teams) != 1:
                raise serializers.ValidationError(
                    {"team": ["Say which of your teams serves them."]}
                )
            attrs["team"] = teams[0]
        return attrs


def _not_after_today(day: date | None) -> date | None:
    if day is not None and not date(1880, 1, 1) <= day <= timezone.localdate():
        raise serializers.ValidationError("Give a day that has been, since 1880.")
    return day
