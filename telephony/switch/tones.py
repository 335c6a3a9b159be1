"""Which key was pressed? The two tones of ITU-T Q.23, sent and heard within the sound."""

from __future__ import annotations

from typing import Final

import numpy as np

from telephony.switch.sound import FRAME, LOUDEST, RATE, Samples

LOW: Final = (697, 770, 852, 941)  # hertz
HIGH: Final = (1209, 1336, 1477, 1633)
KEYS: Final = ("123A", "456B", "789C", "*0#D")
TONE_SECONDS: Final = 0.1
PAUSE_SECONDS: Final = 0.08
ENOUGH: Final = 2  # frames of 20 ms in a row; ITU-T Q.24 asks for 40 ms
FAINTEST: Final = 0.01  # of full power; below it nothing is heard
SHARE: Final = 0.7  # of the frame's power that the two tones must have

_turn = 2 * np.pi * np.arange(FRAME) / RATE
_probes = np.exp(-1j * np.outer((*LOW, *HIGH), _turn))


def tone_of(key: str) -> Samples:
    """The sound of one key with the pause after it. Raises ValueError for no key."""
    row = next((place for place, keys in enumerate(KEYS) if key in keys), None)
    if row is None or not key:
        raise ValueError("A key is one of 0-9, *, # and A-D.")
    at = np.arange(int(RATE * TONE_SECONDS)) / RATE
    low, high = LOW[row], HIGH[KEYS[row].index(key)]
    sound = 0.3 * (np.sin(2 * np.pi * low * at) + np.sin(2 * np.pi * high * at))
    quiet = np.zeros(int(RATE * PAUSE_SECONDS))
    return np.asarray(np.concatenate([sound, quiet]) * LOUDEST, dtype=np.int16)


class ToneEar:
    """Hears keys in a stream of frames; each press is told once."""

    def __init__(self) -> None:
        self.key, self.count, self.is_told = "", 0, False

    def hear(self, frame: Samples) -> str:
        """The key that has just been recognised, or nothing."""
        key = _key_in(frame)
        if key != self.key:
            self.key, self.count, self.is_told = key, 0, False
        self.count += 1
        if key and self.count >= ENOUGH and not self.is_told:
            self.is_told = True
            return key
        return ""


def _key_in(frame: Samples) -> str:
    sound = frame / LOUDEST
    power = float(np.mean(sound**2))
    if power < FAINTEST**2:
        return ""
    strength = 2 * np.abs(_probes @ sound / FRAME) ** 2
    low, high = int(np.argmax(strength[:4])), int(np.argmax(strength[4:]))
    pair = strength[low], strength[4 + high]
    if sum(pair) < SHARE * power or max(pair) > 8 * min(pair):
        return ""
    return KEYS[low][high]
