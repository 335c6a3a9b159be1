"""A follow-up's call: asked for once, dialled while it is permitted, and ended as it is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from followups import dialling
from followups.errors import CalledAlready, FollowUpSettled, NotCalledYet
from followups.models import Attempt, AttemptOutcome, FollowUp, FollowUpStatus
from followups.panels import script
from interactions.models import Interaction
from routing.models import DialDecision, OutboundCall
from routing.outbound import PhoneNotReady, place_due
from telephony.gateway import GatewayUnavailable
from telephony.models import Call, CallerId, SuppressionEntry
from telephony.protocol import Kind
from tests.cast import Cast
from tests.floor import Floor, open_floor
from tests.followups.scenes import NOON, begun, default_policy
from tests.threads import at_once


@pytest.fixture
def bank(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A floor at a Monday's noon, with a number of ours and Sam's phone in a window."""
    found = open_floor(settings, monkeypatch)
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on=date(2026, 1, 5))
    with time_machine.travel(NOON):
        found.at_work(found.cast.sam)
        yield found


def called(floor: Floor, **how: Any) -> tuple[FollowUp, OutboundCall]:
    """Begun by Sam, and placed at the provider."""
    follow_up = begun(floor.cast, floor.cast.ada, **how)
    asked = dialling.place(follow_up, by=floor.cast.sam)
    place_due()
    assert asked
    asked.refresh_from_db()
    asked.call.refresh_from_db()
    return follow_up, asked


def agent_comes(floor: Floor, asked: OutboundCall, capture: Any) -> None:
    with capture(execute=True):
        floor.provider.tell(asked.call, Kind.LEG_ADDED, asked.call.customer_leg, party="customer")
        floor.provider.tell(
            asked.call, Kind.LEG_ANSWERED, asked.leg or "", party="agent", user=asked.agent_id
        )


def rings(floor: Floor, asked: OutboundCall) -> None:
    floor.provider.tell(asked.call, Kind.LEG_RINGING, asked.call.customer_leg, party="customer")


def fresh(follow_up: FollowUp) -> FollowUp:
    return FollowUp.objects.get(pk=follow_up.pk)


def test_the_attempt_names_its_call_and_its_number_is_called(bank: Floor) -> None:
    follow_up, asked = called(bank)
    attempt = Attempt.objects.get()
    assert (attempt.telephone_call, attempt.gateway) == (asked.call, "switch")
    assert (asked.call.remote_number, asked.call.purpose) == ("+442079460101", "follow_up")
    assert asked.about == attempt.pk
    assert fresh(follow_up).status == FollowUpStatus.IN_PROGRESS


def test_the_customers_phone_rings_after_the_rules_were_asked_twice(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    _, asked = called(bank)
    assert "ring" not in bank.provider.verbs()
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    assert bank.provider.verbs() == ["open", "invite", "ring"]
    decisions = list(DialDecision.objects.values_list("when", "is_allowed", "rule"))
    assert decisions == [("queued", True, "permitted"), ("dialling", True, "permitted")]


def test_the_last_attempt_may_be_called_too(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    default_policy(max_attempts=1)
    _, asked = called(bank)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    assert "ring" in bank.provider.verbs()


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        ("busy", AttemptOutcome.BUSY),
        ("rejected", AttemptOutcome.BUSY),
        ("no-answer", AttemptOutcome.NO_ANSWER),
    ],
)
def test_what_the_provider_says_needs_nobody_to_report_it(
    bank: Floor, django_capture_on_commit_callbacks: Any, cause: str, outcome: str
) -> None:
    follow_up, asked = called(bank)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    rings(bank, asked)
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause=cause)
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause=cause)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.ended_at is None) == (outcome, False)
    assert fresh(follow_up).status == FollowUpStatus.PLANNED
    contact = Interaction.objects.get(is_follow_up=True)
    assert contact.closed_at is not None
    assert "told by the telephone" in contact.summary
    tried = AuditEntry.objects.get(verb="follow-up tried")
    assert tried.detail["told_by"] == "telephone"


@pytest.mark.parametrize("cause", ["canceled", "failed", "switch-gone"])
def test_a_call_that_was_not_made_is_no_try_and_can_be_made_again(bank: Floor, cause: str) -> None:
    follow_up, asked = called(bank)
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause=cause)
    assert Attempt.objects.get().outcome == ""
    contact = Interaction.objects.get(call=asked.call)
    shown = script(interaction=contact)
    assert shown is not None
    assert shown.can_call
    again = dialling.place(fresh(follow_up), by=bank.cast.sam)
    assert again is not None
    assert again.call_id != asked.call_id
    assert Attempt.objects.get().telephone_call == again.call
    assert Attempt.objects.count() == 1


def test_a_phone_that_has_rung_is_not_rung_again_in_the_same_try(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    follow_up, asked = called(bank)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    rings(bank, asked)
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause="hung-up")
    again = dialling.place(fresh(follow_up), by=bank.cast.sam)
    assert again is not None
    assert again.pk == asked.pk
    assert place_due() == 0
    assert bank.provider.verbs() == ["open", "invite", "ring"]
    with pytest.raises(CalledAlready):
        fresh(follow_up).report(by=bank.cast.sam, outcome="not_called")
    fresh(follow_up).report(by=bank.cast.sam, outcome="machine")
    assert Attempt.objects.get().outcome == AttemptOutcome.MACHINE


def test_nobody_can_report_a_call_that_was_not_made(bank: Floor) -> None:
    follow_up = begun(bank.cast, bank.cast.ada)
    for outcome in ("no_answer", "busy", "machine", "wrong_number"):
        with pytest.raises(NotCalledYet):
            follow_up.report(by=bank.cast.sam, outcome=outcome)
    assert fresh(follow_up).status == FollowUpStatus.IN_PROGRESS
    follow_up.report(by=bank.cast.sam, outcome="not_called")
    back = fresh(follow_up)
    assert (back.status, back.owner) == (FollowUpStatus.READY, bank.cast.sam)
    assert back.max_attempts - back.attempts_made == 2
    assert back.begin(by=bank.cast.sam).is_follow_up


def test_do_not_call_between_queueing_and_dialling_is_told_and_nobody_is_called(
    bank: Floor, django_capture_on_commit_callbacks: Any, client: Client
) -> None:
    follow_up, asked = called(bank)
    contact = Interaction.objects.get(call=asked.call)
    SuppressionEntry.suppress(number="+442079460101", reason="Pressed 9")
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    assert bank.provider.verbs() == ["open", "invite", "end"]
    refused = fresh(follow_up)
    assert refused.status == FollowUpStatus.REFUSED
    assert refused.refused_because == "The number is on the do-not-call list"
    assert Attempt.objects.get().outcome == AttemptOutcome.NOT_CALLED
    client.force_login(bank.cast.sam)
    page = client.get(reverse("followups:script", args=[contact.pk])).content.decode()
    assert "Not called" in page
    assert "The number is on the do-not-call list" in page


def test_consent_withdrawn_between_queueing_and_dialling_is_heard(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    follow_up, asked = called(bank)
    bank.cast.ada.record_consent(
        by=bank.cast.rae,
        purpose="survey",
        channel="voice",
        is_granted=False,
        source="call",
        wording_version="2026-01",
    )
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    assert "ring" not in bank.provider.verbs()
    assert fresh(follow_up).status == FollowUpStatus.REFUSED
    last = DialDecision.objects.last()
    assert last is not None
    assert (last.when, last.is_allowed, last.rule) == ("dialling", False, "consent_withdrawn")


def test_refused_when_asked_for_nothing_is_queued_and_no_try_is_used_up(bank: Floor) -> None:
    follow_up = begun(bank.cast, bank.cast.ada)
    SuppressionEntry.suppress(number="+442079460101", reason="Said so")
    assert dialling.place(follow_up, by=bank.cast.sam) is None
    assert not Call.objects.filter(direction="outbound").exists()
    assert fresh(follow_up).status == FollowUpStatus.REFUSED
    assert DialDecision.objects.get().rule == "do_not_call"


def test_in_the_evening_it_comes_back_in_the_morning(bank: Floor) -> None:
    follow_up = begun(bank.cast, bank.cast.ada)
    with time_machine.travel(NOON.replace(hour=20)):
        bank.at_work(bank.cast.sam)
        assert dialling.place(follow_up, by=bank.cast.sam) is None
    waits = fresh(follow_up)
    assert (waits.status, waits.due_at) == (
        FollowUpStatus.PLANNED,
        NOON.replace(day=24, hour=9),
    )
    assert waits.attempts_made < waits.max_attempts


def test_never_again_puts_the_number_on_the_list(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    follow_up, asked = called(bank)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    rings(bank, asked)
    fresh(follow_up).report(by=bank.cast.sam, outcome="opted_out")
    entry = SuppressionEntry.objects.get()
    assert (entry.number, entry.by) == ("+442079460101", bank.cast.sam)
    assert fresh(follow_up).status == FollowUpStatus.REFUSED


def test_without_a_phone_in_a_window_nothing_is_decided(bank: Floor) -> None:
    follow_up = begun(bank.cast, bank.cast.ada, by=bank.cast.rae)
    with pytest.raises(PhoneNotReady):
        dialling.place(follow_up, by=bank.cast.rae)
    assert not DialDecision.objects.exists()
    assert fresh(follow_up).status == FollowUpStatus.IN_PROGRESS


def test_a_settled_follow_up_calls_nobody(bank: Floor) -> None:
    follow_up = begun(bank.cast, bank.cast.ada)
    follow_up.report(by=bank.cast.sam, outcome="not_called")
    with pytest.raises(FollowUpSettled):
        dialling.place(fresh(follow_up), by=bank.cast.sam)


def test_a_telephone_out_of_order_stands_in_the_script(bank: Floor, client: Client) -> None:
    follow_up = begun(bank.cast, bank.cast.ada)
    client.force_login(bank.cast.sam)
    page = client.post(reverse("followups:call", args=[follow_up.pk])).content.decode()
    assert "Connecting you first" in page
    bank.provider.fails = GatewayUnavailable("No switch is running.")
    place_due()
    contact = Interaction.objects.get(is_follow_up=True)
    page = client.get(reverse("followups:script", args=[contact.pk])).content.decode()
    assert "No switch is running." in page
    assert 'data-key="c"' in page
    assert "Not called: put back" in page
    assert "No answer" not in page


def test_with_the_agents_own_phone_the_link_stays(
    cast: Cast, settings: Settings, client: Client
) -> None:
    settings.TELEPHONY_GATEWAY = "own_phone"
    with time_machine.travel(NOON):
        begun(cast, cast.ada)
        client.force_login(cast.sam)
        contact = Interaction.objects.get(is_follow_up=True)
        page = client.get(reverse("followups:script", args=[contact.pk])).content.decode()
    assert 'href="tel:+442079460101"' in page
    assert reverse("followups:call", args=[FollowUp.objects.get().pk]) not in page


@pytest.mark.django_db(transaction=True)
def test_two_agents_and_many_workers_place_one_call(bank: Floor) -> None:
    bank.at_work(bank.cast.rae)
    follow_up = begun(bank.cast, bank.cast.ada)
    people = [bank.cast.sam, bank.cast.rae] * 3

    def place(number: int) -> int:
        asked = dialling.place(fresh(follow_up), by=people[number])
        assert asked
        return asked.pk

    assert len(set(at_once(6, place))) == 1
    at_once(6, lambda _: place_due())
    assert bank.provider.verbs() == ["open", "invite"]
    assert Attempt.objects.get().telephone_call == Call.objects.get(purpose="follow_up")


def test_a_worker_killed_between_claim_and_act_is_not_repeated(bank: Floor) -> None:
    follow_up = begun(bank.cast, bank.cast.ada)
    asked = dialling.place(follow_up, by=bank.cast.sam)
    assert asked
    assert asked.claim()
    for _ in range(3):
        assert place_due() == 0
    assert bank.provider.verbs() == []
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause="switch-gone")
    assert place_due() == 0
    assert bank.provider.verbs() == []
    assert Attempt.objects.get().outcome == ""
