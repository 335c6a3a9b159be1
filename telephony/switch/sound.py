"""What is sound here? Frames of 20 ms, one channel, 48,000 samples a second, 16 bits."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 48_000  # samples a second
FRAME_SECONDS: Final = 0.02
FRAME: Final = int(RATE * FRAME_SECONDS)  # samples

Samples = npt.NDArray[np.int16]

SILENCE: Final[Samples] = np.zeros(FRAME, dtype=np.int16)
LOUDEST: Final = 32_767


def mixed(parts: Sequence[Samples]) -> Samples:
    """The sum of some frames, cut where it would overflow."""
    if not parts:
        return SILENCE
    if len(parts) == 1:
        return parts[0]
    total = np.sum(np.stack(parts), axis=0, dtype=np.int32)
    return _whole(np.clip(total, -LOUDEST, LOUDEST))


def frames(samples: Samples) -> Iterator[Samples]:
    """Cut into frames; the last one is filled up with silence."""
    for start in range(0, len(samples), FRAME):
        piece = samples[start : start + FRAME]
        yield piece if len(piece) == FRAME else np.pad(piece, (0, FRAME - len(piece)))


def read_wave(path: Path) -> Samples:
    """A WAV file of 16 bits at any rate, in one or more channels, as our samples.

    Raises ValueError with words for whoever uploaded the file.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise ValueError("Use a WAV file with 16 bits a sample.")
            rate, channels = file.getframerate(), file.getnchannels()
            raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    except (wave.Error, EOFError) as error:
        raise ValueError("This is no WAV file (PCM).") from error
    one = raw.reshape(-1, channels).mean(axis=1)
    if rate == RATE:
        return _whole(one)
    there = np.arange(int(len(one) * RATE / rate)) * (rate / RATE)
    return _whole(np.interp(there, np.arange(len(one)), one))


def _whole(samples: npt.ArrayLike) -> Samples:
    return np.asarray(samples, dtype=np.int16)


NOTES: Final = (
    (220.00, 261.63, 329.63),  # A minor
    (174.61, 220.00, 261.63),  # F major
    (196.00, 246.94, 293.66),  # G major
    (261.63, 329.63, 392.00),  # C major
)
CHORD_SECONDS: Final = 2.0


@cache
def hold_music() -> Samples:
    """Eight seconds of quiet chords that can be repeated without a seam."""
    return np.concatenate([_chord(tones) for tones in NOTES])


def _chord(tones: Sequence[float]) -> Samples:
    at = np.arange(int(RATE * CHORD_SECONDS)) / RATE
    swell = np.sin(np.pi * at / CHORD_SECONDS) ** 0.6
    voices = sum(
        np.sin(2 * np.pi * tone * at) + 0.3 * np.sin(4 * np.pi * tone * at) for tone in tones
    )
    plucked = sum(_pluck(tone * 2, start / 4, at) for start, tone in enumerate((*tones, tones[1])))
    sound = 0.05 * swell * voices + 0.08 * plucked
    return np.asarray(sound * LOUDEST, dtype=np.int16)


def _pluck(tone: float, start: float, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    since = np.maximum(at - start * CHORD_SECONDS, 0)
    sound: npt.NDArray[np.float64] = np.sin(2 * np.pi * tone * since) * np.exp(-4 * since)
    return sound


@cache
def _ringing() -> Samples:
    """The British ringing tone: 400 and 450 Hz, twice for 0.4 s, every three seconds."""
    at = np.arange(3 * RATE) / RATE
    sounds = (at < 0.4) | ((at >= 0.6) & (at < 1.0))
    tone = 0.1 * (np.sin(2 * np.pi * 400 * at) + np.sin(2 * np.pi * 450 * at)) * sounds
    return np.asarray(tone * LOUDEST, dtype=np.int16)


def ringback(tick: int) -> Samples:
    """What somebody hears while the other side's phone rings, frame by frame."""
    tone = _ringing()
    start = tick * FRAME % len(tone)
    return tone[start : start + FRAME]
