"""A customer calls from our page: in words, limited, and with nothing of anybody on it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from routing.assignment import offer_waiting
from routing.models import CallBack, CallBackReason, Match, Place, PlaceState, Queue
from telephony.gateway import GatewayUnavailable
from telephony.models import Call
from telephony.protocol import Kind
from tests.floor import Floor


@pytest.fixture
def caller() -> Client:
    cache.clear()
    return Client(headers={"Accept": "application/json"})


def call(caller: Client, floor: Floor, **more: str) -> dict[str, str]:
    data = {"reason": floor.cast.closing.pk, "number": "020 7946 0101"} | more
    answer = caller.post(reverse("portal:calls"), data)
    assert answer.status_code == 201, answer.content
    found: dict[str, str] = answer.json()
    return found


def test_a_call_has_a_place_before_anything_is_connected(caller: Client, floor: Floor) -> None:
    addresses = call(caller, floor)
    place = Place.objects.get()
    assert (place.state, place.contact_reason) == (PlaceState.WAITING, floor.cast.closing)
    assert place.call.remote_number == "+442079460101"
    assert caller.get(addresses["state"]).json() == {
        "state": "waiting",
        "position": 1,
        "minutes": None,
        "is_open": place.queue.is_open(place.entered_at),
    }
    answer = caller.post(addresses["connection"], {"sdp": "v=0"})
    assert answer.json() == {"sdp": "answer to v=0"}


def test_a_number_that_the_caller_typed_is_a_maybe_at_most(caller: Client, floor: Floor) -> None:
    number = floor.cast.ada.contact_points.get(channel="voice").value
    call(caller, floor, number=number)
    place = Place.objects.get()
    assert (place.customer, place.match) == (floor.cast.ada, Match.MAYBE)


def test_the_page_stays_on_the_line_until_the_call_is_over(caller: Client, floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    addresses = call(caller, floor)
    place = Place.objects.get()
    floor.provider.tell(place.call, Kind.LEG_ADDED, place.call.customer_leg, party="customer")
    floor.provider.tell(place.call, Kind.LEG_ANSWERED, place.call.customer_leg, party="customer")
    offer_waiting()
    place.refresh_from_db()
    floor.answers(place)
    floor.leaves(place, "hung-up")
    assert caller.get(addresses["state"]).json()["state"] == "done"
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause="hung-up")
    assert caller.get(addresses["state"]).json()["state"] == "over"


def test_whose_call_is_cut_off_is_told_so(caller: Client, floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    addresses = call(caller, floor)
    place = Place.objects.get()
    offer_waiting()
    place.refresh_from_db()
    floor.answers(place)
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause="switch-gone")
    assert CallBack.objects.get().reason == CallBackReason.CUT_OFF
    assert caller.get(addresses["state"]).json()["state"] == "cut_off"


def test_the_page_tells_nothing_about_anybody(caller: Client, floor: Floor) -> None:
    number = floor.cast.ada.contact_points.get(channel="voice").value
    addresses = call(caller, floor, number=number)
    told = caller.get(addresses["state"]).content.decode() + str(addresses)
    for secret in ("Ada", "Byron", number, str(floor.cast.ada.pk) + "/"):
        assert secret not in told


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("reason", "", "Say what it is about"),
        ("reason", "999999", "valid choice"),
        ("number", "call me maybe", "is not a phone number"),
    ],
)
def test_what_cannot_be_understood_is_said_in_words(
    caller: Client,
    floor: Floor,
    field: str,
    value: str,
    words: str,
) -> None:
    data = {"reason": floor.cast.closing.pk, "number": ""} | {field: value}
    answer = caller.post(reverse("portal:calls"), data)
    assert answer.status_code == 422
    assert words in str(answer.json()["errors"][field])
    assert Call.objects.count() == 0


def test_one_address_cannot_fill_the_queue(caller: Client, floor: Floor) -> None:
    for _ in range(10):
        call(caller, floor)
    answer = caller.post(reverse("portal:calls"), {"reason": floor.cast.closing.pk})
    assert answer.status_code == 429
    assert "ten minutes" in answer.json()["message"]
    assert Call.objects.count() == 10


@pytest.mark.parametrize("token", ["forged", "1:abc:def"])
def test_a_forged_key_opens_no_call(caller: Client, floor: Floor, token: str) -> None:
    call(caller, floor)
    assert caller.get(reverse("portal:state", args=[token])).status_code == 404
    for name in ("connection", "ending", "call_back"):
        assert caller.post(reverse(f"portal:{name}", args=[token])).status_code == 404
    assert floor.provider.verbs() == ["open"]


def test_being_called_instead_keeps_the_place_and_ends_the_call(
    caller: Client,
    floor: Floor,
) -> None:
    addresses = call(caller, floor)
    place = Place.objects.get()
    assert caller.post(addresses["call_back"]).status_code == 200
    owed = CallBack.objects.get()
    assert (owed.reason, owed.entered_at, owed.number) == (
        "asked",
        place.entered_at,
        "+442079460101",
    )
    assert floor.provider.asked[-1][0] == "drop"
    floor.at_work(floor.cast.sam)
    assert offer_waiting() == 0
    assert caller.post(addresses["call_back"]).status_code == 422
    assert CallBack.objects.count() == 1


def test_without_a_number_nobody_can_be_called_back(caller: Client, floor: Floor) -> None:
    addresses = call(caller, floor, number="")
    answer = caller.post(addresses["call_back"])
    assert answer.status_code == 422
    assert "number at which we can call you" in answer.json()["message"]
    assert Place.objects.get().state == PlaceState.WAITING


def test_a_telephone_that_is_out_of_order_is_told_and_the_call_is_kept_as_failed(
    caller: Client,
    floor: Floor,
) -> None:
    floor.provider.fails = GatewayUnavailable("No switch is running.")
    data = {"reason": floor.cast.closing.pk, "number": "020 7946 0101"}
    answer = caller.post(reverse("portal:calls"), data)
    assert answer.status_code == 503
    assert Call.objects.get().state == "failed"
    assert CallBack.objects.get().reason == "cut_off"


def test_without_a_queue_nobody_pretends_to_answer(caller: Client, floor: Floor) -> None:
    Queue.objects.all().delete()
    answer = caller.post(reverse("portal:calls"), {"reason": floor.cast.closing.pk})
    assert answer.status_code == 503
    assert Call.objects.count() == 0
