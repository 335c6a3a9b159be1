"""How is one browser connected to its leg, and how do we notice that it is gone?"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtcrtpsender import RTCRtpSender
from av import AudioFrame

from telephony.switch.sound import RATE, SILENCE, Samples
from telephony.switch.speaking import Encoder, Mouth, music_packets, silent_packet

BEHIND: Final = 8  # frames that may wait to be heard: 160 ms of jitter
FIRST: Final = 2  # frames gathered before the first is heard
QUIET_SECONDS: Final = 2.0  # a browser sends 50 packets a second, muted or not
GATHERING_SECONDS: Final = 5.0


class NotOurs(ValueError):
    """The browser's offer cannot be answered."""


class Line:
    """One peer connection: a browser that is, or was, at the other end of a leg."""

    def __init__(self, *, gone: Callable[[], None], keyed: Callable[[str], None]) -> None:
        # No servers are asked for an address: everything is on this network.
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.mouth, self.encoder = Mouth(), Encoder()
        self.heard: deque[Samples] = deque(maxlen=BEHIND)
        self.heard_at = 0.0
        self.is_connected = self.is_closed = self.is_primed = False
        self.gone, self.keyed = gone, keyed
        self.listening: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.channel: RTCDataChannel | None = None

    async def answer(self, sdp: str) -> str:
        """Answer a browser's offer. Raises NotOurs."""
        connection = self.connection
        connection.on("track", self._on_track)
        connection.on("datachannel", self._on_channel)
        connection.on("connectionstatechange", self._on_state)
        try:
            await connection.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
            voices = [one for one in connection.getTransceivers() if one.kind == "audio"]
            if not voices:
                raise NotOurs("The offer has no sound in it.")
            known = RTCRtpSender.getCapabilities("audio").codecs
            voices[0].setCodecPreferences([one for one in known if one.mimeType == "audio/opus"])
            connection.addTrack(self.mouth)
            answer = await connection.createAnswer()
            async with asyncio.timeout(GATHERING_SECONDS):
                await connection.setLocalDescription(answer)
        except NotOurs:
            await self.close()
            raise
        except Exception as error:
            await self.close()
            raise NotOurs(f"The offer cannot be answered: {type(error).__name__}") from error
        return connection.localDescription.sdp

    def take(self) -> Samples:
        """The next frame that was heard; silence when there is none."""
        if not self.is_primed:
            self.is_primed = len(self.heard) >= FIRST
            return SILENCE
        if self.heard:
            return self.heard.popleft()
        self.is_primed = False
        return SILENCE

    def send(self, frame: Samples) -> None:
        """What the other end hears next."""
        self.mouth.say(self.encoder.encode(frame))

    def send_music(self, tick: int) -> None:
        """The music at this tick; it was encoded once for everybody who waits."""
        packets = music_packets()
        self.mouth.say(packets[tick % len(packets)])

    def send_silence(self) -> None:
        self.mouth.say(silent_packet())

    @property
    def is_quiet(self) -> bool:
        """Whether nothing at all arrives any more, not even silence."""
        return self.is_connected and time.monotonic() - self.heard_at > QUIET_SECONDS

    @property
    def is_heard(self) -> bool:
        return self.is_connected and not self.is_quiet

    async def close(self) -> None:
        """Hang up; the browser sees the connection end."""
        if self.is_closed:
            return
        self.is_closed = True
        self.mouth.stop()
        if self.listening:
            self.listening.cancel()
        await self.connection.close()

    async def quality(self) -> dict[str, Any]:
        """What the line says of itself: packets received and lost, jitter in milliseconds."""
        if self.is_closed:
            return {}
        for one in (await self.connection.getStats()).values():
            if one.type == "inbound-rtp":
                return {
                    "packets": one.packetsReceived,
                    "lost": one.packetsLost,
                    "jitter_ms": round(one.jitter / (RATE / 1000), 1),
                }
        return {}

    def tell(self, word: str) -> None:
        """Say a word to the page over its data channel, as far as it has one."""
        if self.channel and self.channel.readyState == "open":
            self.channel.send(word)

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self.listening = asyncio.create_task(self._listen(track))

    def _on_channel(self, channel: RTCDataChannel) -> None:
        self.channel = channel
        channel.on("message", self._on_message)

    def _on_message(self, message: object) -> None:
        if isinstance(message, str) and len(message) == 1 and message in "0123456789*#":
            self.keyed(message)

    def _on_state(self) -> None:
        state = self.connection.connectionState
        if state == "connected" and not self.is_connected:
            self.is_connected, self.heard_at = True, time.monotonic()
            self.connected.set()
        elif state in {"failed", "closed"} and not self.is_closed:
            self.is_connected = False
            self.gone()

    async def _listen(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, AudioFrame):
                self.heard_at = time.monotonic()
                self.heard.append(_one_channel(frame))


def _one_channel(frame: AudioFrame) -> Samples:
    samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
    return np.ascontiguousarray(samples[:, 0])
