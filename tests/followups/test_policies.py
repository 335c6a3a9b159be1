"""Policies in plain words, and what the database refuses whoever writes them."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from followups.models import FollowUp, FollowUpPolicy, Question
from followups.models.policy import in_words
from followups.policies.versions import reason_names
from tests.cast import Cast
from tests.followups.scenes import default_policy, owed


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (90, "90 minutes"), (60, "1 hour"), (180, "3 hours"), (2880, "2 days")],
)
def test_delays_are_said_as_people_say_them(minutes: int, words: str) -> None:
    assert in_words(minutes) == words


def test_a_policy_reads_as_a_few_sentences(cast: Cast) -> None:
    policy = default_policy(reasons=[cast.closing.code], delay_minutes=1440, retry_minutes=180)
    assert policy.terms.summary(reason_names()) == (
        "1 day after “Close an account”, ask 4 questions by phone between 09:00 and 20:00 at the "
        "customer's place; try at most 2 times, 3 hours apart; give up 14 days later. "
        "When all is well, look at the needs again after 180 days."
    )
    once = default_policy(max_attempts=1, questions=[Question.AS_EXPECTED])
    assert "after any other contact, ask 1 question by phone" in once.summary
    assert "try once;" in once.summary


def test_every_limit_of_a_policy_is_said(cast: Cast) -> None:
    policy = default_policy(
        channels=["chat", "email"],
        outcomes=["unresolved"],
        segments=["business"],
        delay_working_days=1,
        window_start=time(10),
        window_end=time(16),
        ways=["email", "agent"],
        sample_percent=25,
        cool_down_days=30,
    )
    assert policy.summary == (
        "On the next working day after any contact by chat or e-mail that ended “Not resolved” "
        "with customers of business, ask 4 questions by e-mail, else by phone between 10:00 and "
        "16:00 at the customer's place; try at most 2 times each way, 1 day apart; give up "
        "14 days later. When all is well, look at the needs again after 180 days. Only 25 % of "
        "these contacts are drawn. Whoever was asked less than 30 days before is left alone."
    )


@pytest.mark.parametrize(
    "figures",
    [
        {"window_start": time(7, 59)},
        {"window_end": time(21, 1)},
        {"window_start": time(12), "window_end": time(11)},
        {"max_attempts": 0},
        {"questions": []},
        {"ways": []},
        {"sample_percent": 0},
        {"sample_percent": 101},
    ],
)
def test_the_database_refuses_a_policy_that_nobody_may_follow(
    cast: Cast, figures: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        default_policy(**figures)
    assert FollowUpPolicy.objects.count() == 0


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
