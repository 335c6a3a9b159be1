"""A telephone outside calls us: the first that we hear of it is an event."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from routing.assignment import offer_waiting
from routing.models import Match, Place, PlaceState, Queue
from telephony.gateway import Received
from telephony.models import Call
from telephony.protocol import Kind
from telephony.taking_in import take_in
from tests.floor import Floor

KEY = str(uuid.UUID(int=7))


def created(number: str) -> Received:
    detail = {"direction": "inbound", "number": number, "is_presented": True, "switch": "s1"}
    return Received("switch", "s1-1", Kind.CALL_CREATED, 1, timezone.now(), "", detail)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: object) -> object:
    return django_capture_on_commit_callbacks


def arrive(floor: Floor, number: str, commits: object) -> None:
    with commits(execute=True):  # type: ignore[operator]
        take_in(call_key=KEY, events=[created(number)])


def test_whoever_calls_has_a_place_and_is_accepted_once(floor: Floor, commits: object) -> None:
    number = floor.cast.ada.contact_points.get(channel="voice").value
    arrive(floor, number, commits)
    arrive(floor, number, commits)
    call, place = Call.objects.get(), Place.objects.get()
    assert (str(call.key), call.place, call.remote_number) == (KEY, "s1", number)
    assert (place.customer, place.match) == (floor.cast.ada, Match.CERTAIN)
    assert floor.provider.asked == [("accept", KEY, {"leg": call.customer_leg})]


def test_an_arrival_is_offered_as_any_other_caller(floor: Floor, commits: object) -> None:
    floor.at_work(floor.cast.sam)
    arrive(floor, "", commits)
    offer_waiting()
    place = Place.objects.get()
    assert (place.state, place.agent, place.match) == (
        PlaceState.OFFERED,
        floor.cast.sam,
        Match.NOBODY,
    )


def test_out_of_hours_nobody_is_rung(floor: Floor, commits: object) -> None:
    Queue.objects.update(days=[])
    floor.at_work(floor.cast.sam)
    arrive(floor, "", commits)
    assert offer_waiting() == 0
    assert Place.objects.get().state == PlaceState.CLOSED


def test_without_a_queue_the_call_is_refused(floor: Floor, commits: object) -> None:
    Queue.objects.all().delete()
    arrive(floor, "+442079460101", commits)
    assert Place.objects.count() == 0
    [(verb, _, detail)] = floor.provider.asked
    assert (verb, detail["cause"]) == ("drop", "rejected")


def test_an_event_of_an_unknown_call_that_is_no_arrival_makes_nothing(floor: Floor) -> None:
    event = Received("switch", "s1-2", Kind.LEG_ANSWERED, 2, timezone.now(), "x", {})
    assert take_in(call_key=KEY, events=[event]) == 0
    assert Call.objects.count() == 0
