"""Policies in plain words, and what the database refuses whoever writes them."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from followups.models import FollowUp, FollowUpPolicy, Question
from followups.models.policy import in_words
from tests.cast import Cast
from tests.followups.scenes import default_policy, owed


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (90, "90 minutes"), (60, "1 hour"), (180, "3 hours"), (2880, "2 days")],
)
def test_delays_are_said_as_people_say_them(minutes: int, words: str) -> None:
    assert in_words(minutes) == words


def test_a_policy_reads_as_one_sentence(cast: Cast) -> None:
    policy = default_policy(contact_reason=cast.closing, delay_minutes=1440, retry_minutes=180)
    assert policy.summary == (
        "1 day after “Close an account”, ask 4 questions by phone between 09:00 and 20:00 at the "
        "customer's place; try at most 2 times, 3 hours apart; give up 14 days after the contact. "
        "When all is well, look at the needs again after 180 days."
    )
    once = default_policy(max_attempts=1, questions=[Question.AS_EXPECTED])
    assert "after any other contact, ask 1 question by phone" in once.summary
    assert "try once;" in once.summary


@pytest.mark.parametrize(
    "figures",
    [
        {"window_start": time(7, 59)},
        {"window_end": time(21, 1)},
        {"window_start": time(12), "window_end": time(11)},
        {"max_attempts": 0},
        {"questions": []},
    ],
)
def test_the_database_refuses_a_policy_that_nobody_may_follow(
    cast: Cast, figures: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        default_policy(**figures)
    assert FollowUpPolicy.objects.count() == 0


def test_there_is_one_default_policy(cast: Cast) -> None:
    default_policy()
    with pytest.raises(IntegrityError), transaction.atomic():
        default_policy(name="Another")
    assert FollowUpPolicy.objects.count() == 1


def test_no_row_may_call_outside_the_lawful_hours(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=follow_up.pk).update(window_end=time(22))
    follow_up.refresh_from_db()
    assert follow_up.window_end == time(20)


def test_a_changed_policy_changes_no_follow_up_that_is_owed(cast: Cast) -> None:
    policy = default_policy(max_attempts=2)
    follow_up = owed(cast, cast.ada)
    FollowUpPolicy.objects.filter(pk=policy.pk).update(max_attempts=5, review_days=1)
    follow_up.refresh_from_db()
    assert (follow_up.max_attempts, follow_up.review_days) == (2, 180)


def test_a_question_asked_twice_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="stands here twice"):
        FollowUpPolicy(name="Twice", questions=["as_expected", "as_expected"]).clean()


def test_an_administrator_sets_a_policy_and_reads_it_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.max)
    answer = client.post(
        reverse("admin:followups_followuppolicy_add"),
        {
            "name": "Closings",
            "contact_reason": cast.closing.pk,
            "delay_minutes": 60,
            "window_start": "10:00",
            "window_end": "18:00",
            "lapse_days": 7,
            "max_attempts": 3,
            "retry_minutes": 1440,
            "questions": ["recommend", "as_expected"],
            "ways": ["voice"],
            "review_days": 90,
        },
    )
    assert answer.status_code == 302
    policy = FollowUpPolicy.objects.get()
    assert policy.questions == ["as_expected", "recommend"]
    page = client.get(reverse("admin:followups_followuppolicy_changelist")).content.decode()
    assert "1 hour after “Close an account”, ask 2 questions by an automatic voice" in page


@pytest.mark.parametrize("role", ["sam", "una"])
def test_only_administrators_set_policies(cast: Cast, client: Client, role: str) -> None:
    client.force_login(getattr(cast, role))
    answer = client.post(reverse("admin:followups_followuppolicy_add"), {"name": "Mine"})
    assert answer.status_code in (302, 403)
    assert FollowUpPolicy.objects.count() == 0
