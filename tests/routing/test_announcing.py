"""What do callers hear who wait, and who call while nobody is here?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from routing.announcing import tell_waiting
from routing.assignment import offer_waiting
from routing.models import CallBack, Place, PlaceState, Queue, RecordingPolicy
from telephony.gateway import GatewayUnavailable
from telephony.protocol import Kind
from tests.floor import Floor
from tests.threads import at_once

NUMBER = "+442079460101"


def told_after(seconds: int) -> int:
    return tell_waiting(at=timezone.now() + timedelta(seconds=seconds))


def said(floor: Floor) -> list[tuple[str, Any]]:
    return [
        (verb, detail.get("prompts") or detail["questionnaire"])
        for verb, _, detail in floor.provider.asked
        if verb in {"say", "ask"}
    ]


def presses(floor: Floor, place: Place, key: str) -> None:
    detail: dict[str, Any] = {"question": "call_back", "key": key, "tries": 1}
    floor.provider.tell(place.call, Kind.ANSWER_GIVEN, place.call.customer_leg, **detail)
    place.refresh_from_db()


def test_a_caller_hears_the_place_after_ten_seconds_and_every_45(floor: Floor) -> None:
    floor.calls_in()
    assert [told_after(one) for one in (9, 11, 55, 57, 101, 103)] == [0, 1, 0, 1, 0, 1]
    assert said(floor) == [("say", ["queue-1"])] * 3


def test_each_hears_their_own_place_and_about_how_long(floor: Floor) -> None:
    now = timezone.now()
    for _ in range(3):
        done = floor.calls_in()
        Place.objects.filter(pk=done.pk).update(
            state=PlaceState.DONE, answered_at=now, ended_at=now + timedelta(minutes=4)
        )
    floor.calls_in()
    floor.calls_in()
    assert told_after(11) == 2
    assert said(floor) == [("say", ["queue-1", "wait-4"]), ("say", ["queue-2", "wait-8"])]


def test_the_first_time_the_call_back_is_offered_by_key(floor: Floor) -> None:
    floor.calls_in(NUMBER)
    told_after(11)
    told_after(60)
    (first, asked), second = said(floor)
    assert first == "ask"
    assert asked["before"] == ["queue-1"]
    assert asked["questions"] == [{"code": "call_back", "prompt": "call-back-offer", "keys": "1"}]
    assert second == ("say", ["queue-1"])


def test_where_the_queue_records_that_is_said_before_all_and_once(floor: Floor) -> None:
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.calls_in()
    assert [told_after(one) for one in (0, 1, 44, 46)] == [1, 0, 0, 1]
    assert said(floor) == [("say", ["recording-notice", "queue-1"]), ("say", ["queue-1"])]


def test_the_notice_stands_before_the_offer_of_a_call_back(floor: Floor) -> None:
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.calls_in(NUMBER)
    told_after(0)
    ((verb, asked),) = said(floor)
    assert (verb, asked["before"]) == ("ask", ["recording-notice", "queue-1"])


def test_who_waits_for_nobody_hears_the_notice_while_the_phone_rings(floor: Floor) -> None:
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(NUMBER)
    offer_waiting()
    assert [told_after(one) for one in (0, 60)] == [1, 0]
    assert said(floor) == [("say", ["recording-notice"])]
    floor.answers(place)
    assert told_after(120) == 0


@pytest.mark.parametrize("state", [PlaceState.OFFERED, PlaceState.TALKING])
def test_nobody_is_interrupted_who_is_about_to_talk(floor: Floor, state: PlaceState) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(NUMBER)
    offer_waiting()
    if state is PlaceState.TALKING:
        floor.answers(place)
    assert told_after(100) == 0
    assert said(floor) == []


def test_who_is_not_on_the_line_is_told_nothing(floor: Floor) -> None:
    place = floor.calls_in(NUMBER)
    leg = place.call.customer_leg
    floor.provider.tell(place.call, Kind.LEG_LOST, leg, party="customer")
    assert told_after(60) == 0


def test_a_provider_that_is_silent_is_asked_once_and_again_at_the_next_turn(floor: Floor) -> None:
    floor.calls_in()
    floor.calls_in()
    floor.provider.fails = GatewayUnavailable("silent")
    assert told_after(11) == 2
    floor.provider.fails = None
    assert told_after(12) == 0
    assert told_after(57) == 2


@pytest.mark.parametrize("is_offered", [False, True])
def test_the_key_makes_the_call_back_and_says_goodbye_then(
    floor: Floor,
    is_offered: bool,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = floor.calls_in(NUMBER)
    if is_offered:
        floor.at_work(floor.cast.sam)
        offer_waiting()
    with django_capture_on_commit_callbacks(execute=True):
        presses(floor, place, "1")
    owed = CallBack.objects.get()
    assert (owed.reason, owed.number, owed.entered_at) == ("asked", NUMBER, place.entered_at)
    assert place.state == PlaceState.CALL_BACK
    expected = ["say", "drop"] if is_offered else ["say"]
    assert floor.provider.verbs()[-len(expected) :] == expected
    assert said(floor)[-1] == ("say", ["call-back-kept"])
    with django_capture_on_commit_callbacks(execute=True):
        answers = {"call_back": "1"}
        leg = place.call.customer_leg
        floor.provider.tell(place.call, Kind.QUESTIONS_DONE, leg, answers=answers)
    assert "end" not in floor.provider.verbs()
    with django_capture_on_commit_callbacks(execute=True):
        floor.provider.tell(place.call, Kind.PROMPT_DONE, leg, prompts=["call-back-kept"])
    assert floor.provider.verbs()[-1] == "end"
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause="hung-up")
    assert CallBack.objects.count() == 1


def test_no_key_leaves_the_caller_where_they_are(floor: Floor) -> None:
    place = floor.calls_in(NUMBER)
    presses(floor, place, "")
    assert (place.state, CallBack.objects.count()) == (PlaceState.WAITING, 0)


def test_a_key_that_comes_when_an_agent_has_answered_changes_nothing(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(NUMBER)
    offer_waiting()
    floor.answers(place)
    presses(floor, place, "1")
    assert (place.state, CallBack.objects.count()) == (PlaceState.TALKING, 0)


def test_who_lost_the_agent_hears_that_we_reconnect(
    floor: Floor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(NUMBER)
    offer_waiting()
    floor.answers(place)
    with django_capture_on_commit_callbacks(execute=True):
        floor.leaves(place, "lost")
    assert ("say", ["reconnecting"]) in said(floor)
    assert told_after(40) == 0


@pytest.mark.parametrize("number", [NUMBER, ""])
def test_out_of_hours_nobody_is_rung_and_the_caller_is_told(
    floor: Floor, number: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Queue.objects.update(days=[])
    floor.at_work(floor.cast.sam)
    with django_capture_on_commit_callbacks(execute=True):
        place = floor.calls_in(number)
    offer_waiting()
    assert told_after(100) == 0
    assert "invite" not in floor.provider.verbs()
    ((verb, words),) = said(floor)
    if number:
        assert (verb, words["before"], words["questions"][0]["code"]) == (
            *("ask", ["closed"]),
            "call_back",
        )
        kind = Kind.QUESTIONS_DONE
    else:
        assert (verb, words) == ("say", ["closed"])
        kind = Kind.PROMPT_DONE
    with django_capture_on_commit_callbacks(execute=True):
        floor.provider.tell(place.call, kind, place.call.customer_leg, answers={})
    assert floor.provider.verbs()[-1] == "end"
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause="hung-up")
    place.refresh_from_db()
    assert (place.state, CallBack.objects.count()) == (PlaceState.CLOSED, 0)
    assert place.ended_at is not None


def test_out_of_hours_one_key_has_us_call_back(
    floor: Floor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Queue.objects.update(days=[])
    place = floor.calls_in(NUMBER)
    with django_capture_on_commit_callbacks(execute=True):
        presses(floor, place, "1")
        floor.provider.tell(place.call, Kind.QUESTIONS_DONE, place.call.customer_leg, answers={})
    assert (place.state, CallBack.objects.get().reason) == (PlaceState.CALL_BACK, "asked")
    assert floor.provider.verbs()[-1] == "say"


@pytest.mark.django_db(transaction=True)
def test_many_processes_speak_to_each_caller_once(floor: Floor) -> None:
    for _ in range(3):
        floor.calls_in()
    connection.close()
    at = timezone.now() + timedelta(seconds=11)
    assert sum(at_once(6, lambda _: tell_waiting(at=at))) == 3
    assert len(said(floor)) == 3
