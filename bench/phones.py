"""Phones to load a switch with: `python -m bench.phones 10 switch-a switch-b switch-a …`.

One call of two phones on each switch that is named, all at once, for so many seconds. Each phone
sends a steady tone that was encoded beforehand, so that the phones cost little. What each hears is
counted: a frame without the other's tone was lost, concealed, or not there in time.
Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
import uuid
from contextlib import suppress
from functools import cache

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame
from redis.asyncio import Redis

from telephony.protocol import Answer, Command, Verb, answer_to, commands_of
from telephony.switch.sound import FRAME, FRAME_SECONDS, RATE
from telephony.switch.speaking import Encoder, Mouth

HERTZ, LOUD = 600, 6000
HEARD = 500  # the mean loudness from which a frame counts as heard
SETTLING = 2.0  # seconds after which everybody should hear everybody
PATIENCE = 20


@cache
def tone() -> tuple[bytes, ...]:
    """One second of the tone as Opus packets."""
    encoder, packets = Encoder(), []
    for number in range(60):
        when = (np.arange(FRAME) + number * FRAME) / RATE
        sound = np.asarray(LOUD * np.sin(2 * np.pi * HERTZ * when), dtype=np.int16)
        packets.append(encoder.encode(sound))
    return tuple(packets[10:])


class Phone:
    """One end of a call; `good` counts the frames in which the other was heard."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.mouth = Mouth()
        self.connection.addTrack(self.mouth)
        self.connection.on("track", lambda track: asyncio.ensure_future(self._listen(track)))
        self.good = 0
        self.talking = asyncio.create_task(self._talk())

    async def _talk(self) -> None:
        next_at, number = time.monotonic(), 0
        while True:
            self.mouth.say(tone()[number % len(tone())])
            number += 1
            next_at += FRAME_SECONDS
            await asyncio.sleep(max(next_at - time.monotonic(), 0))

    async def _listen(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if isinstance(frame, AudioFrame):
                    self.good += bool(np.abs(frame.to_ndarray()).mean() > HEARD)

    async def close(self) -> None:
        self.talking.cancel()
        await self.connection.close()


class Asker:
    """Speaks the switch's protocol over Redis."""

    def __init__(self) -> None:
        self.redis = Redis.from_url(os.environ["REDIS_URL"])

    async def ask(self, switch: str, verb: Verb, call: str, leg: str, **detail: object) -> Answer:
        expires_at = time.time() + PATIENCE
        command = Command(uuid.uuid4().hex, verb, expires_at, call, leg, dict(detail))
        await self.redis.rpush(commands_of(switch), command.packed())
        taken = await self.redis.blpop([answer_to(command.id)], timeout=PATIENCE)
        answer = Answer.unpacked(taken[1]) if taken else Answer(False, words="no answer")
        if not answer.is_done:
            raise RuntimeError(answer.words)
        return answer

    async def connect(self, switch: str, call: str, leg: str) -> Phone:
        phone = Phone()
        await phone.connection.setLocalDescription(await phone.connection.createOffer())
        offer = phone.connection.localDescription.sdp
        answer = await self.ask(switch, Verb.ATTACH, call, leg, sdp=offer)
        sdp = RTCSessionDescription(sdp=answer.value["sdp"], type="answer")
        await phone.connection.setRemoteDescription(sdp)
        return phone

    async def call(self, switch: str) -> tuple[str, list[Phone]]:
        key = str(uuid.uuid4())
        await self.ask(switch, Verb.OPEN, key, "customer", direction="inbound")
        customer = await self.connect(switch, key, "customer")
        await self.ask(switch, Verb.INVITE, key, "agent", party="agent", user=None, ring=20)
        return key, [customer, await self.connect(switch, key, "agent")]


async def measure(seconds: float, switches: list[str]) -> dict[str, float]:
    asker = Asker()
    calls = [(switch, *await asker.call(switch)) for switch in switches]
    await asyncio.sleep(SETTLING)
    phones = [phone for _, _, both in calls for phone in both]
    print("talking", flush=True)
    before, began = [phone.good for phone in phones], time.monotonic()
    await asyncio.sleep(seconds)
    lasted = time.monotonic() - began
    heard = [phone.good - was for phone, was in zip(phones, before, strict=True)]
    due = lasted / FRAME_SECONDS
    for switch, key, both in calls:
        await asker.ask(switch, Verb.END, key, "")
        for phone in both:
            await phone.close()
    await asker.redis.aclose()
    lost = [max(0.0, 1 - one / due) for one in heard]
    return {"worst": max(lost), "mean": sum(lost) / len(lost), "seconds": lasted}


if __name__ == "__main__":
    for chatty in ("aiortc", "aioice"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    print(json.dumps(asyncio.run(measure(float(sys.argv[1]), sys.argv[2:]))), flush=True)
