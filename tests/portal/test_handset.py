"""A customer's phone for the demo: it rings for our calls, and is known when it calls."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal import handset
from routing.models import Match, Place
from telephony.models import Call, CallerId
from telephony.protocol import Cause, Kind
from tests.floor import Floor


@pytest.fixture
def demo(floor: Floor, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.CONTINUUM_DEMO = True
    monkeypatch.setattr("portal.handset.named", lambda _: floor.provider)
    CallerId.objects.create(number="+442079460000", name="Northgate")
    cache.clear()
    return floor


@pytest.fixture
def page(demo: Floor) -> str:
    return handset.token_of(demo.cast.ada.contact_points.get(channel="voice"))


@pytest.fixture
def browser() -> Client:
    return Client(headers={"Accept": "application/json"})


def address(name: str, token: str) -> str:
    return reverse(f"handset:{name}", args=[token])


def rings(floor: Floor) -> Call:
    """We call Ada."""
    number = floor.cast.ada.contact_points.get(channel="voice").value
    call = Call.objects.create(
        gateway="switch",
        direction="outbound",
        remote_number=number,
        caller_id="+442079460000",
        place="s1",
    )
    floor.provider.tell(call, Kind.LEG_ADDED, call.customer_leg, party="customer")
    floor.provider.tell(call, Kind.LEG_RINGING, call.customer_leg, party="customer")
    return call


def test_it_rings_with_the_name_that_belongs_to_our_number(
    demo: Floor, page: str, browser: Client
) -> None:
    assert browser.get(address("state", page)).json() == {"state": "silent", "caller": ""}
    call = rings(demo)
    assert browser.get(address("state", page)).json() == {
        "state": "ringing",
        "caller": "Northgate",
    }
    answer = browser.post(address("connection", page), {"sdp": "v=0"})
    assert answer.json() == {"sdp": "answer to v=0"}
    assert demo.provider.asked[-1][2] == {"leg": call.customer_leg}


def test_before_it_rings_it_shows_nothing_and_cannot_be_answered(
    demo: Floor, page: str, browser: Client
) -> None:
    number = demo.cast.ada.contact_points.get(channel="voice").value
    call = Call.objects.create(gateway="switch", direction="outbound", remote_number=number)
    demo.provider.tell(call, Kind.LEG_ADDED, call.customer_leg, party="customer")
    assert browser.get(address("state", page)).json()["state"] == "silent"
    assert browser.post(address("connection", page), {"sdp": "v=0"}).status_code == 503
    assert demo.provider.asked == []


@pytest.mark.parametrize(("is_answered", "cause"), [(False, Cause.REJECTED), (True, Cause.HUNG_UP)])
def test_it_declines_what_rings_and_hangs_up_what_talks(
    demo: Floor, page: str, browser: Client, is_answered: bool, cause: Cause
) -> None:
    call = rings(demo)
    if is_answered:
        demo.provider.tell(call, Kind.LEG_ANSWERED, call.customer_leg, party="customer")
    browser.post(address("ending", page))
    verb, _, detail = demo.provider.asked[-1]
    assert (verb, detail) == ("drop", {"leg": call.customer_leg, "cause": cause})


def test_its_number_is_presented_and_so_it_is_known_who_calls(
    demo: Floor, page: str, browser: Client
) -> None:
    assert browser.post(address("calls", page)).status_code == 201
    place = Place.objects.get()
    assert (place.customer, place.match) == (demo.cast.ada, Match.CERTAIN)
    assert browser.get(address("state", page)).json()["state"] == "calling"
    assert browser.post(address("calls", page)).status_code == 422
    assert Place.objects.count() == 1


def test_one_address_cannot_fill_the_queue(demo: Floor, page: str, browser: Client) -> None:
    for _ in range(10):
        assert browser.post(address("calls", page)).status_code == 201
        Call.objects.update(remote_number="")
    assert browser.post(address("calls", page)).status_code == 429


def test_links_name_customers_and_hold_no_number(demo: Floor, browser: Client) -> None:
    listing = browser.get(reverse("handset:phones")).content.decode()
    assert "Ada Byron" in listing
    number = demo.cast.ada.contact_points.get(channel="voice").value
    assert number not in listing
    assert number[1:] not in listing


def test_the_page_is_one_phone(page: str, browser: Client) -> None:
    shown = browser.get(address("phone", page)).content.decode()
    assert "Phone of Ada Byron" in shown
    assert "+44" not in shown


@pytest.mark.parametrize("name", ["phone", "state", "calls", "connection", "ending"])
def test_outside_of_the_demo_there_is_no_such_page(
    page: str, browser: Client, settings: Settings, name: str
) -> None:
    settings.CONTINUUM_DEMO = False
    ask: Any = browser.get if name in {"phone", "state"} else browser.post
    assert ask(address(name, page)).status_code == 404
    assert browser.get(reverse("handset:phones")).status_code == 404


def test_a_forged_link_is_nobodys_phone(demo: Floor, browser: Client) -> None:
    assert browser.get(address("phone", "forged")).status_code == 404
    assert demo.provider.asked == []
