"""The pages of policies: administrators write, supervisors read, agents do neither."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followups.models import FollowUpPolicy, PolicyVersion
from followups.policies.choosing import latest
from tests.cast import Cast
from tests.followups.scenes import default_policy

LIST = reverse("followups:policies")
TYPED: dict[str, Any] = {
    "name": "Closings",
    "reasons": ["close-account"],
    "channels": ["voice", "email"],
    "segments": ["business", "premier"],
    "delay": 1,
    "delay_unit": "working_days",
    "window_start": "10:00",
    "window_end": "16:00",
    "lapse_days": 7,
    "questions": ["effort", "as_expected", "expected_days"],
    "way_1": "email",
    "way_2": "agent",
    "max_attempts": 3,
    "retry": 4,
    "retry_unit": "hours",
    "sample_percent": 50,
    "cool_down_days": 30,
    "review_days": 90,
}


@pytest.fixture
def max_(cast: Cast, client: Client) -> Client:
    default_policy(name="Everybody")
    client.force_login(cast.max)
    return client


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"followups:{name}", args=args)).content.decode()


def test_an_administrator_writes_a_policy_and_publishes_it(max_: Client) -> None:

    answer = max_.post(reverse("followups:policy_new"), TYPED)
    assert answer.status_code == 302, answer.content.decode()
    drafted = FollowUpPolicy.objects.get(name="Closings")
    assert (drafted.questions, drafted.ways) == (
        ["as_expected", "effort", "expected_days"],
        ["email", "agent"],
    )
    assert (drafted.delay_working_days, drafted.retry_minutes) == (1, 240)
    shown = page(max_, "policies")
    assert "“Closings” is new" in shown
    assert "On the next working day after “Close an account” by phone or e-mail" in shown
    assert len(latest()[1]) == 1
    publish = {"note": "Ask about closings", "seen": 1}
    assert max_.post(reverse("followups:policy_publication"), publish).status_code == 302
    assert [one.name for one in latest()[1]] == ["Closings", "Everybody"]
    assert "Ask about closings" in page(max_, "policy_versions")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"window_start": "07:00"}, "Nobody may be called before 08:00"),
        ({"window_end": "22:00"}, "Nobody may be called after 21:00"),
        ({"window_end": "09:00"}, "The hours end before they begin"),
        ({"way_2": "email"}, "A way stands here twice"),
        ({"delay": 0, "delay_unit": "hours"}, "Give at least 1, or choose working days"),
        ({"delay": 31}, "At most 30 working days"),
        ({"segments": ["Business!"]}, "“Business!” is no code of a segment: choose from those"),
        ({"way_2": "portal"}, "portal is not one of the available choices"),
        ({"reasons": ["<script>"]}, "&lt;script&gt; is not one of the available choices"),
        ({"sample_percent": 0}, "greater than or equal to 1"),
        ({"questions": ["effort"], "way_1": "voice", "way_2": ""}, "Add one of these"),
        ({"questions": []}, "This field is required"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    max_: Client, typed: dict[str, Any], words: str
) -> None:
    answer = max_.post(reverse("followups:policy_new"), TYPED | typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert FollowUpPolicy.objects.count() == 1


def test_a_policy_is_opened_and_changed(max_: Client, cast: Cast) -> None:
    row = FollowUpPolicy.objects.get()
    shown = page(max_, "policy", row.pk)
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    assert 'value="personal"' in shown, "the segments that customers have are offered"
    typed = TYPED | {"name": "Everybody", "reasons": [], "channels": [], "segments": []}
    answer = max_.post(reverse("followups:policy", args=[row.pk]), typed | {"seen": seen})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.cool_down_days, row.terms.fits_all) == (30, True)
    stale = max_.post(reverse("followups:policy", args=[row.pk]), TYPED | {"seen": seen})
    assert stale.status_code == 409
    row.refresh_from_db()
    assert row.name == "Everybody"


def test_the_preview_follows_what_is_typed(max_: Client) -> None:
    preview = reverse("followups:policy_preview")
    typed = TYPED | {"policy": str(FollowUpPolicy.objects.get().pk)}
    assert "Of 0 contacts" in max_.post(preview, typed).content.decode()
    wrong = max_.post(preview, typed | {"delay": ""}).content.decode()
    assert "Mend this first" in wrong
    assert "Of 0 contacts" in max_.post(preview, {}).content.decode()


def test_an_older_version_is_put_in_force_again(max_: Client) -> None:
    FollowUpPolicy.objects.update(review_days=30)
    max_.post(reverse("followups:policy_publication"), {"note": "Earlier", "seen": 1})
    assert "after 180 days → after 30 days" in page(max_, "policy_versions")
    answer = max_.post(reverse("followups:policy_restoration", args=[1]))
    assert answer.status_code == 302
    assert latest()[1][0].review_days == 180
    assert PolicyVersion.objects.count() == 3


@pytest.mark.parametrize("role", ["sam", "una"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("policy_new", TYPED),
        ("policy", TYPED),
        ("policy_step", {"to": "out"}),
        ("policy_publication", {"note": "Mine", "seen": 1}),
        ("policy_publication", {"to": "discard"}),
        ("policy_restoration", {}),
    ],
)
def test_only_administrators_change_policies(
    max_: Client, cast: Cast, role: str, name: str, data: dict[str, Any]
) -> None:
    row = FollowUpPolicy.objects.get()
    FollowUpPolicy.objects.update(review_days=30)
    args = {"policy": [row.pk], "policy_step": [row.pk], "policy_restoration": [1]}.get(name, [])
    max_.force_login(getattr(cast, role))
    answer = max_.post(reverse(f"followups:{name}", args=args), data)
    assert answer.status_code == 403
    row.refresh_from_db()
    assert (row.name, row.review_days, row.retired_at) == ("Everybody", 30, None)
    assert (FollowUpPolicy.objects.count(), PolicyVersion.objects.count()) == (1, 1)


def test_supervisors_read_policies_and_cannot_type(max_: Client, cast: Cast) -> None:
    max_.force_login(cast.una)
    row = FollowUpPolicy.objects.get()
    assert "Publish" not in page(max_, "policies")
    shown = page(max_, "policy", row.pk)
    assert "policy-form" in shown
    assert " disabled>" in shown
    assert "Keep in the draft" not in shown


def test_the_list_costs_the_same_however_many_policies(max_: Client) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert max_.get(LIST).status_code == 200
        counts.append(len(queries))
        for number in range(5):
            default_policy(name=f"Channel {number}", channels=["chat"])
    assert counts[0] == counts[1]
