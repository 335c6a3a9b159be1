"""A provider that is slow, refuses, resets or answers rubbish: nobody is dialled twice."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from telephony.gateway import CallRefused, CallState, Direction, GatewayError, GatewayUnavailable
from telephony.models import Call, CallEvent
from telephony.protocol import Cause, Party
from telephony.reconciling import Reconciler
from telephony.twilio import asked, legs, telling
from telephony.twilio.adapter import TwilioGateway
from telephony.twilio.asked import NotDone, Unanswered
from tests.telephony.twilio.provider import NOON, Provider
from tests.telephony.twilio.story import agent_answers, agent_leg, customer_answers, drawn, whole


@pytest.mark.parametrize(
    ("mode", "error", "is_permanent"),
    [
        ("400", CallRefused, True),
        ("401", CallRefused, True),
        ("404", CallRefused, True),
        ("429", NotDone, False),
        *((status, GatewayUnavailable, False) for status in ("500", "502", "503", "504", "408")),
        ("302", GatewayUnavailable, False),
        ("rubbish", GatewayUnavailable, False),
        ("lacking", GatewayUnavailable, False),
        ("reset", GatewayUnavailable, False),
        ("slow", GatewayUnavailable, False),
    ],
)
def test_a_failure_has_its_type_and_no_call_is_shown_as_made(
    *,
    provider: Provider,
    twilio: TwilioGateway,
    call: Call,
    settings: Settings,
    mode: str,
    error: type[GatewayError],
    is_permanent: bool,
) -> None:
    settings.TWILIO_TIMEOUT = 0.2 if mode == "slow" else 20.0
    provider.mode = mode
    with pytest.raises(error) as raised:
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert raised.value.permanent is is_permanent
    assert ("Try again in 30 seconds" in str(raised.value)) is (mode == "429")
    assert provider.phones == {}
    call.refresh_from_db()
    assert (call.state, call.legs.count(), call.ringing_at) == (CallState.QUEUED, 0, None)
    assert provider.asked.count(("POST", f"/Conferences/{call.key.hex}/Participants.json")) == 1


def test_a_provider_that_is_not_there_has_done_nothing(
    provider: Provider, twilio: TwilioGateway, call: Call
) -> None:
    provider.close()
    with pytest.raises(GatewayUnavailable):
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)


def test_a_provider_that_takes_no_connection_has_done_nothing_and_may_be_tried_again(
    *,
    provider: Provider,
    twilio: TwilioGateway,
    call: Call,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asked, "CONNECT_SECONDS", 0.2)
    with ExitStack() as full:
        door = full.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1))
        for _ in range(8):  # nobody takes them, so that no more fit
            waiting = full.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(door.getsockname())
        settings.TWILIO_BASE_URL = f"http://127.0.0.1:{door.getsockname()[1]}"
        with pytest.raises(NotDone, match="cannot be reached"):
            twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    call.refresh_from_db()
    assert (call.state, call.legs.count()) == (CallState.QUEUED, 0)
    settings.TWILIO_BASE_URL = provider.url
    twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert len(provider.phones) == 1


@pytest.mark.parametrize("mode", ["lost", "half", "nonsense"])
@pytest.mark.parametrize("otherwise", ["401", "404", "429", "500", "rubbish"])
def test_who_says_nothing_of_a_leg_that_may_ring_is_not_asked_to_dial_it_again(
    *, provider: Provider, twilio: TwilioGateway, call: Call, mode: str, otherwise: str
) -> None:
    provider.mode, provider.otherwise, provider.telling = mode, otherwise, "later"
    for _ in range(3):
        with pytest.raises(GatewayError):
            twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert len(provider.phones) == 1
    call.refresh_from_db()
    assert (call.state, call.legs.count()) == (CallState.QUEUED, 0)
    assert call.events.filter(kind=telling.GIVEN_UP).count() == 1
    provider.mode, provider.otherwise, provider.telling = "well", "well", "at once"
    phone = provider.phone(call.customer_leg)
    provider.ring(phone)
    assert phone.status == "canceled"
    call.refresh_from_db()
    assert call.is_over


@pytest.mark.parametrize("mode", ["lost", "half", "nonsense"])
@pytest.mark.parametrize("telling", ["at once", "never"])
def test_a_lost_answer_is_resolved_by_asking_and_nobody_is_dialled_twice(
    *, provider: Provider, twilio: TwilioGateway, call: Call, mode: str, telling: str
) -> None:
    provider.mode, provider.telling = mode, telling
    twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert len(provider.phones) == 1
    call.refresh_from_db()
    assert call.state == CallState.INITIATED
    provider.mode = "well"
    twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert len(provider.phones) == 1


def test_what_was_begun_and_is_not_there_is_never_dialled_again(
    provider: Provider, twilio: TwilioGateway, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.mode = "reset"
    with pytest.raises(GatewayUnavailable):
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    provider.mode = "well"
    with pytest.raises(GatewayUnavailable, match="has not said yet"):
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    monkeypatch.setattr(legs, "IN_FLIGHT", timedelta(0))
    with pytest.raises(CallRefused, match="a new call"):
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert provider.phones == {}


def test_what_was_refused_may_be_tried_again(
    provider: Provider, twilio: TwilioGateway, call: Call
) -> None:
    for mode in ("429", "429", "400"):
        provider.mode = mode
        with pytest.raises(GatewayError):
            twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    provider.mode = "well"
    twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    assert len(provider.phones) == 1


def test_a_leg_that_was_given_up_and_rings_after_all_is_ended(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    provider.mode, provider.mode_for, provider.telling = "lost", "all", "later"
    with pytest.raises(GatewayUnavailable):
        twilio.invite(call.ref, leg=agent_leg(call), user=sam.pk, ring=20)
    provider.mode, provider.telling = "well", "at once"
    phone = provider.phone(agent_leg(call))
    provider.ring(phone)
    assert phone.status == "canceled"
    assert call.legs.get().state == "left"


def test_what_is_left_of_a_call_that_is_over_is_ended_later_when_the_provider_was_away(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent = agent_answers(provider, twilio, call, sam)
    twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    provider.mode = "400"
    provider.end(provider.phone(call.customer_leg), "busy")
    assert agent.status == "in-progress"
    call.refresh_from_db()
    provider.mode = "well"
    assert twilio.end_leftovers(call) == 1
    assert agent.status == "completed"
    assert twilio.end_leftovers(call) == 0


def test_a_call_of_which_nothing_was_told_is_asked_about(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    provider.telling = "never"
    provider.now = NOON
    agent_answers(provider, twilio, call, sam)
    customer = customer_answers(provider, twilio, call)
    reconciler = Reconciler()
    Call.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert reconciler.ask() == 2
    call.refresh_from_db()
    assert call.state == CallState.IN_PROGRESS
    assert reconciler.ask() == 0, "not every few seconds"
    assert Reconciler().ask() == 0, "nothing new"
    provider.end(customer)
    assert Reconciler().ask() == 3
    call.refresh_from_db()
    assert (call.state, call.cause) == (CallState.COMPLETED, Cause.HUNG_UP)
    assert call.ended_at == customer.ended_at
    assert [leg.state for leg in call.legs.all()] == ["left", "left"]


def test_asking_after_everything_was_told_learns_nothing(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    whole(provider, twilio, call, sam)
    before = drawn(call)
    assert twilio.told(call.ref) in ([], None)
    assert drawn(call) == before


def test_a_call_that_the_provider_never_had_has_failed(provider: Provider, call: Call) -> None:
    Call.objects.update(created_at=timezone.now() - timedelta(seconds=30))
    assert Reconciler().ask() == 0, "it may be on its way"
    Call.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert Reconciler().ask() == 1
    call.refresh_from_db()
    assert (call.state, call.cause) == (CallState.FAILED, Cause.FAILED)


def test_a_slow_provider_is_asked_about_a_few_calls_at_a_time(
    provider: Provider, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    Call.objects.create(gateway=call.gateway, direction="outbound")
    Call.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr("telephony.reconciling.ROUND_SECONDS", 0.0)
    provider.mode, provider.mode_for = "500", "all"
    reconciler = Reconciler()
    reconciler.ask()
    assert len(reconciler.asked_at) == 1
    reconciler.ask()
    assert len(reconciler.asked_at) == 2, "those not asked about come first"


@pytest.mark.parametrize("mode", ["500", "rubbish", "reset"])
def test_a_provider_that_cannot_be_asked_ends_no_call(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User, mode: str
) -> None:
    agent_answers(provider, twilio, call, sam)
    Call.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    own = Call.objects.create(
        gateway="own_phone", direction="outbound", created_at=timezone.now() - timedelta(hours=1)
    )
    count = CallEvent.objects.count()
    provider.mode, provider.mode_for = mode, "all"
    assert Reconciler().ask() == 0
    assert CallEvent.objects.count() == count
    own.refresh_from_db()
    assert own.state == CallState.QUEUED


def test_a_change_without_an_answer_claims_nothing(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent_answers(provider, twilio, call, sam)
    customer_answers(provider, twilio, call)
    provider.mode = "reset"
    with pytest.raises(Unanswered):
        twilio.hold(call.ref, leg=call.customer_leg, is_held=True)
    assert call.legs.get(party=Party.CUSTOMER).state == "talking"


def test_without_its_settings_the_adapter_asks_nobody(
    provider: Provider, twilio: TwilioGateway, call: Call, settings: Settings
) -> None:
    settings.TWILIO_TOKEN = ""
    with pytest.raises(CallRefused, match="TWILIO_TOKEN"):
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    settings.TWILIO_PUBLIC_URL = ""
    with pytest.raises(CallRefused, match="TWILIO_PUBLIC_URL"):
        twilio.ring(call.ref, leg=call.customer_leg, ring=20)
    with pytest.raises(CallRefused, match="TWILIO_KEY"):
        twilio.client_session(1)
    assert provider.asked == []
    assert not CallEvent.objects.filter(kind=telling.GIVEN_UP).exists()


def test_a_call_needs_a_number_to_show(
    provider: Provider, twilio: TwilioGateway, call: Call
) -> None:
    Call.objects.update(remote_number="")
    with pytest.raises(CallRefused, match="caller id"):
        twilio.open(
            key=str(call.key), leg=call.customer_leg, direction=Direction.OUTBOUND, ring=20.0
        )
    detail: list[Any] = list(CallEvent.objects.all())
    assert detail == []
