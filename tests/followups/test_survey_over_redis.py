"""The whole of it: a real switch, a real line, keys pressed, answers in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from pytest_django.fixtures import Settings
from redis import Redis

from followups.models import FollowUp, FollowUpPolicy, VoiceSurvey
from interactions.models import Interaction
from routing import talking
from routing.assignment import offer_waiting
from routing.incoming import connect_caller, receive
from routing.models import Place
from service.models import ServiceRequest
from telephony.hearing import Ear
from telephony.models import Call
from telephony.protocol import EVENTS, SWITCHES, commands_of
from telephony.spoken import SPOKEN
from telephony.switch.desk import Desk
from telephony.switch.process import Process
from tests.floor import Floor, open_floor
from tests.followups.scenes import default_policy, put_in_force
from tests.telephony.switch.phones import ADA, SAM, Phone, until, write_tone

pytestmark = pytest.mark.django_db(transaction=True)

TONES = {"survey-as_expected": 2100, "survey-as_promised": 2300, "survey-met_expectations": 2500}


def apart(work: Callable[..., Any]) -> Callable[..., Any]:
    """Django's work, in a thread of its own, while the switch goes on."""
    return sync_to_async(work)


@dataclass
class Line:
    """Ada and Sam talk; their phones, and the reader of the switch's events."""

    floor: Floor
    place: Place
    ada: Phone
    sam: Phone
    redis: Redis

    async def hear(self) -> None:
        ear = Ear(self.redis)
        while True:
            heard = await apart(ear.hear)()
            if not heard and ear.start == ">" and not await apart(ear.hear)():
                return


@pytest.fixture
async def switch(tmp_path: Path) -> AsyncIterator[Redis]:
    redis = Redis.from_url(settings.REDIS_URL)
    redis.delete(EVENTS, SWITCHES, commands_of("s1"))
    for name in SPOKEN:
        is_asked = name in TONES
        write_tone(tmp_path / f"{name}.wav", TONES.get(name, 2900), 5 if is_asked else 0.3)
    process = Process(Desk("s1", prompts=[tmp_path], recordings=tmp_path), settings.REDIS_URL)
    task = asyncio.create_task(process.run())
    await until(lambda: redis.hexists(SWITCHES, "s1"))
    yield redis
    process.ends.set()
    await task
    await apart(connections.close_all)()


@pytest.fixture
async def line(
    switch: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    with monkeypatch.context() as nothing_is_faked:
        floor = await apart(open_floor)(settings, nothing_is_faked)
    await apart(default_policy)(name="All", delay_minutes=1, asks_by_voice=True)
    await apart(floor.at_work)(floor.cast.sam)
    place = await apart(receive)(reason=floor.cast.closing)
    ada, sam = Phone(ADA), Phone(SAM)
    line = Line(floor, place, ada, sam, switch)
    await ada.take(await apart(connect_caller)(place, offer=await ada.offer()))
    await until(lambda: ada.hears_music)
    await line.hear()
    await apart(offer_waiting)()
    await line.hear()
    leg = await apart(talking.my_leg)(floor.cast.sam)
    answer = await apart(talking.connect)(user=floor.cast.sam, leg=leg, offer=await sam.offer())
    await sam.take(answer)
    await until(lambda: ada.hears(SAM) and sam.hears(ADA))
    await line.hear()
    await place.arefresh_from_db()
    await apart(_confirm)(line)
    yield line
    await ada.close()
    await sam.close()


def _confirm(line: Line) -> None:
    place = Place.objects.select_related("call", "contact_reason").get(pk=line.place.pk)
    place.confirm(customer=line.floor.cast.ada, by=line.floor.cast.sam)


def _close(line: Line) -> None:
    cast = line.floor.cast
    Interaction.objects.get().close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")


async def hang_up(line: Line) -> None:
    await apart(talking.hang_up)(user=line.floor.cast.sam)
    await line.hear()
    await until(lambda: line.sam.words == ["ended"])


async def ended(line: Line) -> None:
    await until(lambda: line.ada.words == ["ended"])
    await line.hear()


async def test_a_no_by_key_opens_an_owned_request(line: Line) -> None:
    await hang_up(line)
    ada = line.ada
    await until(lambda: ada.hears(2100))
    ada.voice.is_mute = True
    ada.key("1")
    await until(lambda: ada.hears(2300))
    ada.voice.press("2")  # within the sound, as a telephone does
    await until(lambda: ada.hears(2500))
    ada.key("1")
    await ended(line)
    survey = await VoiceSurvey.objects.aget()
    assert survey.ended_at is not None
    assert [(one.question, one.is_yes) async for one in survey.answers.all()] == [
        ("as_expected", True),
        ("as_promised", False),
        ("met_expectations", True),
    ]
    assert await ServiceRequest.objects.acount() == 0
    await apart(_close)(line)
    request = await ServiceRequest.objects.select_related("owner", "customer").aget()
    assert (request.owner, request.customer) == (line.floor.cast.sam, line.floor.cast.ada)
    assert "not as promised" in request.subject
    assert (await FollowUp.objects.aget()).status == "answered"
    assert (await Call.objects.aget()).state == "completed"


async def test_nine_ends_it_at_once_and_for_good(line: Line) -> None:
    await hang_up(line)
    await until(lambda: line.ada.hears(2100))
    line.ada.key("9")
    await ended(line)
    assert (await VoiceSurvey.objects.aget()).stopped_at is not None
    newest = await line.floor.cast.ada.consents.filter(purpose="survey").order_by("-pk").afirst()
    assert newest is not None
    assert not newest.is_granted
    await apart(_close)(line)
    assert (await FollowUp.objects.aget()).status == "refused"


async def test_where_nobody_asks_the_call_is_over_for_both(line: Line) -> None:
    await FollowUpPolicy.objects.aupdate(asks_by_voice=False)
    await apart(put_in_force)()
    await hang_up(line)
    await ended(line)
    call = await Call.objects.aget()
    assert (call.state, call.cause) == ("completed", "hung-up")
