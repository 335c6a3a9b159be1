"""Which policy a contact gets, and when it is not asked: stored, with its rule."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest
import time_machine
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from followups.grounds import Rule
from followups.models import FollowUp, FollowUpPolicy, FollowUpStatus, PermissionCheck
from followups.models.terms import Terms
from followups.policies.choosing import Contact, decide, in_force, is_drawn
from interactions.models import Interaction
from tests.cast import Cast, contact
from tests.followups.scenes import NOON, default_policy, owed
from tests.patience import PATIENCE

ALL = FollowUpPolicy(id=1, name="All", delay_minutes=60).terms
CONTACT = Contact(
    id=7,
    closed_at=NOON,
    channel="voice",
    outcome="resolved",
    reason="close-account",
    segment="personal",
    country="GB",
    region="",
    time_zone="Europe/London",
    asked_at=None,
)


def chosen(*policies: Terms, contact: Contact = CONTACT) -> str | None:
    choice = decide(policies, contact, version=1)
    return choice.terms.name if choice else None


@pytest.mark.parametrize(
    ("criterion", "fitting", "other"),
    [
        ("reasons", ("close-account",), ("complaint",)),
        ("channels", ("voice", "chat"), ("email",)),
        ("outcomes", ("resolved",), ("unresolved", "promised")),
        ("segments", ("business", "personal"), ("premier",)),
    ],
)
def test_the_first_policy_that_fits_wins(
    criterion: str, fitting: tuple[str, ...], other: tuple[str, ...]
) -> None:
    mine = Terms.read(ALL.written() | {"name": "Mine", criterion: fitting})
    theirs = Terms.read(ALL.written() | {"name": "Theirs", criterion: other})
    assert chosen(theirs, mine, ALL) == "Mine"
    assert chosen(theirs, ALL, mine) == "All"
    assert chosen(theirs) is None


def test_all_that_is_named_has_to_fit() -> None:
    both = replace(ALL, name="Both", reasons=("close-account",), channels=("email",))
    assert chosen(both, ALL) == "All"
    assert chosen(both, ALL, contact=replace(CONTACT, channel="email")) == "Both"


def test_the_sample_is_drawn_the_same_way_each_time_and_is_as_large_as_it_says() -> None:
    drawn = [is_drawn(number, version=3, percent=20) for number in range(20_000)]
    assert drawn == [is_drawn(number, version=3, percent=20) for number in range(20_000)]
    assert 0.19 < sum(drawn) / len(drawn) < 0.21
    assert drawn != [is_drawn(number, version=4, percent=20) for number in range(20_000)]
    assert all(is_drawn(number, version=3, percent=100) for number in range(1000))


@pytest.mark.parametrize(
    ("days_ago", "rule"), [(29, Rule.COOLING_DOWN), (30, None), (-1, Rule.COOLING_DOWN)]
)
def test_who_was_asked_a_short_while_ago_is_left_alone(days_ago: int, rule: Rule | None) -> None:
    resting = replace(ALL, cool_down_days=30)
    due_at = NOON + timedelta(minutes=60)
    asked = replace(CONTACT, asked_at=due_at - timedelta(days=days_ago))
    choice = decide([resting], asked, version=1)
    assert choice
    assert choice.refused == rule


@pytest.mark.django_db
def test_a_contact_that_is_not_asked_keeps_a_row_and_the_decision(cast: Cast) -> None:
    with time_machine.travel(NOON):
        default_policy(cool_down_days=30)
        first, second = owed(cast, cast.ada), owed(cast, cast.ada)
    assert first.status == FollowUpStatus.PLANNED
    assert (second.status, second.refused_because) == (
        FollowUpStatus.REFUSED,
        Rule.COOLING_DOWN.label,
    )
    kept = PermissionCheck.objects.get(follow_up=second)
    assert (kept.is_allowed, kept.rule) == (False, Rule.COOLING_DOWN)
    assert not PermissionCheck.objects.filter(follow_up=first).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_contacts_closed_at_once_one_is_asked_about(cast: Cast) -> None:
    default_policy(cool_down_days=30)
    first, second = contact(cast, cast.ada), contact(cast, cast.ada)

    def close(one: Interaction) -> bool:
        return one.close(by=cast.sam, wrap_up_code=cast.helped, summary="Sent a card")

    def close_alone() -> bool:
        try:
            return close(second)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert close(first)
            other = pool.submit(close_alone)
            while not other.done() and not somebody_waits():
                sleep(0.01)
        assert other.result(timeout=PATIENCE)
    statuses = dict(FollowUp.objects.values_list("interaction", "status"))
    assert statuses == {first.pk: FollowUpStatus.PLANNED, second.pk: FollowUpStatus.REFUSED}


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.rowcount)


@pytest.mark.django_db
def test_a_customer_whom_nobody_asked_in_the_end_does_not_rest(cast: Cast) -> None:
    default_policy(cool_down_days=30)
    first = owed(cast, cast.ada)
    FollowUp.objects.filter(pk=first.pk).update(status=FollowUpStatus.UNREACHABLE)
    assert owed(cast, cast.ada).status == FollowUpStatus.PLANNED


@pytest.mark.django_db
def test_what_a_policy_says_of_a_contact_is_read_in_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    default_policy(reasons=[cast.closing.code], name="Closings")
    default_policy()
    interaction = contact(cast, cast.ada, reason=cast.closing)
    interaction.wrap_up_code = cast.helped
    with django_assert_num_queries(1):
        version, choice = in_force(interaction)
    assert version
    assert choice
    assert (version.number, choice.terms.name) == (1, "Closings")


@pytest.mark.django_db
def test_working_time_is_that_of_the_customers_place(cast: Cast) -> None:
    default_policy(delay_working_days=1, window_start="10:00", window_end="16:00")
    cast.ada.change(by=cast.sam, time_zone="America/New_York", country="US")
    interaction = contact(cast, cast.ada)
    interaction.closed_at = NOON
    interaction.wrap_up_code = cast.helped
    _, choice = in_force(interaction)
    assert choice
    assert choice.due_at.isoformat() == "2026-11-24T15:00:00+00:00"
