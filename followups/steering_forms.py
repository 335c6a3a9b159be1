"""What may a supervisor choose and type about follow-ups?"""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms

from accounts.models import Team, User
from followups.models import FollowUpPolicy
from followups.models.policy import Way
from followups.reckoning import PERIODS
from interactions.models import ContactReason

IN_TURN: Final = "in-turn"
VERBS: Final = {
    "replan": "Plan anew",
    "hand-over": "Hand over",
    "give-up": "Give up",
}


def people_of(user: User) -> Any:
    people = User.objects.filter(is_active=True).order_by("first_name", "username")
    if user.is_administrator:
        return people
    return people.filter(teams__in=user.team_ids).distinct()


class FilterForm(forms.Form):
    """Which follow-ups a supervisor looks at, and over which days the figures are counted."""

    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Owner", empty_label="Everybody"
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), required=False, label="Team", empty_label="All of mine"
    )
    policy = forms.ModelChoiceField(
        FollowUpPolicy.objects.all(), required=False, label="Policy", empty_label="Any"
    )
    way = forms.ChoiceField(choices=[("", "Any"), *Way.choices], required=False, label="Way")
    reason = forms.ModelChoiceField(
        ContactReason.objects.all(), required=False, label="Contact reason", empty_label="Any"
    )
    days = forms.ChoiceField(
        choices=[*PERIODS.items()], required=False, initial="30", label="Figures of the last"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = people_of(user)
        teams = Team.objects.all()
        if not user.is_administrator:
            teams = teams.filter(pk__in=user.team_ids)
        cast("forms.ModelChoiceField[Team]", self.fields["team"]).queryset = teams


class SteeringForm(forms.Form):
    """What is to be done with the follow-ups chosen; confirmed on the second look."""

    verb = forms.ChoiceField(choices=[*VERBS.items()])
    at = forms.DateTimeField(
        required=False,
        label="Not before",
        help_text="Empty: at once. A time at which nobody may be called moves to the next lawful.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    to = forms.ChoiceField(required=False, label="To")
    because = forms.CharField(required=False, max_length=80, label="Why nobody shall ask")
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), str(one)) for one in people_of(user)]
        to = cast("forms.ChoiceField", self.fields["to"])
        to.choices = [(IN_TURN, "The team's agents, in turn"), *people]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verb") == "hand-over" and not data.get("to") and "to" not in self.errors:
            self.add_error("to", "Choose to whom they are handed over.")
        if data.get("verb") == "give-up" and not data.get("because", "").strip():
            self.add_error("because", "Say why nobody shall ask: the reason stays with each.")
        return data


class PauseForm(forms.Form):
    """Why a policy's follow-ups wait, and until when at most."""

    because = forms.CharField(max_length=200, label="Why it is paused")
    until = forms.DateTimeField(
        required=False,
        label="Until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
