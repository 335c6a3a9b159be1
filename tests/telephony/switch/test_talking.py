"""Do people in a call hear what they should, and nothing else? Real sound, asserted on itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from telephony.protocol import Kind, Verb
from telephony.switch.desk import Desk
from tests.telephony.switch.phones import (
    ADA,
    RAE,
    SAM,
    UNA,
    Caller,
    Phone,
    ticking,
    until,
    write_tone,
)

CALL = "c1"


@pytest.fixture
async def switch(tmp_path: Path) -> AsyncIterator[Caller]:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    write_tone(prompts / "hello.wav", 2100, 0.6)
    write_tone(prompts / "first.wav", 2300, 0.6)
    write_tone(prompts / "second.wav", 2500, 0.6)
    async with ticking(Desk("s1", prompts=[prompts], recordings=tmp_path / "kept")) as caller:
        yield caller


async def ada_and_sam(switch: Caller) -> tuple[Phone, Phone]:
    """Ada has called and talks with Sam."""
    ada, sam = Phone(ADA), Phone(SAM)
    await switch.ask(Verb.OPEN, CALL, "ada", direction="inbound")
    await switch.connect(ada, CALL, "ada")
    await until(lambda: ada.hears_music)
    await switch.ask(Verb.INVITE, CALL, "sam", party="agent")
    await switch.connect(sam, CALL, "sam")
    await until(lambda: ada.hears(SAM) and sam.hears(ADA))
    return ada, sam


async def test_a_caller_hears_music_until_an_agent_talks(switch: Caller) -> None:
    ada, sam = await ada_and_sam(switch)
    assert not ada.hears(ADA)
    assert not sam.hears(SAM)
    kinds = [(event.kind, event.leg) for event in switch.told()]
    assert kinds == [
        (Kind.CALL_CREATED, ""),
        (Kind.LEG_ADDED, "ada"),
        (Kind.LEG_ANSWERED, "ada"),
        (Kind.LEG_ADDED, "sam"),
        (Kind.LEG_RINGING, "sam"),
        (Kind.LEG_ANSWERED, "sam"),
    ]


async def test_a_held_customer_hears_music_and_the_agent_silence(switch: Caller) -> None:
    ada, sam = await ada_and_sam(switch)
    await switch.ask(Verb.HOLD, CALL, "ada")
    await until(lambda: ada.hears_music and sam.hears_nothing)
    await switch.ask(Verb.RESUME, CALL, "ada")
    await until(lambda: ada.hears(SAM) and sam.hears(ADA))


async def test_a_reloaded_page_takes_its_leg_back_while_music_plays(switch: Caller) -> None:
    ada, sam = await ada_and_sam(switch)
    await sam.close()
    await until(lambda: ada.hears_music)
    again = Phone(SAM)
    await switch.connect(again, CALL, "sam")
    await until(lambda: ada.hears(SAM) and again.hears(ADA))
    assert [event.kind for event in switch.told()][-2:] == [Kind.LEG_LOST, Kind.LEG_REATTACHED]


async def test_agents_consult_while_the_customer_hears_music(switch: Caller) -> None:
    ada, sam = await ada_and_sam(switch)
    rae = Phone(RAE)
    await switch.ask(Verb.HOLD, CALL, "ada")
    await switch.ask(Verb.INVITE, CALL, "rae", party="agent")
    await switch.connect(rae, CALL, "rae")
    await until(lambda: sam.hears(RAE) and rae.hears(SAM) and ada.hears_music)
    assert not sam.hears(ADA)
    await switch.ask(Verb.DROP, CALL, "sam", cause="transferred")
    await switch.ask(Verb.RESUME, CALL, "ada")
    await until(lambda: ada.hears(RAE) and rae.hears(ADA) and not ada.hears(SAM))
    await until(lambda: sam.words == ["ended"])


async def test_a_supervisor_listens_whispers_and_joins(switch: Caller) -> None:
    ada, sam = await ada_and_sam(switch)
    una = Phone(UNA)
    await switch.ask(Verb.INVITE, CALL, "una", party="supervisor", ear="listen")
    await switch.connect(una, CALL, "una")
    await until(lambda: una.hears(ADA) and una.hears(SAM))
    assert not ada.hears(UNA)
    assert not sam.hears(UNA)
    await switch.ask(Verb.LISTEN, CALL, "una", ear="whisper")
    await until(lambda: sam.hears(UNA))
    assert not ada.hears(UNA)
    await switch.ask(Verb.LISTEN, CALL, "una", ear="barge")
    await until(lambda: ada.hears(UNA))


async def test_the_customer_who_hangs_up_ends_the_call(switch: Caller) -> None:
    _, sam = await ada_and_sam(switch)
    await switch.ask(Verb.DROP, CALL, "ada")
    await until(lambda: sam.words == ["ended"])
    ended = switch.told(Kind.CALL_ENDED)
    assert [event.detail["cause"] for event in ended] == ["hung-up"]


async def test_questions_are_answered_on_the_same_line_after_the_agent_left(switch: Caller) -> None:
    ada, _ = await ada_and_sam(switch)
    await switch.ask(Verb.DROP, CALL, "sam")
    asked = await switch.ask(
        Verb.ASK,
        CALL,
        "ada",
        before=["hello"],
        questions=[
            {"code": "one", "prompt": "first", "keys": "12"},
            {"code": "two", "prompt": "second", "keys": "12"},
        ],
        seconds=2,
    )
    assert asked.is_done, asked.words
    await until(lambda: ada.hears(2100))
    await until(lambda: ada.hears(2300))
    ada.voice.is_mute = True
    ada.key("7")
    ada.key("1")
    await until(lambda: ada.hears(2500))
    ada.voice.press("2")
    await until(lambda: switch.told(Kind.QUESTIONS_DONE))
    done = switch.told(Kind.QUESTIONS_DONE)[0]
    assert done.detail["answers"] == {"one": "1", "two": "2"}
    assert done.detail["is_complete"]


async def test_a_recording_keeps_both_sides_and_leaves_out_what_was_paused(
    switch: Caller, tmp_path: Path
) -> None:
    import wave

    ada, sam = await ada_and_sam(switch)
    await switch.ask(Verb.RECORD, CALL, how="start")
    recording = switch.desk.calls[CALL].recording
    assert recording
    await until(lambda: recording.seconds > 1)
    await switch.ask(Verb.RECORD, CALL, how="pause")
    kept = recording.seconds
    await until(lambda: sam.packets and ada.hears(SAM))
    assert recording.seconds == kept
    await switch.ask(Verb.END, CALL)
    await until(lambda: switch.told(Kind.RECORDING_READY))
    told = switch.told(Kind.RECORDING_READY)[0].detail
    with wave.open(str(tmp_path / "kept" / told["file"])) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        assert file.getnframes() == round(told["seconds"] * 8000)
    assert told["pauses"] == [round(kept, 2)]


async def test_nothing_is_done_for_a_call_that_is_over(switch: Caller) -> None:
    await ada_and_sam(switch)
    await switch.ask(Verb.END, CALL)
    for verb in (Verb.HOLD, Verb.INVITE, Verb.ATTACH):
        answer = await switch.ask(verb, CALL, "ada", sdp="", party="agent")
        assert not answer.is_done
        assert answer.words == "This call is over."


async def test_an_agent_who_does_not_answer_leaves_the_caller_waiting(switch: Caller) -> None:
    ada = Phone(ADA)
    await switch.ask(Verb.OPEN, CALL, "ada", direction="inbound")
    await switch.connect(ada, CALL, "ada")
    await switch.ask(Verb.INVITE, CALL, "sam", party="agent", ring=0.3)
    await until(lambda: switch.told(Kind.LEG_LEFT))
    left = switch.told(Kind.LEG_LEFT)[0]
    assert (left.leg, left.detail["cause"], left.detail["was_answered"]) == (
        "sam",
        "no-answer",
        False,
    )
    await until(lambda: ada.hears_music)
    assert not switch.told(Kind.CALL_ENDED)
