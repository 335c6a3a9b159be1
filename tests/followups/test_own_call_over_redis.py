"""The whole of it: Celery's task rings a real phone over a real switch; keys become answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings
from redis import Redis

from customers.models import ContactPoint, Customer
from followups import tasks
from followups.models import Attempt, FollowUp, FollowUpStatus, VoiceSurvey, Way
from interactions.models import Interaction
from portal import handset
from routing.models import DialDecision
from service.models import ServiceRequest
from telephony.hearing import Ear
from telephony.models import Call, CallerId, SuppressionEntry
from telephony.protocol import EVENTS, SWITCHES, commands_of
from telephony.spoken import SPOKEN
from telephony.switch.desk import Desk
from telephony.switch.process import Process
from tests.cast import Cast, assemble
from tests.followups.scenes import default_policy, owed
from tests.telephony.switch.phones import ADA, Phone, until, write_tone

pytestmark = pytest.mark.django_db(transaction=True)

GREETING, GO_ON = 1900, 2100
TONES = {
    "survey-own-greeting": GREETING,
    "survey-go-on": GO_ON,
    "survey-as_expected": 2300,
    "survey-as_promised": 2500,
    "survey-met_expectations": 2700,
}


def apart(work: Callable[..., Any]) -> Callable[..., Any]:
    """Django's work, in a thread of its own, while the switch goes on."""
    return sync_to_async(work)


@dataclass
class Town:
    """Ada, who is owed a follow-up by voice, her telephone, and the reader of events."""

    cast: Cast
    follow_up: FollowUp
    point: ContactPoint
    redis: Redis
    phone: Phone

    async def hear(self) -> None:
        ear = Ear(self.redis)
        while True:
            heard = await apart(ear.hear)()
            if not heard and ear.start == ">" and not await apart(ear.hear)():
                return

    async def sweeps(self) -> None:
        """What beat has Celery's worker do."""
        await apart(tasks.sweep)()
        await apart(tasks.call_by_voice)()
        await self.hear()

    async def state(self) -> str:
        return str((await apart(handset.handset)(self.point)).state)

    async def answers(self) -> None:
        answer = await apart(handset.answer)(self.point, offer=await self.phone.offer())
        await self.phone.take(answer)
        await until(lambda: bool(self.phone.hears_music) or self.phone.hears(GREETING))
        await self.hear()


def _owed() -> tuple[Cast, FollowUp, ContactPoint]:
    """At a place where it is noon, whatever the clock of this machine says."""
    cast = assemble()
    default_policy(ways=[Way.VOICE, Way.AGENT])
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on=date(2026, 1, 5))
    hour = datetime.now(UTC).hour
    Customer.objects.filter(pk=cast.ada.pk).update(time_zone=f"Etc/GMT{hour - 12:+d}", country="ZZ")
    ContactPoint.objects.filter(customer=cast.ada, channel="voice").update(value="+80012345678")
    cast.ada.refresh_from_db()
    follow_up = owed(cast, cast.ada, due_at=timezone.now())
    return cast, follow_up, cast.ada.contact_points.get(channel="voice")


@pytest.fixture
async def town(tmp_path: Path, settings: Settings) -> AsyncIterator[Town]:
    settings.TELEPHONY_GATEWAY = "switch"
    redis = Redis.from_url(settings.REDIS_URL)
    redis.delete(EVENTS, SWITCHES, commands_of("s1"))
    for name in SPOKEN:
        is_asked = name in TONES
        write_tone(tmp_path / f"{name}.wav", TONES.get(name, 2900), 3 if is_asked else 0.3)
    process = Process(Desk("s1", prompts=[tmp_path], recordings=tmp_path), settings.REDIS_URL)
    task = asyncio.create_task(process.run())
    await until(lambda: redis.hexists(SWITCHES, "s1"))
    cast, follow_up, point = await apart(_owed)()
    phone = Phone(ADA)
    yield Town(cast, follow_up, point, redis, phone)
    await phone.close()
    process.ends.set()
    await task
    await apart(connections.close_all)()


async def test_celery_rings_ada_once_and_her_no_is_an_owned_request(town: Town) -> None:
    assert await town.state() == "silent"
    await town.sweeps()
    assert await town.state() == "ringing"
    await town.sweeps()
    assert await Call.objects.acount() == 1
    await town.answers()
    phone = town.phone
    await until(lambda: phone.hears(GREETING))
    phone.voice.is_mute = True
    for tone, key in ((GO_ON, "1"), (2300, "1"), (2500, "2"), (2700, "1")):
        await until(lambda heard=tone: phone.hears(heard))
        phone.key(key)
    await until(lambda: phone.words == ["ended"])
    await town.hear()
    survey = await VoiceSurvey.objects.aget()
    assert [(one.question, one.is_yes) async for one in survey.answers.all()] == [
        ("as_expected", True),
        ("as_promised", False),
        ("met_expectations", True),
    ]
    request = await ServiceRequest.objects.select_related("owner", "customer").aget()
    assert (request.owner, request.customer) == (town.cast.sam, town.cast.ada)
    assert (await FollowUp.objects.aget()).status == FollowUpStatus.ANSWERED
    contact = await Interaction.objects.aget(is_follow_up=True)
    call = await Call.objects.aget()
    assert (call.state, contact.call_id) == ("completed", call.pk)
    assert contact.closed_at is not None
    await town.sweeps()
    assert await Call.objects.acount() == 1


async def test_who_presses_nothing_is_asked_nothing(town: Town) -> None:
    await town.sweeps()
    await town.answers()
    phone = town.phone
    phone.voice.is_mute = True
    await until(lambda: phone.hears(GO_ON))
    phone.key("5")
    phone.key("5")
    await until(lambda: phone.words == ["ended"])
    await town.hear()
    attempt = await Attempt.objects.aget()
    assert attempt.outcome == "silent"
    assert not phone.hears(2300)
    assert await (await VoiceSurvey.objects.aget()).answers.acount() == 0


async def test_declined_on_the_phone_is_tried_another_day(town: Town) -> None:
    await town.sweeps()
    await apart(handset.hang_up)(town.point)
    await town.hear()
    assert await town.state() == "silent"
    follow_up = await FollowUp.objects.aget()
    assert (follow_up.status, follow_up.attempts_made) == (FollowUpStatus.PLANNED, 1)
    await town.sweeps()
    assert await Call.objects.acount() == 1


async def test_a_number_not_to_be_called_stays_silent_and_says_why(town: Town) -> None:
    await apart(tasks.sweep)()
    await apart(SuppressionEntry.suppress)(
        number=town.point.value, reason="Asked", by=town.cast.una
    )
    await town.sweeps()
    assert await town.state() == "silent"
    follow_up = await FollowUp.objects.aget()
    assert follow_up.status == FollowUpStatus.REFUSED
    assert "do-not-call" in follow_up.refused_because
    assert not (await DialDecision.objects.aget()).is_allowed
