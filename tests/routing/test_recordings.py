"""Which calls are recorded, who hears a recording, and when it is gone."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, Role, User
from customers.models import Customer, Purpose
from routing.assignment import offer_waiting
from routing.models import Place, Queue, RecordingPolicy
from routing.recordings import QUESTION, SOURCE, WORDING, forget_old, start_due, state_of
from routing.tasks import forget_recordings
from telephony.gateway import GatewayUnavailable
from telephony.models import Recording
from telephony.protocol import Kind
from tests.cast import user as person
from tests.floor import Floor
from tests.threads import at_once

SOUND = bytes(range(256)) * 16


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.RECORDINGS_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def talking(floor: Floor, files: Path) -> Place:
    """Ada, known for certain, talks with Sam; her queue records where customers consent."""
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.at_work(floor.cast.sam)
    number = floor.cast.ada.contact_points.get(channel="voice").value
    place = floor.calls_in(number, is_presented=True)
    offer_waiting()
    return floor.answers(place)


def started(floor: Floor) -> int:
    return [(verb, detail) for verb, _, detail in floor.provider.asked].count(
        ("record", {"how": "start"})
    )


def test_a_call_is_recorded_where_queue_and_customer_agree(floor: Floor, talking: Place) -> None:
    assert start_due() == 1
    assert state_of(talking.call) == "", "nothing was told yet"
    floor.provider.tell(talking.call, Kind.RECORDING_STARTED)
    assert state_of(talking.call) == "on"
    assert start_due() == 0
    assert started(floor) == 1


def test_nothing_is_recorded_when_the_queue_says_never(floor: Floor, talking: Place) -> None:
    Queue.objects.update(recording=RecordingPolicy.NEVER)
    assert start_due() == 0


def test_nothing_is_recorded_against_the_newest_word(floor: Floor, talking: Place) -> None:
    floor.cast.ada.record_consent(
        by=floor.cast.sam,
        purpose=Purpose.RECORDING,
        channel="voice",
        is_granted=False,
        source="call",
        wording_version="2026-01",
    )
    assert start_due() == 0


def test_a_maybe_has_consented_to_nothing_until_confirmed(floor: Floor, files: Path) -> None:
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(floor.cast.ada.contact_points.get(channel="voice").value)
    offer_waiting()
    floor.answers(place)
    assert start_due() == 0
    place.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    assert start_due() == 1


def answered(floor: Floor, place: Place, word: str, *, user: User | None = None) -> Any:
    address = reverse("routing:recording_word", args=[place.pk])
    return as_(user or floor.cast.sam).post(address, {"word": word})


def words(dee: Customer) -> list[tuple[bool, str, str, User | None]]:
    kept = dee.consents.filter(purpose=Purpose.RECORDING).order_by("pk")
    return [(one.is_granted, one.source, one.wording_version, one.recorded_by) for one in kept]


def phone_of(user: User) -> str:
    return as_(user).get(reverse("routing:phone")).content.decode()


DEES = "+442079460144"


@pytest.fixture
def dee(floor: Floor) -> Customer:
    """A customer who was never asked whether calls may be recorded."""
    team, since = floor.cast.team, date(2020, 2, 3)
    person = Customer.objects.create(team=team, name="Dee Ray", customer_since=since)
    person.add_contact_point(by=None, channel="voice", value=DEES, is_preferred=True)
    return person


@pytest.fixture
def unasked(floor: Floor, files: Path, dee: Customer) -> Place:
    """Dee talks with Sam, in a queue that records where customers consent."""
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(DEES, is_presented=True)
    offer_waiting()
    floor.answers(place)
    place.confirm(customer=dee, by=floor.cast.sam)
    place.refresh_from_db()
    return place


def test_who_was_never_asked_is_asked_and_yes_records_at_once(
    floor: Floor, unasked: Place, dee: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    sam = floor.cast.sam
    assert start_due() == 0
    shown = phone_of(sam)
    assert f"Ask: <q>{QUESTION}</q>" in shown
    assert shown.count(reverse("routing:recording_word", args=[unasked.pk])) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert answered(floor, unasked, "yes").status_code == 204
    assert words(dee) == [(True, SOURCE, WORDING, sam)]
    assert started(floor) == 1
    assert QUESTION not in phone_of(sam)
    floor.provider.tell(unasked.call, Kind.RECORDING_STARTED)
    assert "Pause for card data" in phone_of(sam)


def test_no_is_kept_and_not_asked_again(
    floor: Floor, unasked: Place, dee: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert answered(floor, unasked, "no").status_code == 204
        assert answered(floor, unasked, "yes").status_code == 409
    assert words(dee) == [(False, SOURCE, WORDING, floor.cast.sam)]
    assert started(floor) == 0
    assert QUESTION not in phone_of(floor.cast.sam)


def test_only_the_agent_who_talks_keeps_the_word(
    floor: Floor, unasked: Place, dee: Customer
) -> None:
    for other in (floor.cast.rae, floor.cast.una, floor.cast.stranger):
        assert answered(floor, unasked, "yes", user=other).status_code == 404
    assert answered(floor, unasked, "perhaps").status_code == 422
    assert answered(floor, unasked, "").status_code == 422
    assert words(dee) == []


def test_nobody_is_asked_where_nothing_is_recorded(
    floor: Floor, unasked: Place, dee: Customer
) -> None:
    Queue.objects.update(recording=RecordingPolicy.NEVER)
    assert QUESTION not in phone_of(floor.cast.sam)
    assert answered(floor, unasked, "yes").status_code == 409
    assert words(dee) == []


def test_who_has_agreed_is_not_asked(floor: Floor, talking: Place) -> None:
    talking.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    assert "Ask:" not in phone_of(floor.cast.sam)


def test_a_maybe_is_not_asked_before_it_is_known_who_calls(
    floor: Floor, files: Path, dee: Customer
) -> None:
    Queue.objects.update(recording=RecordingPolicy.CONSENTED)
    floor.at_work(floor.cast.sam)
    place = floor.calls_in(DEES)
    offer_waiting()
    floor.answers(place)
    assert QUESTION not in phone_of(floor.cast.sam)
    assert answered(floor, place, "yes").status_code == 409
    assert words(dee) == []


@pytest.mark.django_db(transaction=True)
def test_two_windows_keep_one_word(floor: Floor, unasked: Place, dee: Customer) -> None:
    def answer(_: int) -> int:
        status: int = answered(floor, unasked, "yes").status_code
        return status

    assert sorted(at_once(4, answer)) == [204, 409, 409, 409]
    assert len(words(dee)) == 1


def test_a_refusal_of_the_provider_is_no_recording(floor: Floor, talking: Place) -> None:
    floor.provider.fails = GatewayUnavailable("silent")
    assert start_due() == 0
    assert state_of(talking.call) == ""


def test_the_agent_pauses_for_card_data_and_events_say_so(floor: Floor, talking: Place) -> None:
    floor.provider.tell(talking.call, Kind.RECORDING_STARTED)
    sam = as_(floor.cast.sam)
    address = reverse("routing:recording")
    assert "Pause for card data" in sam.get(reverse("routing:phone")).content.decode()
    assert sam.post(address).status_code == 204
    assert "Pause for card data" in sam.get(reverse("routing:phone")).content.decode()
    floor.provider.tell(talking.call, Kind.RECORDING_PAUSED)
    assert "Recording is paused" in sam.get(reverse("routing:phone")).content.decode()
    assert sam.post(address, {"over": "1"}).status_code == 204
    floor.provider.tell(talking.call, Kind.RECORDING_RESUMED)
    assert state_of(talking.call) == "on"
    asked = [detail["how"] for verb, _, detail in floor.provider.asked if verb == "record"]
    assert asked == ["pause", "resume"]
    verbs = AuditEntry.objects.filter(by=floor.cast.sam, verb__startswith="recording")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "recording paused",
        "recording resumed",
    ]


def test_what_is_not_recorded_cannot_be_paused(floor: Floor, talking: Place) -> None:
    before = AuditEntry.objects.count()
    assert as_(floor.cast.sam).post(reverse("routing:recording")).status_code == 422
    assert as_(floor.cast.rae).post(reverse("routing:recording")).status_code == 409
    assert AuditEntry.objects.count() == before


@pytest.fixture
def recorded(floor: Floor, talking: Place, files: Path) -> Recording:
    talking.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    (files / "one.wav").write_bytes(SOUND)
    floor.provider.tell(talking.call, Kind.CALL_ENDED, cause="hung-up")
    floor.provider.tell(
        talking.call,
        Kind.RECORDING_READY,
        file="one.wav",
        seconds=12.5,
        started_at=timezone.now().isoformat(),
        pauses=[3.0],
    )
    return Recording.objects.get()


def as_(user: User) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client


def sound(client: Client, recording: Recording, **headers: str) -> Any:
    return client.get(reverse("routing:sound", args=[recording.pk]), headers=headers)


def test_a_supervisor_hears_a_recording_and_it_is_written_down(
    floor: Floor, talking: Place, recorded: Recording
) -> None:
    una = as_(floor.cast.una)
    place = Place.objects.get(pk=talking.pk)
    listed = una.get(reverse("routing:recordings", args=[place.interaction_id])).content.decode()
    assert reverse("routing:hearing", args=[recorded.pk]) in listed
    assert "one.wav" not in listed
    assert sound(una, recorded).status_code == 404, "no listening is written down yet"
    player = una.post(reverse("routing:hearing", args=[recorded.pk])).content.decode()
    assert reverse("routing:sound", args=[recorded.pk]) in player
    heard = sound(una, recorded)
    assert b"".join(heard.streaming_content) == SOUND
    assert (heard["Content-Type"], heard["Accept-Ranges"]) == ("audio/wav", "bytes")
    entry = AuditEntry.objects.get(verb="recording heard")
    assert (entry.by, entry.subject_id) == (floor.cast.una, recorded.pk)


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=0-", 0, 4095), ("bytes=10-19", 10, 19), ("bytes=-6", 4090, 4095)],
)
def test_a_player_may_ask_for_a_part(
    floor: Floor, recorded: Recording, asked: str, begin: int, end: int
) -> None:
    una = as_(floor.cast.una)
    una.post(reverse("routing:hearing", args=[recorded.pk]))
    part = sound(una, recorded, range=asked)
    assert part.status_code == 206
    assert part.content == SOUND[begin : end + 1]
    assert part["Content-Range"] == f"bytes {begin}-{end}/4096"
    assert sound(una, recorded, range="bytes=9999-").status_code == 416


def test_nobody_else_hears_it(floor: Floor, talking: Place, recorded: Recording) -> None:
    contact = Place.objects.get(pk=talking.pk).interaction_id
    leader = as_(person("Leader", Role.SUPERVISOR, floor.cast.other_team))
    for client, status in ((leader, 404), (as_(floor.cast.sam), 403)):
        assert client.get(reverse("routing:recordings", args=[contact])).status_code == status
        assert client.post(reverse("routing:hearing", args=[recorded.pk])).status_code == status
        assert sound(client, recorded).status_code == status
    assert not AuditEntry.objects.filter(verb="recording heard").exists()


def test_one_hearing_opens_it_to_nobody_else_and_not_for_ever(
    floor: Floor, recorded: Recording
) -> None:
    una = as_(floor.cast.una)
    una.post(reverse("routing:hearing", args=[recorded.pk]))
    other = as_(person("Ivo", Role.SUPERVISOR, floor.cast.team))
    assert sound(other, recorded).status_code == 404


def test_a_name_that_leads_elsewhere_is_no_recording(
    floor: Floor, recorded: Recording, files: Path
) -> None:
    (files.parent / "secret.wav").write_bytes(b"no")
    Recording.objects.update(file="../secret.wav")
    una = as_(floor.cast.una)
    una.post(reverse("routing:hearing", args=[recorded.pk]))
    assert sound(una, recorded).status_code == 404


def test_old_recordings_are_deleted_with_their_files(
    floor: Floor, recorded: Recording, files: Path, settings: Settings
) -> None:
    forget_recordings()
    assert Recording.objects.count() == 1
    stray = files / "stray.wav"
    stray.write_bytes(b"sound of an event that was lost")
    old = timezone.now() - timedelta(days=settings.RECORDING_DAYS, minutes=1)
    os.utime(stray, (old.timestamp(), old.timestamp()))
    Recording.objects.update(started_at=old)
    assert forget_old() == 1
    assert list(files.iterdir()) == []
    assert not Recording.objects.exists()
