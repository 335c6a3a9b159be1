"""Does the administrator see how good the learning is, and can it be stopped and put back?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from offers.learning import sweeping
from offers.learning.guarding import PERIOD
from offers.models import (
    LearnedVersion,
    LearningAlarm,
    LearningFreeze,
    LearningPolicy,
    Reward,
)
from tests.cast import Cast
from tests.offers.learning.conftest import NOON
from tests.world import logged_in

PAGE = "/learning/"


@pytest.fixture
def client(people: Cast) -> Client:
    return logged_in(people.max)


def teach(count: int) -> None:
    Reward.objects.bulk_create(
        Reward(
            kind="accepted" if n % 3 == 0 else "not_wanted",
            happened_at=NOON,
            product_code="saver-plus",
            features={"match": "0.3", f"channel={'voice' if n % 2 else 'chat'}": "1"},
            propensity=1.0,
        )
        for n in range(count)
    )
    sweeping.learn_waiting()


def test_the_page_says_so_while_nothing_is_learned(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert "Nothing is learned yet" in page
    assert "No period has ended yet" in page
    assert "No version yet" in page


def test_weights_figures_and_versions_are_told(client: Client) -> None:
    teach(PERIOD)
    page = client.get(PAGE).content.decode()
    assert "how well it answers the need" in page
    assert "in touch by chat" in page
    assert "saver-plus" in page
    assert "end of a period" in page
    assert LearnedVersion.objects.get().digest[:12] in page


def test_the_page_asks_as_much_however_much_was_learned(client: Client) -> None:
    teach(5)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    teach(PERIOD)
    teach(PERIOD)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few)


def test_freezing_and_learning_again_are_written_down(people: Cast, client: Client) -> None:
    client.post(reverse("learning:freezing"), {"because": "Looks odd"})
    frozen = LearningFreeze.objects.get()
    assert (frozen.began_by, frozen.ended_at) == (people.max, None)
    assert "Looks odd" in client.get(PAGE).content.decode()
    client.post(reverse("learning:thawing"))
    frozen.refresh_from_db()
    assert frozen.ended_by == people.max
    verbs = AuditEntry.objects.filter(verb__startswith="learning").values_list("verb", "by")
    assert sorted(verbs) == [
        ("learning frozen", people.max.pk),
        ("learning unfrozen", people.max.pk),
    ]


def test_freezing_without_a_reason_changes_nothing(client: Client) -> None:
    page = client.post(reverse("learning:freezing"), {"because": "  "}, follow=True)
    assert "Say in a line why" in page.content.decode()
    assert LearningFreeze.objects.count() == 0


def test_an_alarm_stands_until_learning_goes_on(people: Cast, client: Client) -> None:
    LearningAlarm.objects.create(kind="worse", told="0.5 against 0.6.", version=3)
    sweeping.freeze(by=None, because="0.5 against 0.6.")
    page = client.get(PAGE).content.decode()
    assert "ranks worse than the naive one" in page
    assert "the software itself" in page
    client.post(reverse("learning:thawing"))
    assert LearningAlarm.objects.get().settled_by == people.max
    assert "ranks worse" not in client.get(PAGE).content.decode()


def test_an_earlier_version_is_put_in_force_again(people: Cast, client: Client) -> None:
    teach(10)
    teach(10)
    client.post(reverse("learning:returning", args=[1]))
    newest = LearnedVersion.objects.first()
    assert newest is not None
    assert (newest.number, newest.note, newest.made_by) == (3, "Back to version 1", people.max)
    assert bytes(newest.arrays) == bytes(LearnedVersion.objects.get(number=1).arrays)
    assert newest.position == 20
    entry = AuditEntry.objects.get(verb="learning went back")
    assert entry.detail == {"from": 2, "to": 1}


def test_the_version_in_force_cannot_be_gone_back_to(client: Client) -> None:
    teach(10)
    client.post(reverse("learning:returning", args=[1]))
    assert LearnedVersion.objects.count() == 1
    assert client.post(reverse("learning:returning", args=[99])).status_code == 404


def test_a_damaged_version_is_told_and_the_page_still_opens(client: Client) -> None:
    teach(10)
    version = LearnedVersion.objects.get()
    version.delete()
    version.pk, version.digest = None, "0" * 64
    version.save(force_insert=True)
    page = client.get(PAGE).content.decode()
    assert "is damaged: its hash differs" in page
    assert "Nothing is learned yet" in page


@pytest.mark.parametrize("role", ["sam", "una"])
def test_nobody_else_sees_or_stops_the_learning(people: Cast, role: str) -> None:
    other = logged_in(getattr(people, role))
    assert other.get(PAGE).status_code == 403
    for address in (reverse("learning:freezing"), reverse("learning:thawing")):
        assert other.post(address, {"because": "x"}).status_code == 403
    assert LearningFreeze.objects.count() == 0


def test_shares_are_changed_within_limits_and_audited(client: Client, people: Cast) -> None:
    changed = client.post(reverse("learning:shares"), {"exploring": "2.5", "control": "10"})
    assert changed.status_code == 302
    policy = LearningPolicy.objects.get()
    assert (policy.exploring_share, policy.control_share) == (Decimal("0.025"), Decimal("0.1"))
    entry = AuditEntry.objects.get(verb="learning shares changed")
    assert entry.detail["before"] == {"exploring": "0.050", "control": "0.050"}
    assert entry.by == people.max
    page = client.get(PAGE).content.decode()
    assert "2.5 %" in page
    client.post(reverse("learning:shares"), {"exploring": "2.5", "control": "10"})
    assert AuditEntry.objects.filter(verb="learning shares changed").count() == 1


@pytest.mark.parametrize(
    ("exploring", "control"),
    [("20.1", "5"), ("-1", "5"), ("5", "0"), ("5", "51"), ("", "5"), ("NaN", "5"), ("5", "1e9")],
)
def test_shares_beyond_the_limits_change_nothing(
    client: Client, exploring: str, control: str
) -> None:
    refused = client.post(reverse("learning:shares"), {"exploring": exploring, "control": control})
    assert refused.status_code == 422
    assert 'class="error"' in refused.content.decode()
    assert not LearningPolicy.objects.exists()
    assert not AuditEntry.objects.filter(verb="learning shares changed").exists()
