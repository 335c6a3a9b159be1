"""Faults while people talk: processes killed, Redis wiped or gone, a provider that fails.

The switch and `manage.py calls` are real processes, the phones real WebRTC phones. Nothing is
asserted on time; what must come true is waited for.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from pytest_django.fixtures import Settings
from redis import Redis as Client

from accounts.models import Presence, User
from contactcentre.embedded import processes
from contactcentre.embedded.redis import Redis
from interactions.models import Interaction
from routing import talking
from routing.incoming import NobodyCanBeReached, connect_caller, end_by_caller, receive
from routing.models import AgentPhone, CallBack, CallBackReason, Place, PlaceState, Queue
from telephony import adapters
from telephony.embedded import EmbeddedSwitch
from telephony.gateway import CallRefused, CallState, GatewayError, GatewayUnavailable
from telephony.hearing import Ear
from telephony.models import Call, CallEvent, Leg
from telephony.protocol import EVENTS, SWITCHES, Alive, Command, answer_to, commands_of
from telephony.states import LegState
from tests.cast import Cast, assemble
from tests.floor import Floor
from tests.patience import PATIENCE
from tests.telephony.switch.phones import ADA, SAM, Phone


@dataclass
class Site:
    """A Redis, a switch and a follower of calls of our own; and one call in them."""

    bus: Redis
    folder: Path
    cast: Cast
    running: dict[str, Popen[bytes]] = field(default_factory=dict)

    def start(self, *command: str) -> None:
        database = urlsplit(os.environ["DATABASE_URL"])
        name = connections["default"].settings_dict["NAME"]
        env = os.environ | {
            "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
            "REDIS_URL": self.bus.url,
            "RECORDINGS_ROOT": str(self.folder),
            "TELEPHONY_GATEWAY": "switch",
        }
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            self.running[command[0]] = processes.start(
                [sys.executable, "manage.py", *command], output=log, env=env
            )

    def start_all(self) -> None:
        self.start("switch", "--name", "s1")
        self.start("calls")

    def kill(self, name: str) -> None:
        """kill -9"""
        self.running[name].kill()
        self.running[name].wait()

    @property
    def redis(self) -> Client:
        return Client.from_url(self.bus.url)

    def stop(self) -> None:
        for one in self.running.values():
            one.kill()
            one.wait()
        self.bus.stop()


@pytest.fixture
def site(
    transactional_db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    bus = Redis(tmp_path, durable=False)
    bus.start()
    settings.REDIS_URL, settings.TELEPHONY_GATEWAY = bus.url, "switch"
    adapters.named.cache_clear()
    people = assemble()
    Queue.objects.create(
        name="Everyday",
        team=people.team,
        is_default=True,
        opens_at="00:00",
        closes_at="23:59:59",
        days=[1, 2, 3, 4, 5, 6, 7],
    )
    User.objects.filter(pk=people.sam.pk).update(presence=Presence.AVAILABLE)
    AgentPhone.objects.create(user=people.sam, tab="one")
    one = Site(bus, tmp_path, people)
    one.start_all()
    yield one
    one.stop()
    adapters.named.cache_clear()


@pytest.fixture(autouse=True)
async def no_connection_is_left() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


async def comes_true(is_so: Callable[[], Any], site: Site) -> Any:
    """What `is_so` finds in the database, as soon as it finds something."""
    end = time.monotonic() + PATIENCE
    while not (found := await sync_to_async(is_so)()):
        logs = "".join(path.read_text()[-1500:] for path in site.folder.glob("*.log"))
        assert time.monotonic() < end, f"it did not come true\n{logs}"
        await asyncio.sleep(0.1)
    return found


@dataclass
class Talk:
    """Ada and Sam on the line."""

    place: Place
    ada: Phone
    sam: Phone

    def call(self) -> Call:
        return Call.objects.get(pk=self.place.call_id)

    async def close(self) -> None:
        await self.ada.close()
        await self.sam.close()


async def talk(site: Site) -> Talk:
    """Ada calls, Sam is rung and answers, and both hear each other."""
    await comes_true(lambda: site.redis.hexists(SWITCHES, "s1"), site)
    ada, sam = Phone(ADA), Phone(SAM)
    number = await sync_to_async(lambda: site.cast.ada.contact_points.get(channel="voice").value)()
    place = await sync_to_async(receive)(reason=site.cast.closing, number=number)
    offer = await ada.offer()
    await ada.take(await sync_to_async(connect_caller)(place, offer=offer))
    rings = Leg.objects.filter(user=site.cast.sam, state=LegState.RINGING)
    leg = await comes_true(rings.select_related("call").first, site)
    offer = await sam.offer()
    answer = await sync_to_async(talking.connect)(user=site.cast.sam, leg=leg, offer=offer)
    await sam.take(answer)
    begun = Talk(place, ada, sam)
    await comes_true(lambda: ada.hears(SAM) and sam.hears(ADA), site)
    await comes_true(lambda: begun.call().state == CallState.IN_PROGRESS, site)
    await sync_to_async(Call.objects.update)(created_at="2026-01-01T00:00Z")
    return begun


def owed() -> list[str]:
    return list(CallBack.objects.values_list("reason", flat=True))


@pytest.mark.slow
async def test_a_killed_switch_ends_its_calls_truthfully_and_owes_them_once(site: Site) -> None:
    on = await talk(site)
    site.kill("switch")
    site.start("switch", "--name", "s1")
    await comes_true(lambda: on.call().is_over, site)
    call = await sync_to_async(on.call)()
    assert (call.state, call.cause) == (CallState.COMPLETED, "switch-gone")
    assert call.answered_at is not None
    assert await sync_to_async(owed)() == [CallBackReason.CUT_OFF]
    assert not await sync_to_async(Leg.objects.exclude(state=LegState.LEFT).exists)()
    site.kill("calls")  # who follows them starts anew, and asks about everything again
    site.start("calls")
    again = await sync_to_async(a_second_call)(site)
    await comes_true(lambda: CallEvent.objects.filter(call=again.call).exists(), site)
    assert await sync_to_async(owed)() == [CallBackReason.CUT_OFF]
    ends = CallEvent.objects.filter(call=call, kind="call.ended")
    assert await sync_to_async(ends.count)() == 1
    await on.close()


def a_second_call(site: Site) -> Place:
    return receive(reason=site.cast.closing)


@pytest.mark.slow
async def test_no_event_is_lost_or_doubled_when_their_reader_is_killed(site: Site) -> None:
    on = await talk(site)
    site.kill("calls")
    await sync_to_async(talking.hold)(user=site.cast.sam, is_held=True)
    await sync_to_async(talking.hold)(user=site.cast.sam, is_held=False)
    site.start("calls")
    resumed = CallEvent.objects.filter(kind="leg.resumed")
    await comes_true(resumed.exists, site)
    site.kill("calls")
    await sync_to_async(end_by_caller)(on.place)
    site.start("calls")
    await comes_true(lambda: on.call().is_over, site)
    call = await sync_to_async(on.call)()
    assert (call.state, call.cause) == (CallState.COMPLETED, "hung-up")

    def compared() -> tuple[list[str], list[str]]:
        told = EmbeddedSwitch().told(call.ref) or []
        kept = CallEvent.objects.filter(call=call).order_by("number")
        return [one.event_id for one in told], list(kept.values_list("event_id", flat=True))

    await comes_true(lambda: compared()[0] == compared()[1], site)
    assert await sync_to_async(owed)() == []
    place = await sync_to_async(Place.objects.get)(pk=on.place.pk)
    assert place.state == PlaceState.DONE
    await on.close()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["wiped", "restarted"])
async def test_people_talk_on_without_redis_and_the_state_catches_up(site: Site, how: str) -> None:
    on = await talk(site)
    if how == "wiped":
        site.redis.flushall()
    else:
        assert site.bus.process
        site.bus.process.kill()
        site.bus.process.wait()
        on.ada.heard.clear()
        await comes_true(lambda: on.ada.hears(SAM), site)
        await sync_to_async(site.bus.start)()
    on.ada.heard.clear()
    on.sam.heard.clear()
    await comes_true(lambda: on.ada.hears(SAM) and on.sam.hears(ADA), site)
    await comes_true(lambda: site.redis.hexists(SWITCHES, "s1"), site)
    assert (await sync_to_async(on.call)()).state == CallState.IN_PROGRESS
    await sync_to_async(end_by_caller)(on.place)
    await comes_true(lambda: on.call().is_over, site)
    call = await sync_to_async(on.call)()
    assert (call.state, call.cause) == (CallState.COMPLETED, "hung-up")
    assert await sync_to_async(owed)() == []
    await on.close()


@pytest.mark.parametrize(
    "error", [GatewayUnavailable("The telephone does not answer."), CallRefused("Never.")]
)
def test_a_call_that_the_provider_did_not_take_is_shown_as_failed(
    floor: Floor, error: GatewayError
) -> None:
    floor.provider.fails = error
    with pytest.raises(NobodyCanBeReached):
        receive(reason=floor.cast.closing)
    call = Call.objects.get()
    assert (call.state, call.answered_at) == (CallState.FAILED, None)
    assert Place.objects.get().state == PlaceState.LEFT
    assert not Leg.objects.exists()
    assert not Interaction.objects.filter(call__isnull=False).exists()


@pytest.fixture
def silent_switch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A switch that gave a sign of life and answers nothing; commands wait in Redis."""
    monkeypatch.setattr("telephony.embedded.PATIENCE", 1)
    settings.TELEPHONY_GATEWAY = "switch"
    adapters.named.cache_clear()
    redis = Client.from_url(settings.REDIS_URL)
    redis.delete(EVENTS, SWITCHES, commands_of("slow"))
    alive = Alive(name="slow", boot="b", at=time.time() + 60, calls=0)
    redis.hset(SWITCHES, "slow", alive.packed())
    yield redis
    redis.delete(EVENTS, SWITCHES, commands_of("slow"))
    adapters.named.cache_clear()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_provider_that_is_too_slow_has_made_no_call(silent_switch: Client) -> None:
    people = assemble()
    Queue.objects.create(name="Everyday", team=people.team, is_default=True, days=list(range(1, 8)))
    with pytest.raises(NobodyCanBeReached):
        receive(reason=people.closing)
    call = Call.objects.get()
    assert call.state == CallState.FAILED
    assert call.answered_at is None
    assert silent_switch.llen(commands_of("slow")) == 1  # it has expired, and will be passed over


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rubbish", ["no answer", "[]", '{"is_done": 1, "more": 2}', '{"value": 1}']
)
def test_a_provider_that_answers_rubbish_has_made_no_call(
    silent_switch: Client, rubbish: str
) -> None:
    def answer() -> None:
        taken = silent_switch.blpop([commands_of("slow")], timeout=PATIENCE)
        command = Command.unpacked(cast("Any", taken)[1])
        silent_switch.rpush(answer_to(command.id), rubbish)

    people = assemble()
    Queue.objects.create(name="Everyday", team=people.team, is_default=True, days=list(range(1, 8)))
    provider = threading.Thread(target=answer)
    provider.start()
    with pytest.raises(NobodyCanBeReached):
        receive(reason=people.closing)
    provider.join()
    assert Call.objects.get().state == CallState.FAILED


@pytest.mark.django_db
def test_rubbish_in_the_stream_of_events_stops_nobody(silent_switch: Client) -> None:
    for said in ("no event", "[]", '{"kind": "leg.danced"}', "null"):
        silent_switch.xadd(EVENTS, {"event": said})
    silent_switch.xadd(EVENTS, {"something": "else"})
    ear = Ear(silent_switch)
    while ear.hear() or ear.start != ">":
        pass
    assert not CallEvent.objects.exists()
    assert cast("Any", silent_switch.xpending(EVENTS, "application"))["pending"] == 0
