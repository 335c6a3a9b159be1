"""A follow-up by an automatic voice: rung once, only while allowed, and what was said counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from customers.models import Customer
from followups import dialling, voicing
from followups.grounds import Facts, Rule
from followups.models import (
    Answer,
    Attempt,
    AttemptOutcome,
    FollowUp,
    FollowUpPolicy,
    FollowUpQuerySet,
    FollowUpStatus,
    VoiceSurvey,
    Way,
)
from followups.models.owed import PARKED_AFTER
from followups.surveying import questionnaire
from followups.sweeping import sweep
from followups.tasks import call_by_voice
from interactions.models import Interaction, TimelineEntry
from routing import outbound
from routing.assignment import offer_waiting
from routing.models import DialDecision, OutboundCall
from service.models import ServiceRequest
from telephony.gateway import CallRefused, CallState, GatewayUnavailable
from telephony.models import Call, CallerId, GatewayCircuit, Purpose, SuppressionEntry
from telephony.models.circuits import FAILURES
from telephony.protocol import Kind
from telephony.reconciling import lost
from telephony.spoken import SPOKEN
from telephony.switch.scripts import Questionnaire
from telephony.taking_in import take_in
from telephony.twilio.asked import NotDone
from tests.cast import customer
from tests.floor import Floor, open_floor
from tests.followups.scenes import NOON, default_policy, owed, put_in_force
from tests.threads import at_once

CODES = ("as_expected", "as_promised", "met_expectations")
OnCommit = DjangoCaptureOnCommitCallbacks


def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Floor:
    found = open_floor(settings, monkeypatch)
    default_policy(ways=[Way.VOICE, Way.AGENT])
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on=date(2026, 1, 5))
    return found


@pytest.fixture
def bank(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Monday's noon; follow-ups are made by an automatic voice."""
    with time_machine.travel(NOON):
        yield opened(settings, monkeypatch)


def ready(floor: Floor, person: Customer | None = None) -> FollowUp:
    follow_up = owed(floor.cast, person or floor.cast.ada)
    sweep(at=NOON)
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.READY
    return follow_up


def rung(floor: Floor) -> tuple[FollowUp, Call]:
    """Ada's phone rings."""
    follow_up = ready(floor)
    assert voicing.call_due() == 1
    follow_up.refresh_from_db()
    call = Call.objects.get(purpose="survey")
    told(floor, call, Kind.LEG_ADDED)
    told(floor, call, Kind.LEG_RINGING)
    return follow_up, call


def told(floor: Floor, call: Call, kind: Kind, **detail: Any) -> None:
    leg = "" if kind is Kind.CALL_ENDED else call.customer_leg
    if leg:
        detail = {"party": "customer"} | detail
    floor.provider.tell(call, kind, leg, **detail)


def answered(floor: Floor, capture: OnCommit) -> tuple[FollowUp, Call]:
    follow_up, call = rung(floor)
    with capture(execute=True):
        told(floor, call, Kind.LEG_ANSWERED)
    return follow_up, call


def presses(floor: Floor, call: Call, keys: str) -> None:
    """One key a question, "-" for none; "9" stops; then the customer, or the voice, hangs up."""
    told(floor, call, Kind.ANSWER_GIVEN, question="go_on", key="1", tries=1)
    given = {code: key for code, key in zip(CODES, keys, strict=False) if key in "12"}
    for code, key in given.items():
        told(floor, call, Kind.ANSWER_GIVEN, question=code, key=key, tries=1)
    if "9" in keys:
        told(floor, call, Kind.ANSWER_GIVEN, question="stop", key="9", tries=1)
    if "9" in keys or len(keys) == len(CODES):
        told(floor, call, Kind.QUESTIONS_DONE, answers=given, is_stopped="9" in keys)
    told(floor, call, Kind.CALL_ENDED, cause="hung-up")


def last_attempt(follow_up: FollowUp) -> Attempt:
    follow_up.refresh_from_db()
    found = Attempt.objects.filter(follow_up=follow_up).last()
    assert found
    return found


def test_a_due_follow_up_rings_the_customers_phone(bank: Floor) -> None:
    follow_up = ready(bank)
    call_by_voice()
    call = Call.objects.get()
    ((verb, key, how),) = bank.provider.asked
    assert (verb, key) == ("open", str(call.key))
    assert how == {"leg": call.customer_leg, "direction": "outbound", "ring": 30}
    assert (call.remote_number, call.caller_id) == ("+442079460101", "+442079460000")
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.attempts_made) == (FollowUpStatus.IN_PROGRESS, 1)
    decisions = DialDecision.objects.all()
    assert [(one.when, one.is_allowed, one.rule) for one in decisions] == [
        ("queued", True, "permitted"),
        ("dialling", True, "permitted"),
    ]
    assert {one.by for one in decisions} == {None}
    assert not Interaction.objects.filter(is_follow_up=True).exists()


def test_more_sweeps_ring_nobody_again(bank: Floor) -> None:
    rung(bank)
    for _ in range(3):
        sweep()
        assert voicing.call_due() == 0
    assert bank.provider.verbs() == ["open"]
    assert (Call.objects.count(), Attempt.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_ring_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = opened(settings, monkeypatch)
    with time_machine.travel(NOON, tick=False):
        ready(floor)
        at_once(6, lambda _: voicing.call_due())
        voicing.call_due()
    assert floor.provider.verbs() == ["open"]
    assert (Call.objects.count(), Attempt.objects.count()) == (1, 1)
    assert DialDecision.objects.filter(when="dialling").count() == 1
    settings.VOICE_CALLS_PER_MINUTE = 600
    with time_machine.travel(NOON, tick=False):
        ready(floor, floor.cast.ben)
        assert voicing.take(at=NOON) == 1
        with transaction.atomic():
            OutboundCall.objects.asked().select_for_update().get()
            assert at_once(1, lambda _: outbound.ring_due()) == [0]  # another process rings it


def test_a_worker_killed_before_its_claim_leaves_the_call_to_the_next(bank: Floor) -> None:
    follow_up = ready(bank)
    assert voicing.queue(follow_up)  # and then it dies
    assert bank.provider.verbs() == []
    assert voicing.call_due() == 1
    assert bank.provider.verbs() == ["open"]


def test_what_the_provider_surely_never_had_is_tried_again_later(bank: Floor) -> None:
    follow_up = ready(bank)
    asked = voicing.queue(follow_up)
    assert asked
    assert asked.claim_all()  # and then it dies
    assert voicing.call_due() == 0
    assert bank.provider.verbs() == []
    take_in(call_key=str(asked.call.key), events=[lost(asked.call)])  # as the provider says
    attempt = last_attempt(follow_up)
    assert attempt.outcome == AttemptOutcome.NOT_CALLED
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.VOICE)
    assert (follow_up.failures, follow_up.waits_because) == (1, voicing.NOT_PLACED)
    assert follow_up.due_at - NOON >= timedelta(seconds=15)
    assert follow_up.max_attempts - follow_up.attempts_made == 2
    assert voicing.call_due() == 0
    with time_machine.travel(NOON + timedelta(minutes=5)):
        sweep()
        assert voicing.call_due() == 1
    assert bank.provider.verbs() == ["open"]
    assert Call.objects.count() == 2


def test_a_voices_call_that_may_have_rung_is_not_ended_unasked(bank: Floor) -> None:
    asked = voicing.queue(ready(bank))
    assert asked
    assert asked.claim_all()
    OutboundCall.objects.update(claimed_at=NOON - timedelta(minutes=2))
    outbound.place_due()
    assert bank.provider.verbs() == []
    assert not Call.objects.get().is_over


def test_what_the_provider_had_is_a_try_whatever_became_of_it(bank: Floor) -> None:
    """It was ended before anybody was told that it rang: nobody is called again at once."""
    follow_up = ready(bank)
    assert voicing.call_due() == 1
    call = Call.objects.get()
    told(bank, call, Kind.LEG_ADDED)
    told(bank, call, Kind.CALL_ENDED, cause="canceled")
    assert last_attempt(follow_up).outcome == AttemptOutcome.BROKEN_OFF
    assert follow_up.due_at - NOON >= timedelta(hours=24)
    assert follow_up.max_attempts - follow_up.attempts_made == 1


def test_a_provider_in_vain_is_left_alone_and_what_fails_again_and_again_is_parked(
    bank: Floor,
) -> None:
    follow_up = ready(bank)
    bank.provider.fails = NotDone("Nobody there.")
    at = NOON
    for failures in range(1, PARKED_AFTER + 1):
        with time_machine.travel(at):
            GatewayCircuit.objects.all().delete()
            sweep()
            voicing.call_due()
        follow_up.refresh_from_db()
        assert follow_up.failures == failures
        at += timedelta(minutes=15)
    assert follow_up.status == FollowUpStatus.PARKED
    assert list(FollowUp.objects.parked()) == [follow_up]
    bank.provider.fails = None
    assert follow_up.unpark(by=bank.cast.una)
    assert not follow_up.unpark(by=bank.cast.una)
    with time_machine.travel(at):
        sweep()
        assert voicing.call_due() == 1


def test_after_failures_in_a_row_nobody_is_asked_for_a_while(bank: Floor) -> None:
    ready(bank)
    for _ in range(FAILURES):
        GatewayCircuit.failed(bank.provider.name, asked_at=NOON, at=NOON)
    assert voicing.call_due() == 0
    assert FollowUp.objects.get().status == FollowUpStatus.READY
    circuit = GatewayCircuit.objects.get()
    assert circuit.open_until
    assert timedelta(seconds=5) <= circuit.open_until - NOON <= timedelta(seconds=7)
    with time_machine.travel(NOON + timedelta(seconds=20)):
        assert voicing.call_due() == 1
    assert GatewayCircuit.room(bank.provider.name, at=NOON) is None


def test_a_backlog_is_no_storm(bank: Floor, settings: Settings) -> None:
    settings.VOICE_LINES, settings.VOICE_CALLS_PER_MINUTE = 50, 60
    for number in range(5):
        person = customer(f"Di {number}", bank.cast.team, f"020 7946 02{number:02d}")
        ready(bank, person)
    assert voicing.call_due() == 2
    assert voicing.call_due() == 0
    with time_machine.travel(NOON + timedelta(seconds=50)):
        assert voicing.call_due() == 2


def test_what_cannot_be_called_holds_up_none_behind_it(
    bank: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = ready(bank, bank.cast.ben)
    FollowUp.objects.filter(pk=poison.pk).update(due_at=NOON - timedelta(hours=1))
    ready(bank)
    queue = voicing.queue

    def poisoned(follow_up: FollowUp, facts: Facts | None) -> object:
        return 1 / 0 if follow_up.pk == poison.pk else queue(follow_up, facts)

    monkeypatch.setattr(voicing, "queue", poisoned)
    assert voicing.call_due() == 1
    poison.refresh_from_db()
    assert (poison.status, poison.failures) == (FollowUpStatus.PLANNED, 1)
    assert poison.waits_because == "Cannot be called: ZeroDivisionError"


def test_facts_are_read_together_and_each_alone_where_one_cannot_be(
    bank: Floor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VOICE_CALLS_PER_MINUTE = 600
    poison = ready(bank, bank.cast.ben)
    FollowUp.objects.filter(pk=poison.pk).update(due_at=NOON - timedelta(hours=1))
    ready(bank)
    facts, asked = FollowUpQuerySet.facts, []

    def poisoned(self: FollowUpQuerySet) -> dict[int, Facts]:
        found = facts(self)
        asked.append(set(found))
        return {} if poison.pk in found and 1 / 0 else found

    monkeypatch.setattr(FollowUpQuerySet, "facts", poisoned)
    assert voicing.call_due() == 1
    assert [len(one) for one in asked][:2] == [2, 1]
    poison.refresh_from_db()
    assert poison.waits_because == "Cannot be called: ZeroDivisionError"


def test_while_a_voice_calls_nobody_of_ours_is_looked_for(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    _, call = rung(bank)
    with django_capture_on_commit_callbacks() as afterwards:
        told(bank, call, Kind.LEG_ANSWERED)
    assert afterwards  # the voice is to ask
    assert offer_waiting not in afterwards


def test_a_call_that_cannot_be_decided_is_put_off_and_holds_up_none_behind_it(
    bank: Floor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VOICE_CALLS_PER_MINUTE = 600
    poison = ready(bank, bank.cast.ben)
    FollowUp.objects.filter(pk=poison.pk).update(due_at=NOON - timedelta(hours=1))
    ready(bank)
    assert voicing.take(at=NOON) == 2
    rules = dialling.rules

    def poisoned(wanted: outbound.Wanted, at: datetime) -> outbound.Ruling:
        if wanted.customer == bank.cast.ben:
            raise ZeroDivisionError
        return rules(wanted, at)

    guard = outbound.Guard(poisoned, voicing.not_dialled)
    monkeypatch.setitem(outbound.GUARDS, Purpose.SURVEY, guard)
    assert outbound.ring_due() == 1
    poison.refresh_from_db()
    assert (poison.status, poison.failures) == (FollowUpStatus.PLANNED, 1)
    assert Attempt.objects.get(follow_up=poison).outcome == AttemptOutcome.NOT_CALLED


def test_a_worker_killed_after_ringing_rings_nobody_again(bank: Floor) -> None:
    follow_up, call = rung(bank)
    Call.objects.update(place="")  # it died before it wrote down where the call is
    bank.provider.tell(call, Kind.CALL_CREATED, switch="s1")
    call.refresh_from_db()
    assert call.place == "s1"
    assert voicing.call_due() == 0
    assert bank.provider.verbs() == ["open"]
    assert follow_up.status == FollowUpStatus.IN_PROGRESS


def test_no_answer_from_the_gateway_is_left_to_the_reconciliation(bank: Floor) -> None:
    follow_up = ready(bank)
    bank.provider.fails = GatewayUnavailable("slow")
    assert voicing.call_due() == 0
    bank.provider.fails = None
    assert voicing.call_due() == 0
    assert bank.provider.verbs() == []
    assert last_attempt(follow_up).ended_at is None
    told(bank, Call.objects.get(), Kind.LEG_RINGING)  # it had heard us after all
    assert last_attempt(follow_up).ended_at is None
    assert Call.objects.get().state == CallState.RINGING


def test_a_refusal_of_the_gateway_is_no_attempt_and_an_agents(bank: Floor) -> None:
    follow_up = ready(bank)
    bank.provider.fails = CallRefused("This number cannot be called.")
    assert voicing.call_due() == 0
    attempt = last_attempt(follow_up)
    assert attempt.outcome == AttemptOutcome.NOT_CALLED
    assert OutboundCall.objects.get().told == "This number cannot be called."
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.AGENT)
    assert follow_up.max_attempts - follow_up.attempts_made == 2


def queued(floor: Floor) -> FollowUp:
    follow_up = ready(floor)
    assert voicing.queue(follow_up)
    return follow_up


def not_dialled(floor: Floor, follow_up: FollowUp, rule: str) -> None:
    assert outbound.ring_due() == 0
    assert floor.provider.verbs() == []
    last = DialDecision.objects.latest("pk")
    assert (last.when, last.is_allowed, last.rule) == ("dialling", False, rule)
    assert last_attempt(follow_up).outcome == AttemptOutcome.NOT_CALLED
    assert OutboundCall.objects.get().told == f"Not dialled: {last.words}."
    assert Call.objects.get().state == CallState.CANCELED


def test_do_not_call_between_queueing_and_dialling(bank: Floor) -> None:
    follow_up = queued(bank)
    SuppressionEntry.suppress(number="+442079460101", reason="Asked", by=bank.cast.una)
    not_dialled(bank, follow_up, "do_not_call")
    assert follow_up.status == FollowUpStatus.REFUSED
    assert follow_up.refused_because == Rule.DO_NOT_CALL.label
    entry = TimelineEntry.objects.filter(customer=bank.cast.ada).latest("pk")
    assert (entry.title, entry.detail) == ("Follow-up: not called", Rule.DO_NOT_CALL.label)


def test_consent_withdrawn_between_queueing_and_dialling(bank: Floor) -> None:
    follow_up = queued(bank)
    FollowUp.objects.opt_out(customer=bank.cast.ada, by=bank.cast.sam, source="branch")
    not_dialled(bank, follow_up, "consent_withdrawn")
    assert follow_up.status == FollowUpStatus.REFUSED


def test_a_complaint_opened_between_queueing_and_dialling(bank: Floor) -> None:
    follow_up = queued(bank)
    ServiceRequest.open_request(
        customer=bank.cast.ada,
        request_type=bank.cast.complaint_request,
        subject="Rude",
        owner=bank.cast.sam,
        by=bank.cast.sam,
    )
    not_dialled(bank, follow_up, "complaint_open")
    assert follow_up.status == FollowUpStatus.PLANNED
    assert follow_up.due_at >= NOON + timedelta(hours=24)


def test_the_hours_over_between_queueing_and_dialling(bank: Floor) -> None:
    follow_up = queued(bank)
    with time_machine.travel(NOON.replace(hour=21)):
        not_dialled(bank, follow_up, "outside_hours")
    assert follow_up.status == FollowUpStatus.PLANNED
    assert follow_up.max_attempts - follow_up.attempts_made == 2


def test_whom_a_person_has_to_call_is_called_by_no_voice(bank: Floor) -> None:
    follow_up = queued(bank)
    bank.cast.ada.mark_vulnerable(by=bank.cast.sam, because="Bereaved")
    not_dialled(bank, follow_up, "person_only")
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.AGENT)


@pytest.mark.parametrize("why", ["vulnerable", "no number of ours", "only a score", "no voice"])
def test_what_is_not_for_a_voice_is_an_agents_at_once(
    bank: Floor, why: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up = ready(bank)
    match why:
        case "vulnerable":
            bank.cast.ada.mark_vulnerable(by=bank.cast.sam, because="Bereaved")
        case "no number of ours":
            CallerId.objects.all().delete()
        case "only a score":
            FollowUp.objects.update(questions=["recommend"])
        case "no voice":
            monkeypatch.setattr(type(bank.provider), "capabilities", frozenset())
    assert voicing.call_due() == 0
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.AGENT)
    assert follow_up.waits_because
    assert (Call.objects.count(), Attempt.objects.count()) == (0, 0)


def test_a_line_in_use_is_not_called(bank: Floor) -> None:
    follow_up = ready(bank)
    inbound = Call.objects.create(
        gateway="switch", direction="inbound", remote_number="+442079460101"
    )
    assert voicing.call_due() == 0
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.READY
    bank.provider.tell(inbound, Kind.CALL_ENDED, cause="hung-up")
    assert voicing.call_due() == 1


def test_one_customer_is_called_by_one_voice_at_a_time(bank: Floor) -> None:
    ready(bank)
    ready(bank)
    Call.objects.all().delete()
    assert voicing.call_due() == 1
    Call.objects.update(remote_number="")  # as if the line were another one
    assert voicing.call_due() == 0
    assert sorted(FollowUp.objects.values_list("status", flat=True)) == ["in_progress", "ready"]
    assert Attempt.objects.count() == 1


def test_who_answers_is_told_who_calls_and_asked_to_press_one(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    _, call = answered(bank, django_capture_on_commit_callbacks)
    assert bank.provider.verbs() == ["open", "ask"]
    _, key, how = bank.provider.asked[-1]
    assert (key, how["leg"]) == (str(call.key), call.customer_leg)
    asked = Questionnaire.read(how["questionnaire"])
    assert asked.before == ("survey-own-greeting",)
    assert [one.code for one in asked.questions] == ["go_on", *CODES]
    assert [one.is_needed for one in asked.questions] == [True, False, False, False]
    assert (asked.tries, asked.seconds, asked.stop_key, asked.ends) == (2, 6.0, "9", True)
    assert {*asked.before, *(one.prompt for one in asked.questions)} < set(SPOKEN)


def test_the_line_of_a_talk_is_asked_without_a_key_to_go_on() -> None:
    asked = Questionnaire.read(questionnaire(CODES))
    assert [one.is_needed for one in asked.questions] == [False, False, False]


def test_a_no_is_an_owned_request_and_a_contact_without_a_follow_up(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    presses(bank, call, "121")
    attempt = last_attempt(follow_up)
    assert follow_up.status == FollowUpStatus.ANSWERED
    assert list(Answer.objects.order_by("pk").values_list("question", "is_yes")) == [
        ("as_expected", True),
        ("as_promised", False),
        ("met_expectations", True),
    ]
    request = ServiceRequest.objects.get()
    assert (request.owner, request.pk) == (bank.cast.sam, follow_up.request_id)
    contact = Interaction.objects.get(is_follow_up=True)
    assert (contact.call_id, contact.agent, contact.closed_at is not None) == (call.pk, None, True)
    assert attempt.outcome == AttemptOutcome.REACHED
    assert (attempt.call, follow_up.call, attempt.telephone_call) == (contact, contact, call)
    assert FollowUp.objects.count() == 1
    titles = TimelineEntry.objects.filter(interaction_id=contact.pk).values_list("title", flat=True)
    assert "Follow-up: as expected, not as promised, expectations met" in set(titles)
    assert OutboundCall.objects.get().ended_at is not None


def test_all_well_starts_the_next_cycle(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    presses(bank, call, "111")
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.request) == (FollowUpStatus.ANSWERED, None)


def test_nine_cancels_everything_that_waits(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    other = owed(bank.cast, bank.cast.ada)
    told(bank, call, Kind.ANSWER_GIVEN, question="stop", key="9", tries=1)
    other.refresh_from_db()
    assert other.status == FollowUpStatus.REFUSED
    told(bank, call, Kind.QUESTIONS_DONE, answers={}, is_stopped=True)
    assert last_attempt(follow_up).outcome == AttemptOutcome.DECLINED
    assert follow_up.status == FollowUpStatus.REFUSED
    assert bank.cast.ada.consents.filter(is_granted=False).count() == 3
    assert Interaction.objects.filter(is_follow_up=True, closed_at=None).count() == 0


def test_what_was_answered_in_part_is_kept_for_an_agent(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    presses(bank, call, "1")
    assert last_attempt(follow_up).outcome == AttemptOutcome.PARTIAL
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.AGENT)
    assert follow_up.draft.typed == {"as_expected": "yes"}
    assert follow_up.due_at >= NOON + timedelta(hours=24)


def test_what_was_answered_in_part_counts_where_no_try_is_left(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    FollowUpPolicy.objects.update(max_attempts=1, ways=[Way.VOICE])
    put_in_force()
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    presses(bank, call, "11")
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.questions) == (FollowUpStatus.ANSWERED, list(CODES[:2]))


def test_who_presses_nothing_is_tried_again_by_the_voice(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    told(bank, call, Kind.QUESTIONS_DONE, answers={}, is_stopped=False)
    told(bank, call, Kind.CALL_ENDED, cause="hung-up")
    assert last_attempt(follow_up).outcome == AttemptOutcome.SILENT
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.VOICE)


def test_a_machine_is_one_where_the_provider_says_so(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    follow_up, call = answered(bank, django_capture_on_commit_callbacks)
    told(bank, call, Kind.MACHINE_DETECTED, by="machine")
    told(bank, call, Kind.CALL_ENDED, cause="hung-up")
    assert last_attempt(follow_up).outcome == AttemptOutcome.MACHINE


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        ("busy", AttemptOutcome.BUSY),
        ("rejected", AttemptOutcome.BUSY),
        ("no-answer", AttemptOutcome.NO_ANSWER),
        ("switch-gone", AttemptOutcome.BROKEN_OFF),
    ],
)
def test_who_does_not_answer_is_tried_again_in_a_day(
    bank: Floor, cause: str, outcome: AttemptOutcome
) -> None:
    follow_up, call = rung(bank)
    told(bank, call, Kind.CALL_ENDED, cause=cause)
    assert last_attempt(follow_up).outcome == outcome
    assert follow_up.status == FollowUpStatus.PLANNED
    assert not Interaction.objects.filter(is_follow_up=True).exists()
    with time_machine.travel(NOON + timedelta(days=1, minutes=1)):
        sweep()
        assert voicing.call_due() == 1
    assert bank.provider.verbs() == ["open", "open"]
    assert Call.objects.count() == 2


def test_two_tries_and_no_more(bank: Floor) -> None:
    FollowUpPolicy.objects.update(ways=[Way.VOICE])
    put_in_force()
    follow_up, call = rung(bank)
    told(bank, call, Kind.CALL_ENDED, cause="no-answer")
    with time_machine.travel(NOON + timedelta(days=1, minutes=1)):
        sweep()
        voicing.call_due()
        second = Call.objects.latest("pk")
        told(bank, second, Kind.LEG_RINGING)
        told(bank, second, Kind.CALL_ENDED, cause="busy")
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.attempts_made) == (FollowUpStatus.UNREACHABLE, 2)
    with time_machine.travel(NOON + timedelta(days=3)):
        sweep()
        assert voicing.call_due() == 0


def test_who_answered_while_everything_was_down_is_asked_by_the_next_sweep(bank: Floor) -> None:
    _, call = rung(bank)
    told(bank, call, Kind.LEG_ANSWERED)  # whoever took it in dies before it commits to ask
    assert VoiceSurvey.objects.get().asked_at is None
    with time_machine.travel(NOON + timedelta(seconds=20)):
        voicing.call_due()
        voicing.call_due()
    assert bank.provider.verbs() == ["open", "ask"]
    with time_machine.travel(NOON + timedelta(minutes=6)):
        voicing.call_due()
    assert bank.provider.verbs() == ["open", "ask", "end"]


def test_a_gateway_that_cannot_ask_lets_the_customer_go(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    _, call = rung(bank)
    asked = bank.provider.ask

    def refuses(*_: Any, **__: Any) -> None:
        raise CallRefused("There is no prompt called so.")

    bank.provider.ask = refuses  # type: ignore[method-assign]
    with django_capture_on_commit_callbacks(execute=True):
        told(bank, call, Kind.LEG_ANSWERED)
    bank.provider.ask = asked  # type: ignore[method-assign]
    assert bank.provider.verbs() == ["open", "end"]


def test_agents_do_not_see_what_the_voice_makes(bank: Floor) -> None:
    follow_up = ready(bank)
    assert not FollowUp.objects.waiting_for(bank.cast.sam).exists()
    assert list(FollowUp.objects.for_the_voice()) == [follow_up]


def test_a_policy_says_who_calls() -> None:
    policy = FollowUpPolicy(name="All", delay_minutes=1, ways=[Way.VOICE, Way.AGENT])
    assert "by an automatic voice, else by phone between" in policy.summary


def test_the_page_of_the_follow_up_says_what_was_tried_and_why_not(bank: Floor) -> None:
    follow_up = queued(bank)
    SuppressionEntry.suppress(number="+442079460101", reason="Asked", by=bank.cast.una)
    not_dialled(bank, follow_up, "do_not_call")
    una = Client()
    una.force_login(bank.cast.una)
    shown = una.get(reverse("followups:owed", args=[follow_up.pk])).content.decode()
    assert str(Rule.DO_NOT_CALL.label) in shown
    assert "Not called, by an automatic voice" in shown


def test_the_contact_of_the_call_shows_its_answers(
    bank: Floor, django_capture_on_commit_callbacks: OnCommit
) -> None:
    _, call = answered(bank, django_capture_on_commit_callbacks)
    presses(bank, call, "111")
    una = Client()
    una.force_login(bank.cast.una)
    contact = Interaction.objects.get(is_follow_up=True)
    shown = una.get(reverse("followups:script", args=[contact.pk])).content.decode()
    assert "Follow-up call" in shown
    assert "reported by" not in shown
