"""Notes, reasons and answering: what the desk's forms do to a contact."""

import pytest
from django.test import Client
from django.urls import reverse

from interactions.models import Interaction, TimelineEntry
from tests.cast import Cast, assemble, contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.sam)
    return client


def test_notes_are_saved_as_typed(cast: Cast, sam: Client) -> None:
    interaction = contact(cast, cast.ada)
    address = reverse("interactions:notes", args=[interaction.pk])
    answer = sam.post(address, {"notes": "Wants ", "version": 0})
    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    interaction.refresh_from_db()
    assert (interaction.notes, interaction.notes_version) == ("Wants ", 1)


def test_a_second_window_gets_the_first_ones_notes_back_and_overwrites_nothing(
    cast: Cast, sam: Client
) -> None:
    interaction = contact(cast, cast.ada)
    address = reverse("interactions:notes", args=[interaction.pk])
    sam.post(address, {"notes": "first", "version": 0})
    answer = sam.post(address, {"notes": "second", "version": 0})
    assert answer.status_code == 409
    assert answer.json() == {"version": 1, "notes": "first"}
    interaction.refresh_from_db()
    assert interaction.notes == "first"


def test_notes_that_are_too_long_are_refused(cast: Cast, sam: Client) -> None:
    interaction = contact(cast, cast.ada)
    address = reverse("interactions:notes", args=[interaction.pk])
    assert sam.post(address, {"notes": "x" * 20_001, "version": 0}).status_code == 422
    interaction.refresh_from_db()
    assert interaction.notes == ""


def test_nobody_of_another_team_writes_notes(cast: Cast, client: Client) -> None:
    interaction = contact(cast, cast.ada)
    client.force_login(cast.stranger)
    address = reverse("interactions:notes", args=[interaction.pk])
    assert client.post(address, {"notes": "mine", "version": 0}).status_code == 404
    interaction.refresh_from_db()
    assert (interaction.notes, interaction.notes_version) == ("", 0)


def test_a_waiting_contact_is_answered_once(cast: Cast, client: Client) -> None:
    waiting = Interaction.open_contact(customer=cast.ben, by=None, channel="chat")
    address = reverse("interactions:taking", args=[waiting.pk])
    client.force_login(cast.rae)
    assert client.post(address).status_code == 302
    client.force_login(cast.sam)
    answer = client.post(address, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "Somebody else has answered" in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.agent == cast.rae


def test_a_contact_is_started_with_a_customer(cast: Cast, sam: Client) -> None:
    address = reverse("interactions:opening", args=[cast.ada.pk])
    typed = {
        "channel": "voice",
        "direction": "inbound",
        "contact_reason": cast.closing.pk,
        "subject": "close it",
    }
    answer = sam.post(address, typed, headers={"HX-Request": "true"})
    opened = Interaction.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("console:contact", args=[opened.pk])
    assert (opened.agent, opened.subject) == (cast.sam, "close it")
    assert sam.post(address, {"channel": "pigeon"}).status_code == 422
    assert Interaction.objects.count() == 1


def test_a_reason_is_given_until_the_contact_is_wrapped_up(cast: Cast, sam: Client) -> None:
    interaction = contact(cast, cast.ada)
    address = reverse("interactions:reason", args=[interaction.pk])
    sam.post(address, {"contact_reason": cast.card_late.pk, "subject": "card"})
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    assert sam.post(address, {"contact_reason": cast.closing.pk}).status_code == 409
    interaction.refresh_from_db()
    assert interaction.contact_reason == cast.card_late


def test_the_timeline_pages_through_everything_once_and_filters_by_kind(
    cast: Cast, sam: Client
) -> None:
    TimelineEntry.objects.bulk_create(
        TimelineEntry(customer=cast.ada, kind="contact", channel="voice", title=f"Call {n:03}")
        for n in range(40)
    )
    TimelineEntry.write(customer_id=cast.ada.pk, kind="offer", title="Saver Plus")
    address = reverse("interactions:timeline", args=[cast.ada.pk])
    seen: list[str] = []
    query: dict[str, str] = {"kind": "calls"}
    while True:
        shown = sam.get(address, query).context["timeline"]
        seen += [entry.title for entry in shown.entries]
        if not shown.before:
            break
        query["before"] = shown.before
    assert seen == [f"Call {n:03}" for n in reversed(range(40))]
    everything = sam.get(address, {"kind": "nonsense", "before": "nonsense"}).context["timeline"]
    assert everything.entries[0].title == "Saver Plus"
