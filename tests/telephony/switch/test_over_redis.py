"""The switch as it lives: commands and events over Redis, and what becomes of calls in a fault."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from pytest_django.fixtures import Settings
from redis import Redis

from accounts.models import User
from telephony.embedded import EmbeddedSwitch
from telephony.gateway import CallRefused, CallState, Direction, GatewayUnavailable
from telephony.hearing import Ear
from telephony.models import Call, CallEvent
from telephony.protocol import EVENTS, SWITCHES, Cause, Kind, commands_of
from telephony.reconciling import Reconciler
from telephony.switch.conversations import Conversation, Leg
from telephony.switch.desk import Desk
from telephony.switch.outside import Outside
from telephony.switch.process import Process, ended
from tests.telephony.switch.phones import ADA, SAM, Phone, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis() -> Redis:
    client = Redis.from_url(settings.REDIS_URL)
    client.delete(EVENTS, SWITCHES, commands_of("s1"))
    return client


@pytest.fixture(autouse=True)
async def no_connection_is_left() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
async def process(redis: Redis, tmp_path: Path) -> AsyncIterator[Process]:
    process = Process(Desk("s1", prompts=[], recordings=tmp_path), settings.REDIS_URL)
    task = asyncio.create_task(process.run())
    await until(lambda: redis.hexists(SWITCHES, "s1"))
    yield process
    process.ends.set()
    await task


def a_call() -> Call:
    return Call.objects.create(gateway="switch", place="s1", direction=Direction.INBOUND)


async def hear(redis: Redis) -> None:
    ear = Ear(redis)
    while True:
        heard = await sync_to_async(ear.hear)()
        if not heard and ear.start == ">" and not await sync_to_async(ear.hear)():
            return


async def test_a_call_over_redis_ends_in_the_database(process: Process, redis: Redis) -> None:
    switch, call = EmbeddedSwitch(), await sync_to_async(a_call)()
    opened = await sync_to_async(switch.open)(
        key=str(call.key), leg=call.customer_leg, direction=Direction.INBOUND
    )
    assert opened == call.ref
    ada, sam = Phone(ADA), Phone(SAM)
    answer = await sync_to_async(switch.attach)(
        call.ref, leg=call.customer_leg, offer=await ada.offer()
    )
    await ada.take(answer)
    await until(lambda: ada.hears_music)
    await sync_to_async(switch.invite)(call.ref, leg="sam", user=None, ring=20)  # type: ignore[arg-type]
    answer = await sync_to_async(switch.attach)(call.ref, leg="sam", offer=await sam.offer())
    await sam.take(answer)
    await until(lambda: ada.hears(SAM) and sam.hears(ADA))
    await hear(redis)
    await call.arefresh_from_db()
    assert call.state == CallState.IN_PROGRESS
    await sync_to_async(switch.end)(call.ref, cause=Cause.HUNG_UP)
    await hear(redis)
    await call.arefresh_from_db()
    assert (call.state, call.cause) == (CallState.COMPLETED, "hung-up")
    with pytest.raises(CallRefused, match="This call is over"):
        await sync_to_async(switch.hold)(call.ref, leg="sam", is_held=True)


async def test_what_a_wiped_redis_lost_is_asked_for(process: Process, redis: Redis) -> None:
    switch, call = EmbeddedSwitch(), await sync_to_async(a_call)()
    await sync_to_async(switch.open)(
        key=str(call.key), leg=call.customer_leg, direction=Direction.INBOUND
    )
    await hear(redis)
    await sync_to_async(switch.end)(call.ref, cause=Cause.HUNG_UP)
    await until(lambda: not process.desk.outbox)
    redis.flushdb()
    await until(lambda: redis.hexists(SWITCHES, "s1"))
    await hear(redis)
    await call.arefresh_from_db()
    assert call.state == CallState.QUEUED
    await Call.objects.filter(pk=call.pk).aupdate(created_at="2026-01-01T00:00Z")
    await sync_to_async(Reconciler().ask)()
    await call.arefresh_from_db()
    assert call.state == CallState.CANCELED


async def test_a_switch_that_ends_tells_the_end_of_its_calls(
    process: Process, redis: Redis
) -> None:
    switch, call = EmbeddedSwitch(), await sync_to_async(a_call)()
    await sync_to_async(switch.open)(
        key=str(call.key), leg=call.customer_leg, direction=Direction.INBOUND
    )
    process.ends.set()
    await until(lambda: not redis.hexists(SWITCHES, "s1"))
    await hear(redis)
    await call.arefresh_from_db()
    assert (call.state, call.cause) == (CallState.FAILED, "switch-gone")


async def test_a_command_that_comes_too_late_is_not_carried_out(
    process: Process, redis: Redis
) -> None:
    from telephony.protocol import Command, Verb

    late = Command("x", Verb.OPEN, time.time() - 1, "late-call", "c")
    redis.rpush(commands_of("s1"), late.packed(), "no command at all")
    await until(lambda: redis.llen(commands_of("s1")) == 0)
    await asyncio.sleep(0.1)
    assert process.desk.calls == {}


def test_without_a_switch_nothing_is_claimed(redis: Redis) -> None:
    with pytest.raises(GatewayUnavailable, match="No switch is running"):
        EmbeddedSwitch().open(key="k", leg="c", direction=Direction.INBOUND)


def test_calls_of_a_switch_that_is_gone_are_ended_and_not_before(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, reconciler = a_call(), Reconciler()
    assert reconciler.ask() == 0
    Call.objects.update(created_at="2026-01-01T00:00Z")
    assert reconciler.ask() == 0
    monkeypatch.setattr("telephony.reconciling.GONE_SECONDS", -1.0)
    assert reconciler.ask() == 1
    assert reconciler.ask() == 0
    call.refresh_from_db()
    assert (call.state, call.cause) == (CallState.FAILED, "switch-gone")


class Trunk:
    """What a switch with a trunk was asked to dial."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    def ring(self, _conversation: Conversation, _leg: Leg, number: str) -> None:
        self.dialled.append(number)

    async def close(self) -> None:
        """Nothing to close."""


async def test_telephones_outside_are_dialled_over_the_trunk_and_only_over_it(
    process: Process, redis: Redis, settings: Settings
) -> None:
    trunk = Trunk()
    process.desk.outside = cast("Outside", trunk)
    switch, numbers = EmbeddedSwitch(), ["+442079460101", "+442079460102", "+442079460103"]
    calls = [
        await Call.objects.acreate(
            gateway="switch", place="s1", direction=Direction.OUTBOUND, remote_number=number
        )
        for number in numbers
    ]

    # A voice's call rings at once; an agent's only when the agent is there.
    settings.SIP_TRUNK = "sip://us@127.0.0.1:5060"
    await sync_to_async(switch.open)(
        key=str(calls[0].key), leg=calls[0].customer_leg, direction=Direction.OUTBOUND, ring=30
    )
    assert trunk.dialled == numbers[:1]
    await sync_to_async(switch.open)(
        key=str(calls[1].key), leg=calls[1].customer_leg, direction=Direction.OUTBOUND
    )
    sam, agent = Phone(SAM), await User.objects.acreate(username="sam")
    await sync_to_async(switch.invite)(calls[1].ref, leg="sam", user=agent.pk, ring=30)
    await sam.take(
        await sync_to_async(switch.attach)(calls[1].ref, leg="sam", offer=await sam.offer())
    )
    talking = process.desk.calls[str(calls[1].key)].conversation.legs["sam"]
    await until(lambda: talking.is_here)
    await sync_to_async(switch.ring)(calls[1].ref, leg=calls[1].customer_leg, ring=30)
    assert trunk.dialled == numbers[:2]
    await sam.close()

    # Without a trunk only browsers ring.
    settings.SIP_TRUNK = ""
    await sync_to_async(switch.open)(
        key=str(calls[2].key), leg=calls[2].customer_leg, direction=Direction.OUTBOUND, ring=30
    )
    assert trunk.dialled == numbers[:2]
    await hear(redis)
    created = await CallEvent.objects.filter(kind=Kind.CALL_CREATED).acount()
    assert created == 3
    assert not await CallEvent.objects.filter(detail__has_key="number").aexists()


async def test_who_does_not_hear_that_it_is_over_is_told_again() -> None:
    lost = 0

    async def hard_of_hearing() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    task = asyncio.create_task(hard_of_hearing())
    await asyncio.sleep(0)
    await ended([task])
    assert (lost, task.cancelled()) == (1, True)
