"""A call of ours that was not made: its agent sees why, at once and for a while; nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from routing.models import CallBack, OutboundCall
from routing.outbound import call_back, place_due
from routing.panels import phone
from telephony.gateway import GatewayUnavailable
from telephony.models import Call, CallerId, SuppressionEntry
from telephony.protocol import Cause, Kind
from tests.floor import Floor

ADAS = "+442079460101"
WHY = "Not dialled: The number is on the do-not-call list."


@pytest.fixture
def asked(floor: Floor) -> OutboundCall:
    """Sam calls Ada back: his own page is being connected."""
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on=date(2026, 1, 5))
    floor.at_work(floor.cast.sam)
    owed = CallBack.objects.create(
        call=Call.objects.create(gateway="switch", direction="inbound", remote_number=ADAS),
        queue=floor.queue,
        number=ADAS,
        reason="asked",
        entered_at=timezone.now(),
    )
    found = call_back(owed, by=floor.cast.sam)
    place_due()
    return found


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel("2026-11-23 12:00 +0000"):
        yield


def refused(floor: Floor, asked: OutboundCall, capture: Any) -> None:
    SuppressionEntry.suppress(number=ADAS, reason="Said so")
    with capture(execute=True):
        floor.provider.tell(
            asked.call, Kind.LEG_ANSWERED, asked.leg or "", party="agent", user=asked.agent_id
        )


def ended(floor: Floor, asked: OutboundCall) -> None:
    floor.provider.tell(
        asked.call, Kind.LEG_LEFT, asked.leg or "", party="agent", user=asked.agent_id
    )
    floor.provider.tell(asked.call, Kind.CALL_ENDED, cause="canceled")


def panel(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("routing:phone")).content.decode()


def test_the_reason_is_seen_while_the_agent_is_still_on_the_line(
    floor: Floor, asked: OutboundCall, django_capture_on_commit_callbacks: Any
) -> None:
    refused(floor, asked, django_capture_on_commit_callbacks)
    assert floor.provider.asked[-1] == ("end", str(asked.call.key), {"cause": Cause.CANCELED})
    shown = panel(floor.cast.sam)
    assert f'data-why="{WHY}"' in shown
    assert f'data-not-made="{asked.pk}"' in shown
    assert f"{WHY}<span" in shown, "in the panel itself"
    assert "Connecting you first" not in shown


def test_the_reason_stays_news_for_a_minute_after_the_end(
    floor: Floor, asked: OutboundCall, django_capture_on_commit_callbacks: Any
) -> None:
    refused(floor, asked, django_capture_on_commit_callbacks)
    ended(floor, asked)
    assert Call.objects.get(pk=asked.call_id).state == "canceled"
    assert phone(floor.cast.sam).state == "silent"
    assert f'data-why="{WHY}"' in panel(floor.cast.sam)
    assert "data-why" not in panel(floor.cast.rae)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "data-why" not in panel(floor.cast.sam)
    assert OutboundCall.objects.get(pk=asked.pk).told == WHY


def test_the_desk_shows_it_from_the_start(
    floor: Floor, asked: OutboundCall, django_capture_on_commit_callbacks: Any
) -> None:
    refused(floor, asked, django_capture_on_commit_callbacks)
    ended(floor, asked)
    client = Client()
    client.force_login(floor.cast.sam)
    desk = client.get(reverse("console:desk")).content.decode()
    assert f'data-why="{WHY}"' in desk
    assert "<template>" in desk, "what the message over the page is made of"


def test_a_telephone_out_of_order_is_told_too(floor: Floor, asked: OutboundCall) -> None:
    floor.provider.tell(asked.call, Kind.CALL_ENDED, cause="failed")
    again = call_back(CallBack.objects.get(), by=floor.cast.sam)
    floor.provider.fails = GatewayUnavailable("No switch is running.")
    place_due()
    assert f'data-not-made="{again.pk}" data-why="No switch is running."' in panel(floor.cast.sam)


def test_a_call_that_goes_on_says_nothing(floor: Floor, asked: OutboundCall) -> None:
    assert phone(floor.cast.sam).not_made is None
    assert "data-why" not in panel(floor.cast.sam)
