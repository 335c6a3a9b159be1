"""For developers: speak the prompts that come with Continuum into WAV files."""

from __future__ import annotations

import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from telephony.spoken import SPOKEN

FOLDER: Final = Path(__file__).resolve().parents[2] / "prompts"
RATE: Final = 16_000  # samples a second: all that a voice has
VOICE: Final = ("-v", "en-gb", "-s", "150", "-p", "45", "-a", "140")
QUIET: Final = 200  # of 32,767: what counts as silence at either end
REST_SECONDS: Final = 0.25  # of silence left at the end


class Command(BaseCommand):
    help = "Render telephony/prompts/*.wav from telephony.spoken (needs espeak-ng)."
    requires_system_checks: list[str] = []  # noqa: RUF012  (Django declares it so)

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(exist_ok=True)
        for name, words in SPOKEN.items():
            (FOLDER / f"{name}.wav").unlink(missing_ok=True)
            self._render(words, FOLDER / f"{name}.wav")
        self.stdout.write(f"{len(SPOKEN)} prompts rendered.")

    def _render(self, words: str, path: Path) -> None:
        with tempfile.NamedTemporaryFile(suffix=".wav") as spoken:
            command = ["espeak-ng", *VOICE, "-w", spoken.name, words]
            try:
                subprocess.run(command, check=True, timeout=30)  # noqa: S603  (fixed words)
            except (OSError, subprocess.SubprocessError) as error:
                raise CommandError(f"espeak-ng did not speak: {error}") from error
            with wave.open(spoken.name, "rb") as file:
                rate = file.getframerate()
                samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
        samples = samples[loud[0] : loud[-1] + round(rate * REST_SECONDS)]
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(_at_rate(samples.astype(np.float64), rate).astype("<i2").tobytes())


def _at_rate(samples: np.ndarray[Any, np.dtype[np.float64]], rate: int) -> Any:
    """Resampled in the frequency domain, so that nothing above half of RATE folds back."""
    count = round(len(samples) * RATE / rate)
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    return np.clip(np.fft.irfft(spectrum, count) * count / len(samples), -32_767, 32_767)
