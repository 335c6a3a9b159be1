"""One contact budget per person: no mix of channels, purposes and moments exceeds it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.budget import (
    ALLOWED,
    Limits,
    Ruling,
    draw,
    drawn_by,
    give_back,
    ruling,
    with_room,
)
from customers.models import ContactDraw, Customer, DrawnFor, HeldElsewhere, Purpose
from tests.cast import Cast, assemble
from tests.threads import at_once

LIMITS = Limits(
    period_days=30, most=4, most_of={Purpose.SURVEY.value: 2, Purpose.MARKETING.value: 3}
)
KINDS = (
    (Purpose.MARKETING, DrawnFor.OFFER),
    (Purpose.SURVEY, DrawnFor.FOLLOW_UP),
    (Purpose.MARKETING, DrawnFor.NEEDS_REVIEW),
    (Purpose.SERVICE, DrawnFor.CALL_BACK),
)
CHANNELS = ("voice", "chat", "email", "sms")
TODAY = date(2026, 11, 23)


def drawn(person: Customer, kind: int, subject: int, *, is_owed: bool = False) -> Ruling:
    purpose, what = KINDS[kind]
    return draw(
        customer_id=person.pk,
        purpose=purpose,
        channel=CHANNELS[subject % 4],
        what=what,
        subject_id=subject,
        limits=LIMITS,
        by=None,
        is_owed=is_owed,
    )


def test_the_rule_that_refuses_says_which_and_until_when() -> None:
    offers = [(Purpose.MARKETING.value, TODAY - timedelta(days=n)) for n in (29, 20, 3)]
    asked: dict[str, Any] = {"purpose": Purpose.MARKETING, "limits": LIMITS, "today": TODAY}
    assert ruling(offers, **asked) == Ruling(
        is_allowed=False, because="3 offers in 30 days are enough.", until=date(2026, 11, 24)
    )
    assert ruling(offers[1:], **asked) == ALLOWED
    mixed = [("service", TODAY), ("survey", TODAY), ("survey", TODAY), ("marketing", TODAY)]
    refused = ruling(mixed, **asked)
    assert refused.because == "4 contacts of ours in 30 days are enough."
    assert refused.until == TODAY + timedelta(days=30)
    none = Limits(period_days=30, most=0, most_of={})
    assert ruling([], purpose="survey", limits=none, today=TODAY).until is None


@pytest.mark.parametrize("seed", range(200))
def test_the_day_that_is_named_is_the_first_with_room(seed: int) -> None:
    chance = Random(seed)
    lines = [
        (chance.choice(["service", "survey", "marketing"]), TODAY - timedelta(chance.randrange(40)))
        for _ in range(chance.randrange(12))
    ]
    limits = Limits(chance.randrange(1, 35), chance.randrange(1, 8), {"survey": 2, "marketing": 3})
    asked: dict[str, Any] = {"purpose": chance.choice(["survey", "marketing"]), "limits": limits}
    ruled = ruling(lines, today=TODAY, **asked)
    if ruled.is_allowed:
        return
    assert ruled.until is not None
    assert ruling(lines, today=ruled.until, **asked).is_allowed
    eve = ruled.until - timedelta(days=1)
    assert not ruling(lines, today=eve, **asked).is_allowed


@pytest.mark.django_db
def test_what_is_owed_is_counted_and_never_refused(cast: Cast) -> None:
    for number in range(6):
        assert drawn(cast.ada, 3, number, is_owed=True).is_allowed
    assert ContactDraw.objects.filter(is_owed=True).count() == 6
    refused = drawn(cast.ada, 1, 1)
    assert refused.because == "4 contacts of ours in 30 days are enough."
    assert ContactDraw.objects.count() == 6
    assert drawn(cast.ben, 1, 2).is_allowed


@pytest.mark.django_db
def test_the_same_thing_counts_once_and_can_be_given_back(cast: Cast) -> None:
    for _ in range(5):
        assert drawn(cast.ada, 1, 7).is_allowed
    assert ContactDraw.objects.count() == 1
    assert give_back(what=DrawnFor.FOLLOW_UP, subject_id=7)
    assert not give_back(what=DrawnFor.FOLLOW_UP, subject_id=7)
    assert drawn_by(cast.ada.pk, today=timezone.localdate()) == []
    assert drawn(cast.ada, 1, 7).is_allowed
    assert ContactDraw.objects.standing().count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactDraw.objects.create(
            customer=cast.ben,
            purpose="survey",
            channel="voice",
            what="follow_up",
            subject_id=7,
            on=TODAY,
        )


@pytest.mark.django_db
def test_room_comes_back_by_itself(cast: Cast) -> None:
    with time_machine.travel("2026-10-24 10:00:00+00:00", tick=False):
        drawn(cast.ada, 1, 1)
        drawn(cast.ada, 1, 2)
    with time_machine.travel("2026-11-22 23:00:00+00:00", tick=False):
        assert drawn(cast.ada, 1, 3).until == date(2026, 11, 23)
    with time_machine.travel("2026-11-23 00:30:00+00:00", tick=False):
        assert drawn(cast.ada, 1, 3).is_allowed


@pytest.mark.django_db
def test_the_rule_as_sql_is_the_rule(cast: Cast) -> None:
    chance = Random(11)
    people = [cast.ada, cast.ben, cast.cy]
    today = timezone.localdate()
    for number in range(60):
        purpose, what = chance.choice(KINDS)
        ContactDraw.objects.create(
            customer=chance.choice(people),
            purpose=purpose,
            channel="voice",
            what=what,
            subject_id=number,
            on=today - timedelta(days=chance.randrange(90)),
        )
        for purpose in (Purpose.SURVEY, Purpose.MARKETING):
            found = with_room(
                Customer.objects.all(),
                "pk",
                purpose=purpose,
                limits=LIMITS,
                what="offer",
                subject="team_id",
            ).values_list("pk", flat=True)
            in_memory = {
                person.pk
                for person in people
                if ruling(
                    ContactDraw.objects.of(person.pk)
                    .exclude(what="offer", subject_id=person.team_id)
                    .values_list("purpose", "on"),
                    purpose=purpose,
                    limits=LIMITS,
                    today=today,
                ).is_allowed
            }
            assert set(found) == in_memory


@pytest.fixture
def crowd(transactional_db: None) -> Cast:
    return assemble()


def _one_of(person: Customer, wanted: list[tuple[int, int]], number: int) -> Ruling:
    return drawn(person, *wanted[number])


@pytest.mark.parametrize("seed", range(5))
def test_eight_at_once_never_exceed_the_budget_in_any_mix(crowd: Cast, seed: int) -> None:
    """Eight people draw at the same moment, again and again, in every mix of what there is."""
    chance = Random(seed)
    rounds = [
        [(chance.randrange(3), chance.randrange(1, 10_000)) for _ in range(8)] for _ in range(3)
    ]
    for wanted in rounds:
        at_once(8, partial(_one_of, crowd.ada, wanted))
    lines = list(ContactDraw.objects.standing().values_list("purpose", flat=True))
    assert len(lines) <= LIMITS.most
    assert lines.count("survey") <= LIMITS.most_of["survey"]
    assert lines.count("marketing") <= LIMITS.most_of["marketing"]
    assert ContactDraw.objects.standing().count() <= LIMITS.most


def test_eight_at_once_for_one_place_let_one_through(crowd: Cast) -> None:
    for number in range(3):
        drawn(crowd.ada, 3, number, is_owed=True)
    ruled = at_once(8, lambda number: drawn(crowd.ada, number % 3, 100 + number))
    assert sum(one.is_allowed for one in ruled) == 1
    assert ContactDraw.objects.count() == 4


@pytest.mark.django_db
def test_what_is_held_elsewhere_stands_once_and_ends(cast: Cast) -> None:
    said: dict[str, Any] = {"customer_id": cast.ada.pk, "product": cast.saver, "by": cast.sam}
    first = HeldElsewhere.say(**said, provider=" The other bank ")
    assert HeldElsewhere.say(**said).pk == first.pk
    assert first.provider == "The other bank"
    assert HeldElsewhere.end(**said)
    assert not HeldElsewhere.end(**said)
    assert HeldElsewhere.objects.current().count() == 0
    assert HeldElsewhere.say(**said).pk != first.pk
