"""Beginning a follow-up call, and what happens when the customer was not asked after all."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry
from customers.models import Consent
from followups.errors import CallBackImpossible, FollowUpSettled, FollowUpTaken, NotPermittedNow
from followups.grounds import Rule
from followups.models import Attempt, AttemptOutcome, FollowUp, FollowUpStatus, PermissionCheck
from followups.sweeping import sweep
from interactions.models import Direction, Interaction, Outcome
from tests.cast import Cast, assemble
from tests.followups.scenes import NOON, begun, default_policy, owed, ready

pytestmark = pytest.mark.usefixtures("noon")


def last_attempt(follow_up: FollowUp) -> Attempt:
    attempt = Attempt.objects.filter(follow_up=follow_up).last()
    assert attempt is not None
    return attempt


def state(follow_up: FollowUp) -> str:
    follow_up.refresh_from_db()
    return follow_up.status


def test_beginning_opens_an_outbound_call_of_its_own(cast: Cast) -> None:
    follow_up = ready(cast, cast.ada)
    call = follow_up.begin(by=cast.rae)
    follow_up.refresh_from_db()
    assert (call.is_follow_up, call.channel, call.direction) == (True, "voice", Direction.OUTBOUND)
    assert (call.customer, call.agent) == (cast.ada, cast.rae)
    assert (follow_up.status, follow_up.owner, follow_up.call) == ("in_progress", cast.rae, call)
    attempt = last_attempt(follow_up)
    assert (attempt.number, attempt.by, attempt.gateway) == (1, cast.rae, "own_phone")
    assert attempt.contact_point == cast.ada.contact_points.get()
    assert attempt.outcome == ""
    assert AuditEntry.objects.filter(verb="follow-up begun", by=cast.rae).count() == 1
    assert not FollowUp.objects.waiting_for(cast.rae).exists()


def test_only_what_is_ready_can_be_begun(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada)
    with pytest.raises(FollowUpTaken, match="Planned"):
        follow_up.begin(by=cast.sam)
    assert state(follow_up) == FollowUpStatus.PLANNED
    assert Attempt.objects.count() == 0
    assert not Interaction.objects.filter(is_follow_up=True).exists()


def test_beginning_twice_is_a_conflict_that_names_who_has_it(cast: Cast) -> None:
    follow_up = ready(cast, cast.ada)
    follow_up.begin(by=cast.rae)
    with pytest.raises(Conflict, match="Rae has it"):
        FollowUp.objects.get(pk=follow_up.pk).begin(by=cast.sam)
    assert Attempt.objects.count() == 1
    assert Interaction.objects.filter(is_follow_up=True).count() == 1


def test_consent_withdrawn_meanwhile_refuses_at_the_moment_of_acting(cast: Cast) -> None:
    follow_up = ready(cast, cast.ada)
    cast.ada.record_consent(
        by=cast.sam,
        purpose="survey",
        channel="voice",
        is_granted=False,
        source="call",
        wording_version="2026-01",
    )
    with pytest.raises(NotPermittedNow, match="does not want to be asked"):
        follow_up.begin(by=cast.sam)
    assert state(follow_up) == FollowUpStatus.REFUSED
    assert Attempt.objects.count() == 0
    assert PermissionCheck.objects.latest("pk").rule == Rule.CONSENT_WITHDRAWN


def test_in_the_evening_a_ready_follow_up_waits_for_the_morning(cast: Cast) -> None:
    follow_up = ready(cast, cast.ada)
    with (
        time_machine.travel(NOON + timedelta(hours=8), tick=False),
        pytest.raises(NotPermittedNow, match="comes back on Tuesday 24 November, 09:00"),
    ):
        follow_up.begin(by=cast.sam)
    assert state(follow_up) == FollowUpStatus.PLANNED
    assert follow_up.due_at == NOON + timedelta(hours=21)
    assert not Interaction.objects.filter(is_follow_up=True).exists()


@pytest.mark.parametrize("outcome", [AttemptOutcome.NO_ANSWER, AttemptOutcome.BUSY])
def test_not_reached_is_tried_again_and_then_given_up(cast: Cast, outcome: str) -> None:
    default_policy(max_attempts=2, retry_minutes=24 * 60)
    follow_up = begun(cast, cast.ada)
    call = follow_up.call
    assert call is not None
    follow_up.report(by=cast.sam, outcome=outcome)
    assert state(follow_up) == FollowUpStatus.PLANNED
    assert follow_up.due_at == NOON + timedelta(days=1)
    assert follow_up.call is None
    assert (last_attempt(follow_up).outcome, last_attempt(follow_up).ended_at) == (outcome, NOON)
    call.refresh_from_db()
    assert call.closed_at == NOON
    assert call.wrap_up_code is not None
    assert call.wrap_up_code.outcome == Outcome.NOT_REACHED
    assert "reported by Sam" in call.summary
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        sweep()
        FollowUp.objects.get().begin(by=cast.sam)
        FollowUp.objects.get().report(by=cast.sam, outcome=outcome)
    assert state(follow_up) == FollowUpStatus.UNREACHABLE
    assert follow_up.attempts_made == 2
    assert FollowUp.objects.count() == 1


def test_reporting_twice_is_a_conflict_and_changes_nothing(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    again = FollowUp.objects.get(pk=follow_up.pk)
    follow_up.report(by=cast.sam, outcome=AttemptOutcome.NO_ANSWER)
    with pytest.raises(FollowUpSettled, match="Planned"):
        again.report(by=cast.rae, outcome=AttemptOutcome.DECLINED)
    assert state(follow_up) == FollowUpStatus.PLANNED
    assert Consent.objects.filter(customer=cast.ada, is_granted=False).count() == 0
    assert AuditEntry.objects.filter(verb="follow-up tried").count() == 1


def test_reached_is_not_a_way_to_end_a_try_without_answers(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    with pytest.raises(RuleBroken, match="Choose how the try ended"):
        follow_up.report(by=cast.sam, outcome=AttemptOutcome.REACHED)
    assert state(follow_up) == FollowUpStatus.IN_PROGRESS


def test_a_call_back_is_kept_at_the_time_the_customer_named(cast: Cast) -> None:
    default_policy(max_attempts=1)
    follow_up = begun(cast, cast.ada)
    named = NOON + timedelta(days=1, hours=3)
    follow_up.report(by=cast.sam, outcome=AttemptOutcome.CALL_BACK, call_back_at=named)
    assert state(follow_up) == FollowUpStatus.PLANNED
    assert (follow_up.due_at, follow_up.max_attempts) == (named, 2)
    with time_machine.travel(named, tick=False):
        assert dict(sweep().moved) == {"ready": 1}


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (None, "a time to come"),
        (NOON - timedelta(minutes=1), "a time to come"),
        (NOON + timedelta(hours=9), "next possible time is on Tuesday 24 November, 09:00"),
        (NOON + timedelta(days=20), "too late to ask"),
    ],
)
def test_a_call_back_that_cannot_be_kept_is_not_agreed(
    cast: Cast, named: object, words: str
) -> None:
    follow_up = begun(cast, cast.ada)
    with pytest.raises(CallBackImpossible, match=words):
        follow_up.report(by=cast.sam, outcome=AttemptOutcome.CALL_BACK, call_back_at=named)  # type: ignore[arg-type]
    assert state(follow_up) == FollowUpStatus.IN_PROGRESS
    assert last_attempt(follow_up).outcome == ""


def test_a_wrong_number_is_never_dialled_again(cast: Cast) -> None:
    other = cast.ada.add_contact_point(by=cast.sam, channel="voice", value="020 7946 0199")
    follow_up = begun(cast, cast.ada)
    follow_up.report(by=cast.sam, outcome=AttemptOutcome.WRONG_NUMBER)
    assert (state(follow_up), follow_up.due_at) == (FollowUpStatus.PLANNED, NOON)
    sweep()
    FollowUp.objects.get().begin(by=cast.sam)
    assert last_attempt(follow_up).contact_point == other
    FollowUp.objects.get().report(by=cast.sam, outcome=AttemptOutcome.WRONG_NUMBER)
    assert state(follow_up) == FollowUpStatus.UNREACHABLE
    later = owed(cast, cast.ada)
    sweep()
    assert (state(later), later.refused_because) == ("refused", Rule.NO_PHONE.label)


def test_whoever_declines_is_not_asked_again_about_anything(cast: Cast) -> None:
    default_policy(cool_down_days=0)
    waiting = ready(cast, cast.ada)
    follow_up = begun(cast, cast.ada)
    planned = owed(cast, cast.ada, due_at=NOON + timedelta(days=1))
    of_another = owed(cast, cast.ben, due_at=NOON + timedelta(days=1))
    follow_up.report(by=cast.sam, outcome=AttemptOutcome.DECLINED)
    for refused in (follow_up, waiting, planned):
        assert state(refused) == FollowUpStatus.REFUSED
        assert refused.refused_because == Rule.CONSENT_WITHDRAWN.label
    assert state(of_another) == FollowUpStatus.PLANNED
    newest = Consent.objects.filter(customer=cast.ada, purpose="survey").latest("pk")
    assert (newest.is_granted, newest.recorded_by) == (False, cast.sam)
    later = owed(cast, cast.ada)
    sweep()
    assert state(later) == FollowUpStatus.REFUSED


def test_a_supervisor_can_give_a_follow_up_to_somebody_else(cast: Cast) -> None:
    follow_up = ready(cast, cast.ada)
    assert follow_up.give_to(owner=cast.rae, by=cast.una)
    assert not FollowUp.objects.get().give_to(owner=cast.rae, by=cast.una)
    assert FollowUp.objects.get().owner == cast.rae
    FollowUp.objects.get().begin(by=cast.rae)
    assert not FollowUp.objects.get().give_to(owner=cast.sam, by=cast.una)


@pytest.mark.django_db(transaction=True)
def test_eight_agents_begin_at_once_and_one_calls() -> None:
    cast = assemble()
    follow_up = ready(cast, cast.ada)
    barrier, won, lost = threading.Barrier(8), [], []

    def begin(person: int) -> None:
        try:
            mine = FollowUp.objects.get(pk=follow_up.pk)
            barrier.wait()
            won.append(mine.begin(by=cast.sam if person % 2 else cast.rae).pk)
        except FollowUpTaken as error:
            lost.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(person,)) for person in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert Interaction.objects.filter(is_follow_up=True).count() == 1
    assert Attempt.objects.count() == 1
    assert FollowUp.objects.get().attempts_made == 1
