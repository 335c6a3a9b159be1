"""An automatic voice asks after the talk: whom, what, once, and what follows from the answers."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from customers.models import Consent, Purpose
from followups.models import (
    Answer,
    FollowUp,
    FollowUpPolicy,
    FollowUpStatus,
    VoiceAnswer,
    VoiceSurvey,
)
from followups.surveying import questionnaire
from interactions.models import Interaction, Outcome, WrapUpCode
from needs.models import NeedsReview
from routing.assignment import offer_waiting
from routing.models import Place
from service.models import ServiceRequest
from telephony.gateway import CallRefused, Received
from telephony.models import CallEvent
from telephony.protocol import Kind
from telephony.spoken import SPOKEN
from telephony.switch.scripts import Questionnaire
from telephony.taking_in import take_in
from tests.floor import Floor
from tests.followups.scenes import default_policy, put_in_force
from tests.threads import at_once

CODES = ("as_expected", "as_promised", "met_expectations")
OnCommit = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def policy(floor: Floor) -> FollowUpPolicy:
    return default_policy(name="After every contact", delay_minutes=1, asks_by_voice=True)


@pytest.fixture
def place(floor: Floor, policy: FollowUpPolicy) -> Place:
    """Sam talks with Ada, and knows that it is her."""
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(floor.cast.ada.contact_points.get(channel="voice").value)
    offer_waiting()
    floor.answers(place)
    place.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    return place


def hung_up(floor: Floor, place: Place, on_commit: OnCommit) -> str:
    """Sam hangs up; what the provider is asked for then."""
    with on_commit(execute=True):
        floor.leaves(place, "hung-up")
    return floor.provider.verbs()[-1]


def told(floor: Floor, place: Place, kind: Kind, **detail: Any) -> None:
    leg = place.call.customer_leg if kind is not Kind.CALL_ENDED else ""
    floor.provider.tell(place.call, kind, leg, **detail)


def presses(floor: Floor, place: Place, keys: str) -> None:
    """One key a question, "-" for none; then the questions are over."""
    given = {code: key for code, key in zip(CODES, keys, strict=False) if key != "-"}
    for code, key in given.items():
        told(floor, place, Kind.ANSWER_GIVEN, question=code, key=key, tries=1)
    told(floor, place, Kind.QUESTIONS_DONE, answers=given, is_stopped=False)
    told(floor, place, Kind.CALL_ENDED, cause="hung-up")


def close(floor: Floor) -> FollowUp | None:
    interaction = Interaction.objects.get(is_follow_up=False)
    interaction.close(by=floor.cast.sam, wrap_up_code=floor.cast.helped, summary="Done")
    return FollowUp.objects.filter(interaction=interaction).first()


def test_the_customer_is_asked_on_their_own_line_after_the_commit(
    floor: Floor, place: Place, django_capture_on_commit_callbacks: OnCommit
) -> None:
    assert hung_up(floor, place, django_capture_on_commit_callbacks) == "ask"
    survey = VoiceSurvey.objects.get()
    assert survey.questions == list(CODES)
    _, key, detail = floor.provider.asked[-1]
    assert (key, detail["leg"]) == (str(place.call.key), place.call.customer_leg)
    assert "end" not in floor.provider.verbs()


def test_what_is_asked_is_spoken_can_be_stopped_and_ends_the_call() -> None:
    asked = Questionnaire.read(questionnaire(CODES))
    assert (asked.tries, asked.seconds, asked.stop_key, asked.ends) == (2, 6.0, "9", True)
    names = {*asked.before, *asked.after, *asked.stopped, asked.sorry}
    names |= {one.prompt for one in asked.questions}
    assert names < set(SPOKEN)
    assert "survey-stop" in asked.before


@pytest.mark.parametrize(
    "why",
    [
        *("another policy", "policy is silent", "no consent", "never asked", "complaint"),
        *("vulnerable", "nobody known", "follow-up", "only a score"),
    ],
)
def test_who_may_not_be_asked_is_let_go(
    floor: Floor, place: Place, why: str, django_capture_on_commit_callbacks: OnCommit
) -> None:
    ada = floor.cast.ada
    match why:
        case "another policy":
            FollowUpPolicy.objects.update(channels=["email"])
            default_policy(name="Others")
        case "policy is silent":
            FollowUpPolicy.objects.update(asks_by_voice=False)
            put_in_force()
        case "only a score":
            FollowUpPolicy.objects.update(questions=["recommend"])
            put_in_force()
        case "no consent":
            FollowUp.objects.opt_out(customer=ada, by=floor.cast.sam, source="branch")
        case "never asked":
            Interaction.objects.update(customer=_of_no_words(floor))
        case "complaint":
            ServiceRequest.open_request(
                customer=ada,
                request_type=floor.cast.complaint_request,
                subject="Rude",
                owner=floor.cast.sam,
                by=floor.cast.sam,
            )
        case "vulnerable":
            ada.mark_vulnerable(by=floor.cast.sam, because="Bereaved")
        case "nobody known":
            Interaction.objects.update(call=None)
        case "follow-up":
            Interaction.objects.update(is_follow_up=True)
    assert hung_up(floor, place, django_capture_on_commit_callbacks) == "end"
    assert VoiceSurvey.objects.count() == 0


def _of_no_words(floor: Floor) -> Any:
    from customers.models import Customer

    return Customer.objects.create(team=floor.cast.team, name="Di", customer_since="2020-01-01")


def test_a_gateway_that_cannot_ask_ends_the_call(
    floor: Floor,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise CallRefused("There is no prompt.")

    monkeypatch.setattr(floor.provider, "ask", refuse)
    assert hung_up(floor, place, django_capture_on_commit_callbacks) == "end"
    told(floor, place, Kind.CALL_ENDED, cause="hung-up")
    follow_up = close(floor)
    assert follow_up is not None
    assert follow_up.status == FollowUpStatus.PLANNED


@pytest.mark.parametrize("closes_first", [False, True])
def test_all_yes_starts_the_next_cycle(floor: Floor, place: Place, closes_first: bool) -> None:
    floor.leaves(place, "hung-up")
    if closes_first:
        close(floor)
    presses(floor, place, "111")
    if not closes_first:
        close(floor)
    follow_up = FollowUp.objects.get()
    assert (follow_up.status, follow_up.questions) == (FollowUpStatus.ANSWERED, list(CODES))
    assert list(Answer.objects.values_list("question", "is_yes")) == [
        (code, True) for code in CODES
    ]
    review = NeedsReview.objects.get()
    assert (review.customer, review.owner) == (floor.cast.ada, floor.cast.sam)
    assert ServiceRequest.objects.count() == 0
    assert VoiceSurvey.objects.get().settled_at is not None


@pytest.mark.parametrize("closes_first", [False, True])
@pytest.mark.parametrize("keys", ["121", "-2", "2"])
def test_a_no_opens_one_request_owned_by_the_agent(
    floor: Floor, place: Place, closes_first: bool, keys: str
) -> None:
    floor.leaves(place, "hung-up")
    if closes_first:
        close(floor)
    presses(floor, place, keys)
    if not closes_first:
        close(floor)
    request = ServiceRequest.objects.get()
    interaction = Interaction.objects.get()
    assert (request.owner, request.customer) == (floor.cast.sam, floor.cast.ada)
    assert (request.interaction, request.needs_confirmation) == (interaction, True)
    follow_up = FollowUp.objects.get()
    assert (follow_up.status, follow_up.request) == (FollowUpStatus.ANSWERED, request)
    assert NeedsReview.objects.count() == 0


@pytest.mark.parametrize("closes_first", [False, True])
def test_some_yes_and_silence_leave_the_call_planned_and_half_filled_in(
    floor: Floor, place: Place, closes_first: bool
) -> None:
    floor.leaves(place, "hung-up")
    if closes_first:
        close(floor)
    presses(floor, place, "1-")
    if not closes_first:
        close(floor)
    follow_up = FollowUp.objects.get()
    assert follow_up.status == FollowUpStatus.PLANNED
    assert follow_up.kept_draft.typed == {"as_expected": "yes"}
    assert (Answer.objects.count(), ServiceRequest.objects.count()) == (0, 0)
    assert VoiceAnswer.objects.get().is_yes


def test_nothing_said_leaves_the_normal_follow_up(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    presses(floor, place, "")
    follow_up = close(floor)
    assert follow_up is not None
    assert (follow_up.status, follow_up.kept_draft.typed) == (FollowUpStatus.PLANNED, {})


def test_nine_withdraws_consent_and_refuses_all_that_waits_at_once(
    floor: Floor, place: Place
) -> None:
    waiting = _another_follow_up(floor)
    floor.leaves(place, "hung-up")
    told(floor, place, Kind.ANSWER_GIVEN, question="stop", key="9", tries=1)
    newest = Consent.objects.filter(
        customer=floor.cast.ada, purpose=Purpose.SURVEY, channel="voice"
    ).order_by("-pk")[0]
    assert (newest.is_granted, newest.source) == (False, "voice survey")
    waiting.refresh_from_db()
    assert waiting.status == FollowUpStatus.REFUSED
    told(floor, place, Kind.QUESTIONS_DONE, answers={}, is_stopped=True)
    told(floor, place, Kind.CALL_ENDED, cause="hung-up")
    own = _close_last(floor)
    assert own.status == FollowUpStatus.REFUSED
    assert "does not want" in own.refused_because
    assert Consent.objects.filter(is_granted=False, customer=floor.cast.ada).count() == 3


def test_a_no_before_the_nine_is_not_lost(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    told(floor, place, Kind.ANSWER_GIVEN, question="as_expected", key="2", tries=1)
    close(floor)
    told(floor, place, Kind.ANSWER_GIVEN, question="stop", key="9", tries=1)
    assert FollowUp.objects.get().status == FollowUpStatus.REFUSED
    told(floor, place, Kind.QUESTIONS_DONE, answers={"as_expected": "2"}, is_stopped=True)
    assert FollowUp.objects.get().status == FollowUpStatus.ANSWERED
    assert ServiceRequest.objects.get().owner == floor.cast.sam


def _another_follow_up(floor: Floor) -> FollowUp:
    earlier = Interaction.open_contact(customer=floor.cast.ada, by=floor.cast.rae, channel="email")
    earlier.close(by=floor.cast.rae, wrap_up_code=floor.cast.helped, summary="Sent")
    return FollowUp.objects.get(interaction=earlier)


def _close_last(floor: Floor) -> FollowUp:
    interaction = Interaction.objects.open().get()
    interaction.close(by=floor.cast.sam, wrap_up_code=floor.cast.helped, summary="Done")
    return FollowUp.objects.get(interaction=interaction)


def test_the_wrong_wrap_up_loses_no_answer(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    presses(floor, place, "2")
    nobody = WrapUpCode.objects.create(code="nobody", name="Nobody", outcome=Outcome.NOT_REACHED)
    Interaction.objects.get().close(by=floor.cast.sam, wrap_up_code=nobody, summary="")
    assert ServiceRequest.objects.get().owner == floor.cast.sam


def test_who_is_being_called_by_an_agent_is_not_answered_twice(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    close(floor)
    FollowUp.objects.update(status=FollowUpStatus.IN_PROGRESS)
    presses(floor, place, "222")
    assert (Answer.objects.count(), ServiceRequest.objects.count()) == (0, 0)


def test_an_answer_to_another_question_is_no_answer(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    for question, key in (("call_back", "1"), ("as_expected", "7"), ("as_expected", ""), (None, 1)):
        told(floor, place, Kind.ANSWER_GIVEN, question=question, key=key, tries=1)
    assert VoiceAnswer.objects.count() == 0


def test_questions_that_were_over_before_the_hang_up_do_not_end_the_survey(
    floor: Floor, place: Place
) -> None:
    floor.leaves(place, "hung-up")
    before = timezone.now() - timedelta(minutes=1)
    floor.provider.tell(
        place.call, Kind.QUESTIONS_DONE, place.call.customer_leg, at=before, answers={}
    )
    assert VoiceSurvey.objects.get().ended_at is None


def test_a_replay_in_any_order_changes_nothing(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    presses(floor, place, "12")
    close(floor)
    events = [
        Received(one.gateway, one.event_id, one.kind, one.number, one.at, one.leg, one.detail)
        for one in CallEvent.objects.all()
    ]
    random.Random(3).shuffle(events)
    assert take_in(call_key=str(place.call.key), events=events) == 0
    counts = [VoiceSurvey, VoiceAnswer, Answer, ServiceRequest, FollowUp]
    assert [one.objects.count() for one in counts] == [1, 2, 2, 1, 1]  # type: ignore[attr-defined]


def test_what_was_lost_on_the_way_is_in_the_last_event(floor: Floor, place: Place) -> None:
    floor.leaves(place, "hung-up")
    told(floor, place, Kind.QUESTIONS_DONE, answers={"as_expected": "2"}, is_stopped=False)
    close(floor)
    assert ServiceRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_closing_and_the_last_answer_at_once_record_it_once(
    floor: Floor, place: Place, turn: int
) -> None:
    del turn
    floor.leaves(place, "hung-up")
    told(floor, place, Kind.ANSWER_GIVEN, question="as_expected", key="2", tries=1)
    connection.close()

    def work(number: int) -> None:
        if number % 2:
            Interaction.objects.get().close(
                by=floor.cast.sam, wrap_up_code=floor.cast.helped, summary="Done"
            )
        else:
            told(floor, place, Kind.QUESTIONS_DONE, answers={"as_expected": "2"}, is_stopped=False)

    at_once(4, work)
    assert [ServiceRequest.objects.count(), Answer.objects.count()] == [1, 1]
    assert FollowUp.objects.get().status == FollowUpStatus.ANSWERED
