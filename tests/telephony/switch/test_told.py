"""What a switch tells of recordings and of supervisors, event by event; its clock is ours here."""

from __future__ import annotations

import asyncio
import wave
from datetime import datetime
from pathlib import Path

import pytest

from telephony.embedded import received
from telephony.gateway import CallState
from telephony.models import Call, Recording
from telephony.protocol import Answer, Ear, Event, Kind, Party, Verb
from telephony.switch.desk import Desk
from telephony.taking_in import take_in
from tests.telephony.switch.phones import Caller

CALL = "c1"
SECOND = 50  # ticks
RECORDED = (
    Kind.RECORDING_STARTED,
    Kind.RECORDING_PAUSED,
    Kind.RECORDING_RESUMED,
    Kind.RECORDING_READY,
)


class Ticked(Caller):
    """A switch in which time passes as the test says."""

    def pass_by(self, ticks: int) -> None:
        for _ in range(ticks):
            self.desk.tick()

    async def record(self, how: str) -> Answer:
        return await self.ask(Verb.RECORD, CALL, how=how)

    def recorded(self) -> list[Kind]:
        return [event.kind for event in self.told(*RECORDED)]


@pytest.fixture
async def switch(tmp_path: Path) -> Ticked:
    made = Ticked(Desk("s1", prompts=[], recordings=tmp_path))
    await made.ask(Verb.OPEN, CALL, "ada", direction="inbound")
    await made.ask(Verb.INVITE, CALL, "sam", party="agent", user=7)
    return made


async def test_a_recording_tells_each_of_its_turns_once(switch: Ticked, tmp_path: Path) -> None:
    turns = [
        *(("start", 2), ("start", 0), ("pause", 3), ("pause", 0), ("resume", 1), ("resume", 0)),
        *(("pause", 1), ("resume", 0), ("stop", 0)),
    ]
    for how, seconds in turns:
        answer = await switch.record(how)
        assert answer.is_done, answer.words
        assert answer.value == {"is_recording": how != "stop"}
        switch.pass_by(seconds * SECOND)
    assert switch.recorded() == [
        Kind.RECORDING_STARTED,
        Kind.RECORDING_PAUSED,
        Kind.RECORDING_RESUMED,
        Kind.RECORDING_PAUSED,
        Kind.RECORDING_RESUMED,
        Kind.RECORDING_READY,
    ]
    told = switch.told(*RECORDED)
    assert {(event.call, event.leg) for event in told} == {(CALL, "")}
    ready = told[-1].detail
    assert (ready["seconds"], ready["pauses"]) == (3.0, [2.0, 3.0])
    started = datetime.fromisoformat(ready["started_at"])
    assert started <= datetime.fromisoformat(told[0].at) <= datetime.fromisoformat(told[-1].at)
    with wave.open(str(tmp_path / ready["file"])) as file:
        assert file.getnframes() == 3 * file.getframerate()


@pytest.mark.parametrize("how", ["pause", "resume", "stop"])
async def test_what_is_not_recorded_is_not_paused_or_stopped(switch: Ticked, how: str) -> None:
    for _ in range(2):
        answer = await switch.record(how)
        assert (answer.is_done, answer.words) == (False, "This call is not being recorded.")
        assert switch.recorded() == []
        await switch.record("start")
        await switch.record("stop")
        switch.desk.outbox.clear()


async def test_a_second_recording_is_a_file_of_its_own(switch: Ticked, tmp_path: Path) -> None:
    for seconds in (1, 2):
        await switch.record("start")
        switch.pass_by(seconds * SECOND)
        await switch.record("stop")
        switch.pass_by(SECOND)
    ready = [event.detail for event in switch.told(Kind.RECORDING_READY)]
    assert [one["seconds"] for one in ready] == [1.0, 2.0]
    assert len({one["file"] for one in ready}) == 2
    for one in ready:
        with wave.open(str(tmp_path / one["file"])) as file:
            assert file.getnframes() == one["seconds"] * file.getframerate()


@pytest.mark.parametrize("is_paused", [False, True])
async def test_the_end_of_a_call_keeps_its_recording(switch: Ticked, *, is_paused: bool) -> None:
    await switch.record("start")
    switch.pass_by(SECOND)
    if is_paused:
        await switch.record("pause")
    await switch.ask(Verb.END, CALL)
    switch.pass_by(2)
    (ready,) = switch.told(Kind.RECORDING_READY)
    assert (ready.detail["seconds"], ready.detail["pauses"]) == (1.0, [1.0] if is_paused else [])
    assert ready.number > switch.told(Kind.CALL_ENDED)[0].number
    assert not (await switch.record("start")).is_done


async def test_each_ear_of_a_supervisor_is_told_with_whose_it_is(switch: Ticked) -> None:
    await switch.ask(Verb.INVITE, CALL, "una", party="supervisor", user=9, ear="listen")
    for ear in Ear:
        assert (await switch.ask(Verb.LISTEN, CALL, "una", ear=ear)).is_done
    told = switch.told(Kind.LEG_EAR)
    assert [(event.leg, event.detail["ear"]) for event in told] == [("una", ear) for ear in Ear]
    assert {(event.detail["party"], event.detail["user"]) for event in told} == {
        (Party.SUPERVISOR, 9)
    }
    assert not [one for one in switch.told(Kind.LEG_RINGING) if one.leg == "una"]


@pytest.mark.parametrize(
    ("leg", "ear", "words"),
    [
        ("sam", "barge", "Only a supervisor listens to a call."),
        ("ada", "listen", "Only a supervisor listens to a call."),
        ("nobody", "listen", "This leg has left the call."),
        ("una", "shout", "The switch cannot do that: 'shout' is not a valid Ear"),
    ],
)
async def test_an_ear_that_nobody_has_is_refused(
    switch: Ticked, leg: str, ear: str, words: str
) -> None:
    await switch.ask(Verb.INVITE, CALL, "una", party="supervisor", ear="whisper")
    answer = await switch.ask(Verb.LISTEN, CALL, leg, ear=ear)
    assert (answer.is_done, answer.words) == (False, words)
    assert switch.told(Kind.LEG_EAR) == []
    una = switch.desk.calls[CALL].conversation.legs["una"]
    assert una.ear is Ear.WHISPER


async def _listened_to_and_recorded(folder: Path) -> list[Event]:
    switch = Ticked(Desk("s1", prompts=[], recordings=folder))
    await switch.ask(Verb.OPEN, CALL, "ada", direction="inbound")
    await switch.ask(Verb.INVITE, CALL, "una", party="supervisor", ear="listen")
    await switch.ask(Verb.LISTEN, CALL, "una", ear="barge")
    await switch.record("start")
    switch.pass_by(SECOND)
    await switch.record("pause")
    await switch.ask(Verb.END, CALL)
    switch.pass_by(1)
    return switch.told()


@pytest.mark.django_db
def test_what_a_switch_tells_of_them_is_taken_in_whole(tmp_path: Path) -> None:
    events = [received(one) for one in asyncio.run(_listened_to_and_recorded(tmp_path))]
    call = Call.objects.create(gateway="switch", direction="inbound")
    assert take_in(call_key=str(call.key), events=events) == len(events)
    assert take_in(call_key=str(call.key), events=events) == 0
    call.refresh_from_db()
    assert call.state == CallState.CANCELED
    kept = Recording.objects.values("call", "seconds", "pauses").get()
    assert (kept["call"], float(kept["seconds"]), kept["pauses"]) == (call.pk, 1.0, [1.0])
    assert list(call.legs.values_list("party", "state")) == [
        ("customer", "left"),
        ("supervisor", "left"),
    ]
    assert set(call.events.values_list("kind", flat=True)) >= {*RECORDED[:2], Kind.LEG_EAR}
