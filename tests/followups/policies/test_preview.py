"""What last week would have been under a draft: the same rules, counted, nothing written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followups.models import FollowUp
from followups.policies import preview as previewing
from followups.policies import versions
from followups.policies.preview import Line, preview
from interactions.models import Interaction
from tests.cast import Cast, contact
from tests.followups.scenes import NOON, default_policy

LATER = NOON + timedelta(days=6)


def closed(cast: Cast, *, days_ago: int = 0, **how: object) -> Interaction:
    with time_machine.travel(LATER - timedelta(days=days_ago, hours=1), tick=False):
        made = contact(cast, how.pop("person", cast.ada), **how)  # type: ignore[arg-type]
        made.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    return made


def test_a_draft_is_counted_against_what_is_in_force(cast: Cast) -> None:
    default_policy(name="Everybody")
    closed(cast, reason=cast.closing)
    closed(cast, person=cast.ben, reason=cast.card_late)
    planned = FollowUp.objects.count()
    (everybody,) = versions.draft()
    closings = replace(everybody, id=0, name="Closings", reasons=("close-account",), ways=("sms",))
    shown = preview(user=cast.max, draft=[closings, everybody], at=LATER)
    assert (shown.count, shown.sampled, shown.changed) == (2, 2, 1)
    assert shown.asked == Line("Follow-ups", 2, 2)
    assert shown.policies == [Line("Closings", 0, 1), Line("Everybody", 2, 1)]
    assert shown.ways == [Line("A link by SMS", 0, 1), Line("An agent calls", 2, 1)]
    assert shown.rules == []
    first = shown.examples[0]
    assert (first.contact.customer, first.way, first.is_changed) == (
        cast.ada,
        "A link by SMS",
        True,
    )
    assert FollowUp.objects.count() == planned


def test_a_customers_second_contact_finds_them_asked_already(cast: Cast) -> None:
    default_policy(name="Everybody")
    for days_ago in (5, 3, 1):
        closed(cast, days_ago=days_ago)
    (everybody,) = versions.draft()
    shown = preview(user=cast.max, draft=[replace(everybody, cool_down_days=3)], at=LATER)
    assert shown.asked == Line("Follow-ups", 3, 2)
    assert shown.rules == [Line("Asked a short while ago: left alone for some days", 0, 1)]


def test_who_was_asked_before_the_week_rests_in_it(cast: Cast) -> None:
    default_policy(name="Everybody")
    closed(cast, days_ago=10)
    closed(cast, days_ago=5)
    (everybody,) = versions.draft()
    shown = preview(user=cast.max, draft=[replace(everybody, cool_down_days=30)], at=LATER)
    assert (shown.count, shown.asked.after) == (1, 0)


def test_the_newest_are_counted_and_the_true_number_is_said(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "SAMPLE", 2)
    default_policy(name="Everybody")
    for days_ago in (5, 3, 1):
        closed(cast, days_ago=days_ago)
    shown = preview(user=cast.max, draft=versions.draft(), at=LATER)
    assert (shown.count, shown.sampled, shown.asked.after) == (3, 2, 2)


def test_the_number_of_statements_is_that_of_no_history(cast: Cast) -> None:
    default_policy(name="Everybody")
    closed(cast)
    counts = []
    for _ in range(2):
        draft = versions.draft()
        with CaptureQueriesContext(connection) as queries:
            preview(user=cast.max, draft=draft, at=LATER)
        counts.append(len(queries))
        for days_ago in range(5):
            closed(cast, person=cast.ben, days_ago=days_ago)
    assert counts == [4, 4]


def test_contacts_of_other_teams_are_neither_counted_nor_named(cast: Cast) -> None:
    default_policy(name="Everybody")
    closed(cast)
    shown = preview(user=cast.stranger, draft=versions.draft(), at=LATER)
    assert (shown.count, shown.examples) == (0, [])
