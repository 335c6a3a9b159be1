"""How is a call kept as sound? One WAV file: the customer left, our side right."""

from __future__ import annotations

import wave
from datetime import datetime
from pathlib import Path

import numpy as np

from telephony.switch.sound import RATE, Samples

KEPT_RATE = 8_000  # samples a second: what a telephone carries
STEP = RATE // KEPT_RATE


class Recording:
    """A recording that can be paused, while a card number is read out for one.

    What is said in a pause is not in the file, nor is its length; the file says where it was.
    """

    def __init__(self, path: Path, *, started_at: datetime) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path, self.started_at = path, started_at
        self.file = wave.open(str(path), "wb")  # noqa: SIM115  (open for as long as the call)
        self.file.setnchannels(2)
        self.file.setsampwidth(2)
        self.file.setframerate(KEPT_RATE)
        path.chmod(0o600)
        self.is_paused = False
        self.pauses: list[float] = []
        self.frames = 0

    def take(self, theirs: Samples, ours: Samples) -> None:
        """One frame of both sides."""
        if self.is_paused:
            return
        sides = [_narrow(theirs), _narrow(ours)]
        self.file.writeframesraw(np.stack(sides, axis=1).astype("<i2").tobytes())
        self.frames += len(sides[0])

    @property
    def seconds(self) -> float:
        return self.frames / KEPT_RATE

    def pause(self) -> None:
        if not self.is_paused:
            self.is_paused = True
            self.pauses.append(round(self.seconds, 2))

    def resume(self) -> None:
        self.is_paused = False

    def close(self) -> dict[str, object]:
        """What there is to tell about the file."""
        self.file.close()
        return {
            "file": self.path.name,
            "seconds": round(self.seconds, 2),
            "started_at": self.started_at.isoformat(),
            "pauses": self.pauses,
        }


def _narrow(samples: Samples) -> Samples:
    """The mean of each six samples: enough of a filter for speech."""
    return np.asarray(samples.reshape(-1, STEP).mean(axis=1), dtype=np.int16)
