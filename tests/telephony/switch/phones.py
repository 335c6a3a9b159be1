"""Phones for tests: each hums a tone of its own, and can say which tones it hears."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from telephony.protocol import Answer, Command, Event, Kind, Verb
from telephony.switch.desk import Desk
from telephony.switch.sound import FRAME, FRAME_SECONDS, RATE, Samples
from telephony.switch.tones import tone_of
from tests.patience import PATIENCE

ADA, SAM, RAE, UNA = 500, 900, 1300, 1700  # hertz
HEARD_SECONDS = 0.4


class Voice(MediaStreamTrack):
    """A steady tone, and keys within the sound when asked."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__()
        self.hertz, self.at, self.is_mute = hertz, 0, False
        self.keys: deque[Samples] = deque()
        self.next_at = time.monotonic()

    async def recv(self) -> AudioFrame:
        self.next_at += FRAME_SECONDS
        await asyncio.sleep(max(self.next_at - time.monotonic(), 0))
        when = (np.arange(FRAME) + self.at) / RATE
        sound = np.asarray(6000 * np.sin(2 * np.pi * self.hertz * when), dtype=np.int16)
        if self.is_mute:
            sound = np.zeros(FRAME, dtype=np.int16)
        if self.keys:
            sound = self.keys.popleft()
        frame = AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.at, Fraction(1, RATE)
        self.at += FRAME
        return frame

    def press(self, keys: str) -> None:
        """Send keys as tones within the sound."""
        for key in keys:
            tone = tone_of(key)
            for start in range(0, len(tone) - FRAME + 1, FRAME):
                self.keys.append(tone[start : start + FRAME])


class Phone:
    """A browser at the other end of one leg."""

    def __init__(self, hertz: int) -> None:
        self.voice = Voice(hertz)
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.heard: deque[Samples] = deque(maxlen=round(HEARD_SECONDS / FRAME_SECONDS))
        self.words: list[str] = []
        self.packets = 0
        self.channel = self.connection.createDataChannel("keys")
        self.channel.on("message", self.words.append)
        self.connection.on("track", lambda track: asyncio.ensure_future(self._listen(track)))
        self.connection.addTrack(self.voice)

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def take(self, sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))

    async def _listen(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                self.packets += 1
                both = np.asarray(frame.to_ndarray(), dtype=np.int16).reshape(-1, 2)
                self.heard.append(both[:, 0])

    def hears(self, hertz: int) -> bool:
        """Whether that tone has been in what arrived during the last 0.4 s."""
        if len(self.heard) < (self.heard.maxlen or 0):
            return False
        return bool(self._strength(hertz) > 400)

    def _strength(self, hertz: int) -> float:
        sound = np.concatenate(self.heard).astype(np.float64)
        turn = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
        return float(2 * np.abs(turn @ sound) / len(sound))

    @property
    def hears_nothing(self) -> bool:
        if len(self.heard) < (self.heard.maxlen or 0):
            return False
        return bool(np.sqrt(np.mean(np.concatenate(self.heard).astype(np.float64) ** 2)) < 30)

    @property
    def hears_music(self) -> bool:
        """Sound, but nobody's voice."""
        return (
            len(self.heard) == self.heard.maxlen
            and not self.hears_nothing
            and not any(self.hears(one) for one in (ADA, SAM, RAE, UNA))
        )

    def key(self, key: str) -> None:
        self.channel.send(key)

    async def close(self) -> None:
        await self.connection.close()


class Caller:
    """Speaks the switch's protocol to a desk in this process."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def ask(self, verb: Verb, call: str = "", leg: str = "", **detail: object) -> Answer:
        return await self.desk.do(
            Command(uuid.uuid4().hex, verb, time.time() + 5, call, leg, dict(detail))
        )

    async def connect(self, phone: Phone, call: str, leg: str) -> None:
        answer = await self.ask(Verb.ATTACH, call, leg, sdp=await phone.offer())
        assert answer.is_done, answer.words
        await phone.take(answer.value["sdp"])

    def told(self, *kinds: Kind) -> list[Event]:
        return [event for event in self.desk.outbox if not kinds or event.kind in kinds]


@asynccontextmanager
async def ticking(desk: Desk) -> AsyncIterator[Caller]:
    """A desk that lives: 50 ticks a second."""

    async def live() -> None:
        next_at = time.monotonic()
        while True:
            desk.tick()
            next_at += FRAME_SECONDS
            await asyncio.sleep(max(next_at - time.monotonic(), 0))

    task = asyncio.create_task(live())
    yield Caller(desk)
    task.cancel()
    await desk.close()


async def until(is_so: object, *, seconds: float = PATIENCE) -> None:
    """Wait for what must come true."""
    end = time.monotonic() + seconds
    assert callable(is_so)
    while not is_so():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.02)


def write_tone(path: Path, hertz: int, seconds: float) -> None:
    """A prompt that can be recognised."""
    import wave

    at = np.arange(int(16_000 * seconds)) / 16_000
    sound = np.asarray(8000 * np.sin(2 * np.pi * hertz * at), dtype="<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(sound.tobytes())
