"""What may be typed into a policy? Every refusal says what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import Any, ClassVar, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Func

from customers.contact_points import Channel
from customers.models import Customer
from followups.models import SCORES, FollowUpPolicy, Question, Way
from followups.models.asked import CHOSEN
from followups.models.terms import Terms
from interactions.models import ContactReason, Outcome
from service.models import RequestType

MINUTES: Final = {"minutes": 1, "hours": 60, "days": 24 * 60}
WORKING_DAYS: Final = "working_days"
UNITS: Final = [("minutes", "minutes"), ("hours", "hours"), ("days", "days")]
SLUG: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
PLACES: Final = ("First", "Then", "Then", "Then")
LONGEST: Final = 60 * 24 * 60  # minutes: sixty days
WAYS: Final = [(way.value, way.label) for way in CHOSEN]
OUTCOMES: Final = [one for one in Outcome.choices if one[0] != Outcome.NOT_REACHED]


def known_segments() -> list[tuple[str, str]]:
    """Those that some customer has, and those that policies name; for who looks at the page."""
    named = FollowUpPolicy.objects.annotate(one=Func(F("segments"), function="unnest"))
    held = Customer.objects.order_by("segment").values_list("segment", flat=True).distinct()
    found = {*held, *named.values_list("one", flat=True).distinct()}
    return [(one, one) for one in sorted(found) if one]


class SegmentsField(forms.MultipleChoiceField):
    """Codes of segments. What is posted is held to their form alone: looking through all customers
    for each letter that is typed into the page would be dear.
    """

    widget = forms.CheckboxSelectMultiple
    default_error_messages: ClassVar = {
        "invalid_choice": "“%(value).40s” is no code of a segment: choose from those shown."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=known_segments, **kwargs)

    def valid_value(self, value: object) -> bool:
        return SLUG.fullmatch(str(value)) is not None


class PolicyForm(forms.Form):
    """One policy, in the order in which people think of it: whom, when, what, how."""

    name = forms.CharField(max_length=80, label="Name")
    reasons = forms.MultipleChoiceField(required=False, label="Contact reasons")
    channels = forms.MultipleChoiceField(
        required=False, label="Channel of the contact", choices=Channel.choices
    )
    outcomes = forms.MultipleChoiceField(required=False, label="How it ended", choices=OUTCOMES)
    segments = SegmentsField(required=False, label="Customer segments")
    delay = forms.IntegerField(min_value=0, max_value=LONGEST, label="Ask after")
    delay_unit = forms.ChoiceField(
        choices=[*UNITS, (WORKING_DAYS, "working days")], label="Unit of the delay"
    )
    window_start = forms.TimeField(label="From", help_text="08:00 at the earliest.")
    window_end = forms.TimeField(label="Until", help_text="21:00 at the latest.")
    lapse_days = forms.IntegerField(
        min_value=1, max_value=365, label="Give up after", help_text="Days."
    )
    questions = forms.MultipleChoiceField(label="Questions", choices=Question.choices)
    asks_by_voice = forms.BooleanField(
        required=False, label="Right after a call, let an automatic voice ask on the same line"
    )
    max_attempts = forms.IntegerField(min_value=1, max_value=10, label="Tries each way")
    retry = forms.IntegerField(min_value=1, max_value=LONGEST, label="Time between two tries")
    retry_unit = forms.ChoiceField(choices=UNITS, label="Unit of the time between")
    sample_percent = forms.IntegerField(
        min_value=1, max_value=100, label="Sample", help_text="Per cent of these contacts."
    )
    cool_down_days = forms.IntegerField(
        min_value=0, max_value=365, label="Cool-down", help_text="Days in which nobody asks twice."
    )
    review_days = forms.IntegerField(
        min_value=1, max_value=3650, label="When all is well, next look at the needs in days"
    )
    problem_request_type = forms.ModelChoiceField(
        RequestType.objects.all(),
        required=False,
        label="A problem heard opens",
        empty_label="The usual request",
    )
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, terms: Terms | None = None, **kwargs: Any) -> None:
        given = kwargs.pop("initial", {})
        kwargs["initial"] = (_typed(terms) if terms else NEW) | given
        super().__init__(*args, **kwargs)
        reasons = ContactReason.objects.order_by("position", "name")
        _choices(self, "reasons").choices = [(one.code, one.name) for one in reasons]
        for number, place in enumerate(PLACES, start=1):
            self.fields[f"way_{number}"] = forms.ChoiceField(
                required=number == 1,
                label=f"{number}. {place}",
                choices=[*([] if number == 1 else [("", "nothing")]), *WAYS],
            )
        for name in ("reasons", "channels", "outcomes", "questions"):
            ticked = cast("list[tuple[str, str]]", _choices(self, name).choices)
            self.fields[name].widget = forms.CheckboxSelectMultiple(choices=ticked)
        for name in ("window_start", "window_end"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    @property
    def ways(self) -> list[forms.BoundField]:
        return [self[f"way_{number}"] for number in range(1, len(PLACES) + 1)]

    def clean_window_start(self) -> time:
        start: time = self.cleaned_data["window_start"]
        if start < time(8):
            raise ValidationError("Nobody may be called before 08:00. Choose a later hour.")
        return start

    def clean_window_end(self) -> time:
        end: time = self.cleaned_data["window_end"]
        start = self.cleaned_data.get("window_start")
        if end > time(21):
            raise ValidationError("Nobody may be called after 21:00. Choose an earlier hour.")
        if start and end <= start:
            raise ValidationError("The hours end before they begin. Choose a later end.")
        return end

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ways = [data[one.name] for one in self.ways if data.get(one.name)]
        if len(set(ways)) != len(ways):
            self.add_error("way_1", "A way stands here twice. Name each once.")
        delay, unit = data.get("delay"), data.get("delay_unit")
        if delay == 0 and unit != WORKING_DAYS:
            self.add_error("delay", "Give at least 1, or choose working days.")
        if unit == WORKING_DAYS and delay is not None and delay > 30:
            self.add_error("delay", "At most 30 working days.")
        only_by_key = ways == [Way.VOICE]
        if only_by_key and all(one in SCORES for one in data.get("questions", ())):
            self.add_error(
                "questions", "An automatic voice asks what yes or no can answer. Add one of these."
            )
        return data | {"ways": ways}

    def columns(self) -> dict[str, Any]:
        """The columns of the policy's row; for a valid form."""
        data = self.cleaned_data
        is_working = data["delay_unit"] == WORKING_DAYS
        kept = {name: data[name] for name in SAME}
        return kept | {
            "questions": [one for one in Question.values if one in data["questions"]],
            "delay_minutes": 24 * 60 if is_working else data["delay"] * MINUTES[data["delay_unit"]],
            "delay_working_days": data["delay"] if is_working else None,
            "retry_minutes": data["retry"] * MINUTES[data["retry_unit"]],
            "problem_request_type_id": getattr(data["problem_request_type"], "pk", None),
        }


def _choices(form: PolicyForm, name: str) -> forms.MultipleChoiceField:
    return cast("forms.MultipleChoiceField", form.fields[name])


SAME: Final = (
    *("name", "reasons", "channels", "outcomes", "segments", "window_start", "window_end", "ways"),
    *("lapse_days", "asks_by_voice", "max_attempts", "sample_percent", "cool_down_days"),
    "review_days",
)


class PublishForm(forms.Form):
    """`seen` is the number of the version that the differences were told from."""

    note = forms.CharField(max_length=200, label="What changes, and why")
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


def _typed(terms: Terms) -> dict[str, Any]:
    """What stands in the form for a policy as it is."""
    retry, retry_unit = _with_unit(terms.retry_minutes)
    delay, delay_unit = _with_unit(terms.delay_minutes)
    if terms.delay_working_days is not None:
        delay, delay_unit = terms.delay_working_days, WORKING_DAYS
    typed = {name: getattr(terms, name) for name in SAME if name != "ways"}
    return typed | {
        "reasons": list(terms.reasons),
        "channels": list(terms.channels),
        "outcomes": list(terms.outcomes),
        "questions": list(terms.questions),
        "segments": list(terms.segments),
        "delay": delay,
        "delay_unit": delay_unit,
        "retry": retry,
        "retry_unit": retry_unit,
        "problem_request_type": terms.request_type,
        **_by_place(terms.ways),
    }


def _with_unit(minutes: int) -> tuple[int, str]:
    for unit in ("days", "hours"):
        if minutes % MINUTES[unit] == 0:
            return minutes // MINUTES[unit], unit
    return minutes, "minutes"


def _by_place(ways: Sequence[str]) -> dict[str, str]:
    chosen = [way for way in ways if way in CHOSEN]
    return {f"way_{number}": way for number, way in enumerate(chosen, start=1)}


NEW: Final[dict[str, Any]] = {
    "delay": 1,
    "delay_unit": WORKING_DAYS,
    "window_start": time(10),
    "window_end": time(16),
    "lapse_days": 14,
    "questions": [Question.AS_EXPECTED, Question.AS_PROMISED, Question.MET_EXPECTATIONS],
    "max_attempts": 2,
    "retry": 1,
    "retry_unit": "days",
    "sample_percent": 100,
    "cool_down_days": 0,
    "review_days": 180,
    "way_1": Way.AGENT,
}
