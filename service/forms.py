"""What may be typed about requests and promises?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final, cast

from django import forms
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from service.models import RequestStatus, RequestType, ServiceRequest, WarningOutcome


def _at(days: int, hour: int) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def usual_times() -> list[tuple[str, str]]:
    """Due times that agents mostly promise, as (ISO time, words); never one that has passed."""
    now = timezone.localtime()
    choices = [
        (now + timedelta(hours=1), "in 1 hour"),
        (_at(0, 17), "today 17:00"),
        (_at(1, 12), "tomorrow 12:00"),
        (_at(3, 17), "in 3 days"),
        (_at(7, 17), "in a week"),
    ]
    return [(at.isoformat(timespec="minutes"), words) for at, words in choices if at > now]


class PromiseForm(forms.Form):
    """What we promise and by when: one of the usual times, or another; past times are refused."""

    text = forms.CharField(max_length=200, label="What do we promise?")
    when = forms.ChoiceField(widget=forms.RadioSelect, required=False, label="By when?")
    due_at = forms.DateTimeField(
        required=False,
        label="Another time",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    expected_at = forms.DateTimeField(
        required=False,
        label="The customer expects it by",
        help_text="Ask: the promise is judged by this.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    request = forms.ModelChoiceField(
        ServiceRequest.objects.none(),
        required=False,
        label="Belongs to the request",
        empty_label="No request",
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["when"]).choices = usual_times()
        requests = ServiceRequest.objects.of(customer).open().order_by("target_at")
        field = cast("forms.ModelChoiceField[ServiceRequest]", self.fields["request"])
        field.queryset = requests
        self.fields["text"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        due_at = data.get("due_at") or (
            datetime.fromisoformat(data["when"]) if data.get("when") else None
        )
        if due_at is None and "due_at" not in self.errors:
            self.add_error("when", "Choose by when, or give another time.")
        return data | {"due_at": due_at}


DRAFTED: Final = {"text": 200, "when": 32, "due_at": 19}  # characters


class VersionForm(forms.Form):
    """The version of a draft that something was typed on."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class TellingForm(forms.Form):
    """What came of telling a customer that a promise will break; a new one where it was agreed."""

    outcome = forms.ChoiceField(
        choices=[
            (one.value, one.label)
            for one in (
                WarningOutcome.NEW_PROMISE,
                WarningOutcome.TOLD,
                WarningOutcome.NOT_REACHED,
            )
        ]
    )
    text = forms.CharField(max_length=200, required=False, label="What do we promise instead?")
    when = forms.ChoiceField(widget=forms.RadioSelect, required=False, label="By when?")
    due_at = forms.DateTimeField(
        required=False,
        label="Another time",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["when"]).choices = usual_times()

    def draft(self) -> dict[str, str]:
        """What is typed so far, cut to what the fields take."""
        typed = {name: self.data.get(name, "")[:most] for name, most in DRAFTED.items()}
        return {name: value.replace("\0", "") for name, value in typed.items() if value}

    @staticmethod
    def initial_of(typed: Mapping[str, str]) -> dict[str, str]:
        """The fields as they were typed. A usual time that is none any more (“in 1 hour” of a
        while ago) stands as another time: it is what the customer was told.
        """
        when = typed.get("when", "")
        usual = {value for value, _ in usual_times()}
        if not when or when in usual or typed.get("due_at"):
            return dict(typed)
        try:
            told = timezone.localtime(datetime.fromisoformat(when))
        except ValueError:
            return dict(typed)
        return {**typed, "when": "", "due_at": told.strftime("%Y-%m-%dT%H:%M")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        due_at = data.get("due_at") or (
            datetime.fromisoformat(data["when"]) if data.get("when") else None
        )
        if data.get("outcome") != WarningOutcome.NEW_PROMISE:
            due_at = None
        elif due_at is None and "due_at" not in self.errors:
            self.add_error("when", "Choose by when, or give another time.")
        if data.get("outcome") == WarningOutcome.NEW_PROMISE and not data.get("text", "").strip():
            self.add_error("text", "Say what is promised instead, in a line.")
        return data | {"due_at": due_at}


class RequestForm(forms.Form):
    request_type = forms.ModelChoiceField(
        RequestType.objects.filter(retired_on=None), label="Kind of request"
    )
    subject = forms.CharField(max_length=200, label="What is to be done?")
    description = forms.CharField(
        required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), label="Details"
    )


class ProgressForm(forms.Form):
    to = forms.ChoiceField(choices=RequestStatus.choices)
    note = forms.CharField(required=False, max_length=300)


class OwnerForm(forms.Form):
    """A colleague who serves the customer's team."""

    owner = forms.ModelChoiceField(User.objects.none(), label="Give to")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(is_active=True, teams=customer.team_id)
        field = cast("forms.ModelChoiceField[User]", self.fields["owner"])
        field.queryset = colleagues.order_by("first_name")


class WithdrawalForm(forms.Form):
    because = forms.CharField(max_length=200, label="The reason that the customer was given")
