"""SIP telephones on loopback: a trunk in, a trunk out, sound and keys both ways."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from baresip.call import Call, CallState
from baresip.errors import CallFailed
from baresip.events import Event, StackEvent
from baresip.runtime import Runtime

from contactcentre.embedded.processes import free_ports
from telephony.protocol import Cause, Kind, Verb
from telephony.switch import desk as desk_of_switch
from telephony.switch.desk import Desk
from telephony.switch.outside import Outside
from telephony.switch.sip import NoTrunk, Trunk, TrunkAddress, cause_of, outcome
from tests.telephony.switch import phones
from tests.telephony.switch.phones import SAM, Caller, Phone, ticking

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the SIP stack has wheels for Linux only"),
]
HUM = 700  # hertz, of the telephone outside
NUMBER = "+442079460101"
PATIENCE = 60  # seconds: processes start, and SIP sends again after a while


async def until(is_so: Callable[[], object]) -> None:
    await phones.until(is_so, seconds=PATIENCE)


async def until_ended(switch: Caller, *causes: str) -> None:
    """So many calls have ended; then they ended for these reasons."""
    await until(lambda: len(ends(switch)) == len(causes))
    assert ends(switch) == list(causes), switch.told()


class Telephone:
    """The process of tests/telephony/switch/sip_phone.py, and what it has said."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.said: list[str] = []
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.said.append(line.decode().strip())

    def tell(self, word: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{word}\n".encode())

    async def close(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        self.reading.cancel()


async def a_telephone(port: int, mode: str, uri: str = "") -> Telephone:
    module = "tests.telephony.switch.sip_phone"
    command = [sys.executable, "-m", module, str(port), mode, *([uri] if uri else [])]
    telephone = Telephone(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE))
    await until(lambda: "ready" in telephone.said)
    return telephone


# One stack lives in a process, and it cannot be started twice: one story tells it all.
@pytest.fixture
async def outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Caller, int, int]]:
    monkeypatch.setattr(desk_of_switch, "CONNECTING_SECONDS", PATIENCE)
    ports = free_ports(25_000, spread=True)
    ours, theirs = next(ports), next(ports)
    desk = Desk("s1", prompts=[], recordings=tmp_path)
    address = TrunkAddress.read(f"sip://us@127.0.0.1:{theirs}", listen=f"127.0.0.1:{ours}")
    desk.outside = Outside(desk, address)
    await desk.outside.start()
    async with ticking(desk) as caller:
        yield caller, ours, theirs
    await desk.outside.close()


async def call_out(switch: Caller, call: str) -> Phone:
    """Sam is there; then the telephone outside is rung."""
    sam = Phone(SAM)
    await switch.ask(Verb.OPEN, call, f"{call}-c", direction="outbound")
    await switch.ask(Verb.INVITE, call, f"{call}-s", party="agent")
    await switch.connect(sam, call, f"{call}-s")
    await until(lambda: switch.desk.calls[call].conversation.legs[f"{call}-s"].is_here)
    rung = await switch.ask(Verb.RING, call, f"{call}-c", ring=PATIENCE, number=NUMBER)
    assert rung.is_done, rung.words
    return sam


def ends(switch: Caller) -> list[str]:
    return [str(event.detail["cause"]) for event in switch.told(Kind.CALL_ENDED)]


async def test_telephones_outside(outside: tuple[Caller, int, int]) -> None:
    switch, ours, theirs = outside

    # Out: the telephone rings, answers, is heard and hears; keys arrive; it hangs up.
    telephone = await a_telephone(theirs, "answer")
    sam = await call_out(switch, "one")
    await until(lambda: sam.hears(HUM) and f"hears [{SAM}]" in telephone.said)
    telephone.tell("5")
    await until(lambda: [event.detail["key"] for event in switch.told(Kind.DIGIT)] == ["5"])
    telephone.said.clear()
    await switch.ask(Verb.HOLD, "one", "one-c")
    await until(lambda: "hears music" in telephone.said and sam.hears_nothing)
    telephone.said.clear()
    await switch.ask(Verb.RESUME, "one", "one-c")
    await until(lambda: f"hears [{SAM}]" in telephone.said)
    telephone.tell("bye")
    await until_ended(switch, "hung-up")
    await telephone.close()

    # Out: busy, as a cause of ours.
    telephone = await a_telephone(theirs, "busy")
    await call_out(switch, "two")
    await until_ended(switch, "hung-up", "busy")
    await telephone.close()

    # In: it rings until the application accepts it, with the number that the network presents.
    telephone = await a_telephone(theirs, "call", f"sip:{NUMBER}@127.0.0.1:{ours}")
    await until(lambda: len(switch.told(Kind.CALL_CREATED)) == 3)
    created = switch.told(Kind.CALL_CREATED)[-1]
    assert (created.detail["direction"], created.detail["number"]) == ("inbound", NUMBER)
    assert "talks" not in telephone.said
    leg = next(iter(switch.desk.calls[created.call].conversation.legs))
    accepted = await switch.ask(Verb.ACCEPT, created.call, leg)
    assert accepted.is_done, accepted.words
    await until(lambda: "hears music" in telephone.said)
    sam = Phone(SAM)
    await switch.ask(Verb.INVITE, created.call, "sam", party="agent")
    await switch.connect(sam, created.call, "sam")
    await until(lambda: sam.hears(HUM) and f"hears [{SAM}]" in telephone.said)
    await switch.ask(Verb.END, created.call)
    await until(lambda: "over" in telephone.said)
    await telephone.close()


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("10.0.0.5", "10.0.0.9:5060"),
        ("sip://10.0.0.5", "10.0.0.9:5060"),
        ("sip://us@10.0.0.5", "everywhere"),
    ],
)
def test_a_trunk_that_cannot_be_understood_is_said_in_words(text: str, listen: str) -> None:
    with pytest.raises(NoTrunk, match=r"like (sip://|10\.)"):
        TrunkAddress.read(text, listen=listen)


class Stack:
    """A SIP stack that has told everything of a call before whoever dialled has the call."""

    handle = 1

    def __init__(self, *told: Event) -> None:
        self.told, self.listeners = told, list[Callable[[StackEvent], None]]()

    def subscribe(self, listener: Callable[[StackEvent], None]) -> None:
        self.listeners.append(listener)

    def unsubscribe(self, listener: Callable[[StackEvent], None]) -> None:
        self.listeners.remove(listener)

    async def dial(self, uri: str) -> Call:
        for event in self.told:
            for listener in self.listeners:
                listener(StackEvent(event, call=7, text="486 Busy Here"))
        runtime = cast("Runtime", self)
        return Call(runtime, handle=7, ua_handle=1, state=CallState.OUTGOING, peer=uri)


async def dialled(*told: Event) -> Call:
    trunk = Trunk(TrunkAddress("us", "", "127.0.0.1", "127.0.0.1:5060"), incoming=lambda _: None)
    trunk.runtime = trunk.agent = cast("Any", Stack(*told))
    return await trunk.dial(NUMBER)


async def test_an_answer_that_is_here_before_the_call_is_not_waited_for() -> None:
    assert (await dialled()).state is CallState.OUTGOING
    answered = await dialled(Event.CALL_ESTABLISHED)
    assert answered.state is CallState.ESTABLISHED
    assert await outcome(answered, seconds=PATIENCE) is None


async def test_a_refusal_that_is_here_before_the_call_is_told() -> None:
    with pytest.raises(CallFailed) as refused:
        await dialled(Event.CALL_CLOSED)
    assert cause_of(refused.value) is Cause.BUSY
