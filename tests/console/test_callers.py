"""What the desk tells of somebody who calls, and how a call finds its customer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from interactions.models import Interaction
from routing.assignment import offer_waiting
from routing.models import Match, Place
from service.models import Promise, ServiceRequest
from tests.cast import contact
from tests.floor import Floor


def client_of(user: User) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client


def told(user: User, place: Place) -> str:
    return client_of(user).get(reverse("console:caller", args=[place.pk])).content.decode()


@pytest.fixture
def ringing(floor: Floor) -> Place:
    """Ada's number rings at Sam's phone, and much is open with her."""
    cast = floor.cast
    ServiceRequest.open_request(
        customer=cast.ada,
        request_type=cast.card_request,
        owner=cast.sam,
        by=cast.sam,
        subject="Card not arrived",
    )
    Promise.make(
        customer=cast.ada,
        owner=cast.sam,
        by=cast.sam,
        text="Your card is with you",
        due_at=timezone.now() + timedelta(hours=2),
    )
    floor.at_work(cast.sam)
    place = floor.calls_in(cast.ada.contact_points.get(channel="voice").value)
    offer_waiting()
    return floor.rings(place)


def be_certain(place: Place) -> None:
    Place.objects.filter(pk=place.pk).update(match=Match.CERTAIN)


def test_of_a_certain_caller_everything_open_is_told_before_the_answer(
    floor: Floor, ringing: Place
) -> None:
    be_certain(ringing)
    shown = told(floor.cast.sam, ringing)
    assert "Card not arrived" in shown
    assert "Your card is with you" in shown
    phone = client_of(floor.cast.sam).get(reverse("routing:phone")).content.decode()
    assert reverse("console:caller", args=[ringing.pk]) in phone


def test_of_a_maybe_nothing_is_told(floor: Floor, ringing: Place) -> None:
    assert told(floor.cast.sam, ringing).strip() == ""
    phone = client_of(floor.cast.sam).get(reverse("routing:phone")).content.decode()
    assert reverse("console:caller", args=[ringing.pk]) not in phone


def test_nobody_else_is_told_why_somebody_calls(floor: Floor, ringing: Place) -> None:
    be_certain(ringing)
    assert told(floor.cast.rae, ringing).strip() == ""
    address = reverse("console:caller", args=[ringing.pk])
    assert client_of(floor.cast.stranger).get(address).status_code == 404


def test_a_call_of_nobody_is_linked_from_the_customers_page(floor: Floor) -> None:
    sam, ben = floor.cast.sam, floor.cast.ben
    page = reverse("console:customer", args=[ben.pk])
    client = client_of(sam)
    floor.at_work(sam)
    assert "Link the call" not in client.get(page).content.decode()
    place = floor.calls_in()
    offer_waiting()
    floor.answers(place)
    assert "Link the call" in client.get(page).content.decode()
    address = reverse("console:linking", args=[ben.pk])
    assert "Link the call" in client.get(address).content.decode()
    client.post(reverse("routing:caller", args=[place.pk, ben.pk]))
    assert Interaction.objects.get(call=place.call).customer == ben
    assert "Link the call" not in client.get(address).content.decode()


def test_the_wrap_up_opens_by_itself_for_whoever_had_the_call(floor: Floor) -> None:
    cast = floor.cast
    interaction = contact(cast, cast.ada)
    page = reverse("console:contact", args=[interaction.pk])
    closing = f'hx-get="{reverse("console:closure", args=[interaction.pk])}" hx-trigger="load"'
    assert closing in client_of(cast.sam).get(f"{page}?ended").content.decode()
    assert closing not in client_of(cast.sam).get(page).content.decode()
    after = client_of(cast.rae).get(f"{page}?ended")
    assert (after.status_code, after["Location"]) == (302, reverse("console:desk"))
