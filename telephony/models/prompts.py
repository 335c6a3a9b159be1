"""Which prompts has an administrator recorded over ours?"""

from __future__ import annotations

import io
import os
import uuid
import wave
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from telephony.spoken import SPOKEN

SECONDS_MOST: Final = 60
BYTES_MOST: Final = 10 * 1024 * 1024
RATES: Final = range(8_000, 48_001)


class SoundUnusable(RuleBroken):
    """The file cannot be played to callers; the message says what to do."""


def seconds_of(content: bytes) -> float:
    """How long this WAV file plays. Raises SoundUnusable."""
    if len(content) > BYTES_MOST:
        raise SoundUnusable("This file is larger than 10 MB. Save it with 16,000 samples a second.")
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            if file.getsampwidth() != 2:
                raise SoundUnusable("Save the sound with 16 bits a sample.")
            if file.getnchannels() > 2 or file.getframerate() not in RATES:
                raise SoundUnusable(
                    "Save it in one channel, with 8,000 to 48,000 samples a second."
                )
            played = len(file.readframes(file.getnframes())) // (2 * file.getnchannels())
            seconds = played / file.getframerate()
    except (wave.Error, EOFError) as error:
        raise SoundUnusable("This is no WAV file. Save the sound as WAV (PCM, 16 bit).") from error
    if not 0 < seconds <= SECONDS_MOST:
        raise SoundUnusable("A prompt plays for up to 60 seconds. Make it shorter.")
    return seconds


class Prompt(models.Model):
    """A recording that is played in place of ours of the same name. The file is named after it."""

    name = models.CharField(max_length=60, unique=True)
    seconds = models.DecimalField(max_digits=5, decimal_places=2)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """What ours says, and the recording should."""
        return SPOKEN.get(self.name, "")

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "prompts" / f"{self.name}.wav"

    @classmethod
    def put(cls, *, name: str, content: bytes, by: User) -> Prompt:
        """Play this from now on. The file takes its place after the commit, whole or not at all.

        Raises SoundUnusable.
        """
        if name not in SPOKEN:
            raise SoundUnusable("Nothing of that name is played. Choose one of the list.")
        seconds = round(seconds_of(content), 2)
        with transaction.atomic():
            made, _ = cls.objects.update_or_create(
                name=name, defaults={"seconds": seconds, "by": by, "at": timezone.now()}
            )
            AuditEntry.record(by=by, verb="prompt recorded", subject=made, detail={"name": name})
            made.path.parent.mkdir(parents=True, exist_ok=True)
            aside = made.path.with_name(f".{uuid.uuid4().hex}.part")
            aside.write_bytes(content)
            transaction.on_commit(partial(os.replace, aside, made.path))
        return made

    def remove(self, *, by: User) -> None:
        """Ours is played again."""
        with transaction.atomic():
            AuditEntry.record(
                by=by, verb="prompt removed", subject=self, detail={"name": self.name}
            )
            Prompt.objects.filter(pk=self.pk).delete()
            transaction.on_commit(partial(self.path.unlink, missing_ok=True))
