"""Somebody calls a number at the provider: they get a place, an agent, and each other."""

from __future__ import annotations

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Presence, User
from routing.models import AgentPhone, Match, Place, PlaceState, Queue
from telephony.gateway import CallState
from telephony.models import Call, CallEvent
from telephony.protocol import Party
from telephony.twilio.adapter import TwilioGateway
from tests.cast import Cast, assemble
from tests.telephony.twilio.conftest import CUSTOMER
from tests.telephony.twilio.provider import Provider, Webhook


@pytest.fixture
def address(provider: Provider, settings: Settings) -> str:
    settings.TELEPHONY_GATEWAY = "twilio"
    return f"{settings.TWILIO_PUBLIC_URL}{reverse('telephony:arrived')}"


@pytest.fixture
def cast(address: str) -> Cast:
    """The bank with its queue, and Sam at work."""
    made = assemble()
    Queue.objects.create(
        name="Everyday",
        team=made.team,
        is_default=True,
        opens_at=time.min,
        closes_at=time.max,
        days=list(range(1, 8)),
    )
    User.objects.filter(pk=made.sam.pk).update(
        presence=Presence.AVAILABLE, presence_at=timezone.now()
    )
    AgentPhone.objects.create(user=made.sam, tab="t", seen_at=timezone.now())
    return made


def test_a_caller_talks_with_an_agent_and_hangs_up(
    provider: Provider, address: str, cast: Cast
) -> None:
    caller = provider.call_in(CUSTOMER, address)
    place = Place.objects.select_related("call").get()
    assert (place.call.gateway, place.call.remote_number) == ("twilio", CUSTOMER)
    assert place.match in {Match.CERTAIN, Match.NOBODY}
    assert (place.state, place.agent) == (PlaceState.OFFERED, cast.sam)
    agent = provider.phone(place.leg)
    provider.ring(agent)
    provider.answer(agent)
    place.refresh_from_db()
    assert (place.state, place.call.legs.count()) == (PlaceState.TALKING, 2)
    assert Call.objects.get().state == CallState.IN_PROGRESS
    provider.end(caller)
    place.refresh_from_db()
    assert place.state == PlaceState.DONE
    assert Call.objects.get().state == CallState.COMPLETED
    assert agent.status == "completed"


def test_the_same_call_told_twice_is_one_call(provider: Provider, address: str, cast: Cast) -> None:
    caller = provider.call_in("anonymous", address)
    fields = {"CallSid": caller.sid, "CallStatus": "ringing", "From": "anonymous"}
    assert provider.deliver(Webhook(address, fields)) == 200
    assert (Call.objects.count(), Place.objects.count()) == (1, 1)
    assert Call.objects.get().remote_number == ""
    provider.end(caller)
    assert Call.objects.get().legs.get(party=Party.CUSTOMER).state == "left"
    provider.deliver(provider.told[-1])
    assert Call.objects.get().state == CallState.CANCELED


def test_a_caller_who_gives_up_is_rung_for_no_longer(
    provider: Provider, address: str, cast: Cast
) -> None:
    caller = provider.call_in(CUSTOMER, address)
    agent = provider.phone(Place.objects.get().leg)
    provider.ring(agent)
    provider.end(caller)
    assert agent.status == "canceled"
    assert Place.objects.get().state == PlaceState.LEFT


def test_nobody_is_let_in_by_a_forged_call(provider: Provider, address: str, cast: Cast) -> None:
    fields = {"CallSid": "CA1", "CallStatus": "ringing", "From": CUSTOMER}
    assert provider.deliver(Webhook(address, fields), token="guessed") == 403
    assert provider.deliver(Webhook(address, fields), From="+442079460109") == 403
    assert provider.deliver(Webhook(address, fields | {"CallSid": ""})) == 400
    ended = fields | {"CallStatus": "completed"}
    assert provider.deliver(Webhook(address, ended)) == 200
    assert not Call.objects.exists()
    assert not CallEvent.objects.exists()


def test_without_a_queue_a_caller_is_refused(
    provider: Provider, address: str, twilio: TwilioGateway
) -> None:
    caller = provider.call_in(CUSTOMER, address)
    assert caller.status == "completed"
    assert Call.objects.get().is_over
