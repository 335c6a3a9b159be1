"""Administrators record over our prompts: checked, played from then on, and removable."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from telephony.management.commands.prompts import FOLDER
from telephony.models import Prompt
from telephony.switch.desk import Desk
from telephony.switch.sound import RATE
from tests.cast import Cast, assemble


@pytest.fixture
def cast(db: None, settings: Settings, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = str(tmp_path)
    return assemble()


@pytest.fixture
def max_(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.max)
    return client


def sound(*, seconds: float = 1, rate: int = 8_000, width: int = 2, channels: int = 1) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"\1" * (int(seconds * rate) * width * channels))
    return made.getvalue()


def upload(client: Client, content: bytes, name: str = "closed") -> str:
    file = SimpleUploadedFile("../../x.wav", content)
    address = reverse("admin:telephony_prompt_add")
    return client.post(address, {"name": name, "file": file}, follow=True).content.decode()


def test_a_recording_goes_before_ours_until_it_is_removed(
    max_: Client, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    desk = Desk("s1", prompts=[tmp_path / "prompts", FOLDER], recordings=tmp_path)
    ours = len(desk.prompt("closed"))
    with django_capture_on_commit_callbacks(execute=True):
        upload(max_, sound(seconds=2.5))
    assert [path.name for path in tmp_path.rglob("*.*")] == ["closed.wav"]
    assert len(desk.prompt("closed")) == 2.5 * RATE
    prompt = Prompt.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        max_.post(reverse("admin:telephony_prompt_delete", args=[prompt.pk]), {"post": "yes"})
    assert len(desk.prompt("closed")) == ours
    verbs = AuditEntry.objects.filter(verb__startswith="prompt").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["prompt recorded", "prompt removed"]


def test_the_sound_comes_back_as_a_file(
    max_: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload(max_, sound())
    chosen = {"action": "sound", "_selected_action": Prompt.objects.get().pk}
    answer = max_.post(reverse("admin:telephony_prompt_changelist"), chosen)
    assert answer["Content-Disposition"] == 'attachment; filename="closed.wav"'
    assert answer.getvalue() == sound()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"ID3 not a wave", "Save the sound as WAV"),
        (sound()[:30], "Save the sound as WAV"),
        (sound(width=1), "16 bits a sample"),
        (sound(channels=3), "in one channel"),
        (sound(rate=4_000), "8,000 to 48,000"),
        (sound(seconds=61), "up to 60 seconds"),
        (sound(seconds=0), "up to 60 seconds"),
        (sound(seconds=58, rate=48_000, channels=2), "larger than 10 MB"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(
    max_: Client, tmp_path: Path, content: bytes, words: str
) -> None:
    assert words in upload(max_, content)
    assert Prompt.objects.count() == 0
    assert list(tmp_path.rglob("*")) == []


def test_only_a_name_of_the_table_and_only_by_administrators(max_: Client, cast: Cast) -> None:
    assert "Select a valid choice" in upload(max_, sound(), name="../etc/passwd")
    sam = Client()
    sam.force_login(cast.sam)
    upload(sam, sound())
    assert Prompt.objects.count() == 0
