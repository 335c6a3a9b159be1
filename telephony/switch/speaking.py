"""How does sound leave the switch? Encoded once by us, then sent to whoever hears it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from fractions import Fraction
from functools import cache
from typing import Any, Final

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.packet import Packet

from telephony.switch.sound import FRAME, RATE, SILENCE, Samples, frames, hold_music

BITS_A_SECOND: Final = 32_000
TIME_BASE: Final = Fraction(1, RATE)
AHEAD: Final = 5  # frames that may wait to be sent; older ones are dropped


class Encoder:
    """Opus in one channel. aiortc's own encodes two channels at three times the rate."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("libopus", "w")
        codec.bit_rate = BITS_A_SECOND
        codec.format = "s16"
        codec.layout = "mono"
        codec.sample_rate = RATE
        codec.time_base = TIME_BASE
        codec.options = {"application": "voip", "compression_level": "5", "frame_duration": "20"}
        self.codec = codec
        self.at = 0

    def encode(self, samples: Samples) -> bytes:
        """One frame as one Opus packet; empty while the encoder fills its look-ahead."""
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.at, TIME_BASE
        self.at += FRAME
        return b"".join(bytes(packet) for packet in self.codec.encode(frame))


@cache
def music_packets() -> tuple[bytes, ...]:
    """The hold music, encoded once for everybody who waits."""
    encoder, music = Encoder(), list(frames(hold_music()))
    encoder.encode(music[-1])
    return tuple(packet for frame in music if (packet := encoder.encode(frame)))


@cache
def silent_packet() -> bytes:
    encoder = Encoder()
    return next(packet for _ in range(10) if (packet := encoder.encode(SILENCE)))


class Mouth(MediaStreamTrack):
    """What one leg is sent: a track of packets that are encoded already."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.packets: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)
        self.sent = 0

    def say(self, packet: bytes) -> None:
        """Send one frame; when the line does not keep up, the oldest is dropped."""
        if self.packets.full():
            with suppress(asyncio.QueueEmpty):
                self.packets.get_nowait()
        self.packets.put_nowait(packet)

    async def recv(self) -> Packet[Any]:
        if self.readyState != "live":
            raise MediaStreamError
        data = await self.packets.get()
        packet = Packet(data)
        packet.pts, packet.time_base = self.sent, TIME_BASE
        self.sent += FRAME
        return packet
