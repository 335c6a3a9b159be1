"""A provider, our own pages live before it, and one call that is begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from contactcentre.celery import app
from telephony.gateway import Direction
from telephony.models import Call, CallerId
from telephony.twilio import dialling
from telephony.twilio.adapter import TwilioGateway
from tests.telephony.twilio.provider import ACCOUNT, NOON, TOKEN, Provider

CUSTOMER, OURS = "+442079460101", "+442079460000"


@pytest.fixture
def provider(
    transactional_db: None,
    live_server: LiveServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Provider]:
    made = Provider()
    settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_BASE_URL, settings.TWILIO_PUBLIC_URL = made.url, live_server.url
    settings.TWILIO_TIMEOUT = 20.0
    monkeypatch.setattr(dialling, "BETWEEN_LOOKS", 0)
    app.conf.update(task_always_eager=True)
    CallerId.objects.create(number=OURS, name="Northgate", verified_on="2026-01-01")
    # What the provider tells of its calls has times after ours, on whatever day this runs.
    with time_machine.travel(NOON - timedelta(minutes=5), tick=True):
        yield made
    made.close()
    app.conf.update(task_always_eager=False)


@pytest.fixture
def twilio() -> TwilioGateway:
    return TwilioGateway()


@pytest.fixture
def sam(transactional_db: None) -> User:
    return User.objects.create_user("sam", password="x")


@pytest.fixture
def call(provider: Provider) -> Call:
    """A call that is to go out, and of which nobody has been asked anything."""
    return Call.objects.create(
        gateway="twilio", direction=Direction.OUTBOUND, remote_number=CUSTOMER
    )
