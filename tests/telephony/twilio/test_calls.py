"""A call through a Twilio-compatible provider, from its start to its end in the database."""

from __future__ import annotations

import logging
import random
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from telephony.gateway import CallRefused, CallState, Direction, NotCapable
from telephony.models import Call, CallEvent
from telephony.protocol import AnsweredBy, Cause, Ear, Kind, Party
from telephony.twilio.adapter import TwilioGateway
from tests.telephony.twilio.conftest import CUSTOMER, OURS
from tests.telephony.twilio.provider import TOKEN, Provider
from tests.telephony.twilio.story import (
    agent_answers,
    agent_leg,
    customer_answers,
    drawn,
    everything,
    whole,
)

SEEDS = range(6)


def test_a_call_goes_out_and_is_drawn_to_its_end(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent = agent_answers(provider, twilio, call, sam)
    call.refresh_from_db()
    assert (call.state, agent.to) == (CallState.QUEUED, f"client:agent-{sam.pk}")
    customer = customer_answers(provider, twilio, call)
    call.refresh_from_db()
    assert (call.state, customer.to, customer.said["From"]) == (
        CallState.IN_PROGRESS,
        CUSTOMER,
        OURS,
    )
    twilio.hold(call.ref, leg=call.customer_leg, is_held=True)
    assert call.legs.get(party=Party.CUSTOMER).state == "held"
    twilio.hold(call.ref, leg=call.customer_leg, is_held=False)
    assert call.legs.get(party=Party.CUSTOMER).held_for == timedelta(seconds=1)
    provider.end(customer)
    call.refresh_from_db()
    assert (call.state, call.cause) == (CallState.COMPLETED, Cause.HUNG_UP)
    assert [one.status for one in provider.phones.values()] == ["completed", "completed"]
    assert call.legs.get(party=Party.AGENT).user == sam
    assert set(provider.answers) == {200}


def test_a_replay_changes_nothing(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    whole(provider, twilio, call, sam)
    before = everything()
    for webhook in [*provider.told, *reversed(provider.told)]:
        assert provider.deliver(webhook) == 200
    assert everything() == before


@pytest.mark.parametrize("seed", SEEDS)
def test_late_shuffled_and_doubled_webhooks_end_in_the_same_state(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User, seed: int
) -> None:
    whole(provider, twilio, call, sam)
    in_order = drawn(call)
    other = Call.objects.create(
        gateway="twilio", direction=Direction.OUTBOUND, remote_number=CUSTOMER
    )
    provider.told.clear()
    provider.telling = "later"
    whole(provider, twilio, other, sam)
    other.refresh_from_db()
    assert other.state == CallState.INITIATED
    chance = random.Random(seed)
    late = [*provider.told, *chance.sample(provider.told, 6)]
    chance.shuffle(late)
    for webhook in late:
        assert provider.deliver(webhook) == 200
    assert drawn(other) == in_order


@pytest.mark.parametrize(
    ("status", "state", "cause"),
    [
        ("busy", CallState.BUSY, Cause.BUSY),
        ("no-answer", CallState.NO_ANSWER, Cause.NO_ANSWER),
        ("failed", CallState.FAILED, Cause.FAILED),
        ("canceled", CallState.CANCELED, Cause.CANCELED),
    ],
)
def test_a_customer_who_is_not_reached_leaves_no_agent_waiting(
    *,
    provider: Provider,
    twilio: TwilioGateway,
    call: Call,
    sam: User,
    status: str,
    state: CallState,
    cause: Cause,
) -> None:
    agent = agent_answers(provider, twilio, call, sam)
    twilio.ring(call.ref, leg=call.customer_leg, ring=5)
    customer = provider.phone(call.customer_leg)
    assert customer.said["Timeout"] == "15"
    provider.ring(customer)
    provider.end(customer, status)
    call.refresh_from_db()
    assert (call.state, call.cause, call.answered_at) == (state, cause, None)
    assert agent.status == "completed"


def test_an_agent_who_declines_is_rejecting_and_the_call_goes_on(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    twilio.invite(call.ref, leg=agent_leg(call), user=sam.pk, ring=20)
    provider.end(provider.phone(agent_leg(call)), "busy")
    leg = call.legs.get()
    assert (leg.state, leg.cause) == ("left", Cause.REJECTED)
    call.refresh_from_db()
    assert not call.is_over


def test_what_we_end_ends_for_the_reason_we_gave(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent_answers(provider, twilio, call, sam)
    customer = customer_answers(provider, twilio, call)
    twilio.drop(call.ref, leg=agent_leg(call), cause=Cause.TRANSFERRED)
    assert call.legs.get(party=Party.AGENT).cause == Cause.TRANSFERRED
    assert customer.status == "in-progress"
    twilio.end(call.ref, cause=Cause.HUNG_UP)
    call.refresh_from_db()
    assert (customer.status, call.state) == ("completed", CallState.COMPLETED)
    twilio.end(call.ref, cause=Cause.HUNG_UP)
    with pytest.raises(CallRefused):
        twilio.hold(call.ref, leg=call.customer_leg, is_held=True)


def test_a_call_that_we_end_before_the_customer_is_rung_is_over(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent = agent_answers(provider, twilio, call, sam)
    twilio.end(call.ref, cause=Cause.HUNG_UP)
    call.refresh_from_db()
    assert (call.state, call.answered_at) == (CallState.CANCELED, None)
    assert agent.status == "completed"
    assert [one.label for one in provider.phones.values()] == [agent_leg(call)]


@pytest.mark.parametrize(
    ("by", "seen"),
    [
        ("machine_end_beep", AnsweredBy.MACHINE),
        ("fax", AnsweredBy.MACHINE),
        ("human", AnsweredBy.PERSON),
        ("unknown", ""),
        ("robot", ""),
    ],
)
def test_a_machine_that_answers_is_told_apart(
    *, provider: Provider, twilio: TwilioGateway, call: Call, sam: User, by: str, seen: str
) -> None:
    agent_answers(provider, twilio, call, sam)
    twilio.ring(call.ref, leg=call.customer_leg, ring=25)
    provider.answer(provider.phone(call.customer_leg), by=by)
    call.refresh_from_db()
    assert (call.answered_by, call.is_with_machine) == (seen, by in {"machine_end_beep", "fax"})
    assert call.events.get(kind=Kind.MACHINE_DETECTED).detail == {"by": seen, "as_told": by}


def test_a_supervisor_whispers_and_then_only_listens(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent = agent_answers(provider, twilio, call, sam)
    customer_answers(provider, twilio, call)
    una, leg = User.objects.create_user("una"), f"{call.key.hex[:24]}-s"
    twilio.monitor(call.ref, leg=leg, user=una.pk, ear=Ear.WHISPER)
    listener = provider.phone(leg)
    provider.answer(listener)
    said = listener.said
    assert (said["Coaching"], said["CallSidToCoach"]) == ("true", agent.sid)
    twilio.monitor(call.ref, leg=leg, user=una.pk, ear=Ear.LISTEN)
    assert (listener.said["Muted"], listener.said["Coaching"]) == ("true", "false")
    assert call.legs.get(key=leg).party == Party.SUPERVISOR
    assert len(provider.phones) == 3


def test_an_agent_may_be_rung_at_a_telephone(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User, settings: Settings
) -> None:
    settings.TWILIO_AGENT_NUMBERS = {"sam": "+442079460001"}
    twilio.invite(call.ref, leg=agent_leg(call), user=sam.pk, ring=20)
    assert provider.phone(agent_leg(call)).to == "+442079460001"


def test_what_the_adapter_lacks_it_refuses(
    provider: Provider, twilio: TwilioGateway, call: Call
) -> None:
    with pytest.raises(NotCapable):
        twilio.send_digits(call.ref, leg=call.customer_leg, keys="1")
    with pytest.raises(NotCapable):
        twilio.record(call.ref, how="start")
    with pytest.raises(NotCapable):
        twilio.attach(call.ref, leg=call.customer_leg, offer="v=0")
    assert provider.asked == []


def test_no_number_and_no_token_is_in_a_log(
    *,
    provider: Provider,
    twilio: TwilioGateway,
    call: Call,
    sam: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        whole(provider, twilio, call, sam)
        provider.mode = "400"
        with pytest.raises(CallRefused) as refused:
            twilio.ring(call.ref, leg=f"{call.customer_leg}x", ring=20)
    assert "20794" not in f"{caplog.text}{refused.value}"
    assert TOKEN not in caplog.text
    kept = str(list(CallEvent.objects.values_list("detail", flat=True)))
    assert "20794" not in kept
    assert Kind.LEG_ANSWERED in set(CallEvent.objects.values_list("kind", flat=True))
