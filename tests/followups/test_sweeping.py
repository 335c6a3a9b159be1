"""What is due is claimed once, judged by the rules, and goes where they say."""

from __future__ import annotations

import gc
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.beating import late_beats
from customers.models import Customer
from followups import sweeping, tasks
from followups.grounds import Facts, Permission, Rule
from followups.models import (
    FollowUp,
    FollowUpPolicy,
    FollowUpStatus,
    PermissionCheck,
    known,
)
from followups.models.owed import PARKED_AFTER
from followups.permission import first_way
from followups.sweeping import lapse_unbegun, sweep, sweep_batch
from interactions.models import Interaction
from service.models import ServiceRequest
from telephony.models import SuppressionEntry
from tests.cast import Cast, assemble
from tests.followups.scenes import NOON, default_policy, owed

pytestmark = pytest.mark.usefixtures("noon")


def checks(follow_up: FollowUp) -> list[tuple[bool, str]]:
    found = PermissionCheck.objects.filter(follow_up=follow_up).order_by("pk")
    return list(found.values_list("is_allowed", "rule"))


def many(cast: Cast, count: int) -> None:
    """So many due follow-ups of as many customers, written in bulk."""
    policy = FollowUpPolicy.objects.first() or default_policy()
    people = Customer.objects.bulk_create(
        Customer(team=cast.team, name=f"Customer {number}") for number in range(count)
    )
    contacts = Interaction.objects.bulk_create(
        Interaction(customer=person, channel="voice", agent=cast.sam) for person in people
    )
    FollowUp.objects.bulk_create(
        FollowUp(
            interaction=interaction,
            customer_id=interaction.customer_id,
            policy=policy,
            owner=cast.sam if number % 2 else cast.rae,
            questions=policy.questions,
            due_at=NOON - timedelta(seconds=number),
            lapses_at=NOON + timedelta(days=14),
            window_start=policy.window_start,
            window_end=policy.window_end,
            max_attempts=2,
            retry_minutes=60,
            review_days=180,
        )
        for number, interaction in enumerate(contacts)
    )


def test_what_is_due_and_permitted_becomes_ready(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada)
    swept = sweep()
    assert (swept.claimed, dict(swept.moved)) == (1, {"ready": 1})
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.ready_at) == (FollowUpStatus.READY, NOON)
    assert checks(follow_up) == [(True, Rule.PERMITTED)]
    assert list(FollowUp.objects.waiting_for(cast.sam)) == [follow_up]


def test_what_is_not_yet_due_is_left_alone(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada, due_at=NOON + timedelta(seconds=1))
    assert sweep().claimed == 0
    assert checks(follow_up) == []


def test_without_consent_it_is_refused_and_says_why(cast: Cast) -> None:
    follow_up = owed(cast, cast.cy)
    assert dict(sweep().moved) == {"refused": 1}
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.REFUSED
    assert follow_up.refused_because == Rule.CONSENT_WITHDRAWN.label
    assert checks(follow_up) == [(False, Rule.CONSENT_WITHDRAWN)]


def test_a_number_on_the_do_not_call_list_is_refused_before_anybody_calls(cast: Cast) -> None:
    SuppressionEntry.suppress(number="+442079460101", reason="Pressed 9")
    SuppressionEntry.suppress(number="+442079469999", reason="Somebody else's")
    follow_up, other = owed(cast, cast.ada), owed(cast, cast.ben)
    assert dict(sweep().moved) == {"refused": 1, "ready": 1}
    follow_up.refresh_from_db()
    other.refresh_from_db()
    assert (follow_up.status, other.status) == (FollowUpStatus.REFUSED, FollowUpStatus.READY)
    assert follow_up.refused_because == "The number is on the do-not-call list"
    assert checks(follow_up) == [(False, Rule.DO_NOT_CALL)]


def test_outside_the_hours_it_waits_until_they_begin(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.ada.pk).update(
        time_zone="America/New_York", country="US", region="US-NY"
    )
    follow_up = owed(cast, cast.ada)
    assert dict(sweep().moved) == {"planned": 1}
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.PLANNED
    assert follow_up.due_at == NOON + timedelta(hours=2)
    assert follow_up.waits_because == Rule.OUTSIDE_HOURS.label
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        assert dict(sweep().moved) == {"ready": 1}
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.waits_because) == (FollowUpStatus.READY, "")
    assert checks(follow_up) == [(False, Rule.OUTSIDE_HOURS), (True, Rule.PERMITTED)]


def test_an_open_complaint_is_heard_first(cast: Cast) -> None:
    complaint = ServiceRequest.open_request(
        customer=cast.ada,
        request_type=cast.complaint_request,
        subject="Charged twice",
        owner=cast.sam,
        by=cast.sam,
    )
    follow_up = owed(cast, cast.ada)
    sweep()
    follow_up.refresh_from_db()
    assert follow_up.waits_because == Rule.COMPLAINT_OPEN.label
    assert follow_up.due_at == NOON + timedelta(days=1)
    complaint.move(to="resolved", by=cast.sam)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert dict(sweep().moved) == {"ready": 1}


def test_a_vulnerable_customer_gets_a_care_call(cast: Cast) -> None:
    cast.ada.mark_vulnerable(by=cast.sam, because="Bereaved")
    follow_up = owed(cast, cast.ada)
    assert dict(sweep().moved) == {"ready": 1}
    assert checks(follow_up) == [(True, Rule.CARE_CALL)]


def test_what_is_too_late_lapses(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada)
    with time_machine.travel(NOON + timedelta(days=15), tick=False):
        assert dict(sweep().moved) == {"lapsed": 1}
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.LAPSED


def test_what_nobody_begins_in_time_lapses_too(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada)
    sweep()
    assert lapse_unbegun(at=follow_up.lapses_at - timedelta(seconds=1)) == 0
    assert lapse_unbegun(at=follow_up.lapses_at) == 1
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.LAPSED


def test_a_batch_takes_the_oldest_first_and_the_loop_takes_all(cast: Cast) -> None:
    many(cast, 25)
    decided, *_ = sweep_batch(at=NOON, batch=10)
    oldest = FollowUp.objects.order_by("due_at").values_list("pk", flat=True)[:10]
    assert sorted(decided) == sorted(oldest)
    assert sweep(batch=10).claimed == 15
    assert not FollowUp.objects.due(at=NOON).exists()


def test_the_statements_do_not_grow_with_the_rows(cast: Cast) -> None:
    counted = []
    for rows in (1, 60):
        many(cast, rows)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            decided, *_ = sweep_batch(at=NOON, batch=200)
        assert len(decided) == rows
        counted.append(len([one for one in captured if "SAVEPOINT" not in one["sql"]]))
    assert counted == [3, 3]  # the claim, the figures of the contact budget, the moves


def test_the_task_sweeps(cast: Cast) -> None:
    owed(cast, cast.ada)
    tasks.sweep()
    assert FollowUp.objects.get().status == FollowUpStatus.READY


def test_the_pages_of_the_owners_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr("followups.hinting.panel_changed", lambda **what: told.append(what))
    owed(cast, cast.ada, by=cast.rae)
    owed(cast, cast.ben, by=cast.sam)
    owed(cast, cast.cy, by=cast.una)
    sweep()
    assert told == [
        {"panel": "console.my_work", "user_ids": {cast.rae.pk, cast.sam.pk, cast.una.pk}},
        {"panel": "followups.list", "team_ids": {cast.team.pk}},
    ]


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_claim_each_follow_up_once() -> None:
    cast = assemble()
    many(cast, 240)
    barrier, counts = threading.Barrier(4), []

    def one_sweep() -> None:
        try:
            barrier.wait()
            counts.append(sweep(at=NOON, batch=20).claimed)
        finally:
            connection.close()

    threads = [threading.Thread(target=one_sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 240
    assert len(counts) == 4
    assert PermissionCheck.objects.count() == 240
    assert PermissionCheck.objects.values("follow_up").distinct().count() == 240
    assert not FollowUp.objects.filter(status=FollowUpStatus.PLANNED).exists()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_is_killed_lets_go_of_its_rows() -> None:
    from django.db import transaction

    cast = assemble()
    many(cast, 20)

    @transaction.atomic
    def killed() -> None:
        sweep_batch(at=NOON, batch=20)
        raise SystemExit

    with pytest.raises(SystemExit):
        killed()
    assert PermissionCheck.objects.count() == 0
    assert sweep(at=NOON).claimed == 20


def test_a_row_that_cannot_be_decided_holds_up_no_neighbour(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, fine = owed(cast, cast.ada), owed(cast, cast.ben)
    decide = first_way

    def poisoned(facts: Facts, *, at: datetime) -> Permission:
        return decide(facts, at=at) if facts.phone.endswith("0102") else 1 / 0  # type: ignore[return-value]

    monkeypatch.setattr(sweeping, "first_way", poisoned)
    at = NOON
    for failures in range(1, PARKED_AFTER + 1):
        sweep(at=at)
        poison.refresh_from_db()
        assert poison.failures == failures
        at += timedelta(minutes=15)
    fine.refresh_from_db()
    assert fine.status == FollowUpStatus.READY
    assert poison.status == FollowUpStatus.PARKED
    assert poison.refused_because == "Cannot be decided: ZeroDivisionError"
    assert sweep(at=at).claimed == 0


def test_a_row_that_cannot_even_be_read_holds_up_no_neighbour(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, fine = owed(cast, cast.ada), owed(cast, cast.ben)
    facts = known.facts_in

    def poisoned(rows: Any) -> dict[int, Facts]:
        found = facts(rows)
        if poison.pk in found:
            raise ValueError("a figure that is none")
        return found

    monkeypatch.setattr(known, "facts_in", poisoned)
    assert sweep(at=NOON).claimed == 2
    for one in (poison, fine):
        one.refresh_from_db()
    assert (fine.status, poison.status) == (FollowUpStatus.READY, FollowUpStatus.PLANNED)
    assert poison.waits_because == "Cannot be decided: ValueError"


def test_a_sweep_that_fails_leaves_the_collector_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def failing(**_: Any) -> None:
        seen.append(gc.isenabled())
        raise DatabaseError

    monkeypatch.setattr(sweeping, "sweep_batch", failing)
    with pytest.raises(DatabaseError):
        sweep(at=NOON)
    assert (seen, gc.isenabled()) == ([False], True)


def test_one_sweep_waits_for_what_comes_due_in_a_moment(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=True):
        follow_up = owed(cast, cast.ada, due_at=timezone.now() + timedelta(seconds=0.2))
        assert sweeping.watch().claimed == 1
    follow_up.refresh_from_db()
    assert follow_up.ready_at
    assert follow_up.ready_at >= follow_up.due_at
    with time_machine.travel(NOON + timedelta(seconds=2)):
        assert "follow-ups" not in {late.name for late in late_beats(timezone.now())}
