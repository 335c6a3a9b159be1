"""A contact is opened, taken, explained and closed: once each, whoever else tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from interactions.models import (
    Interaction,
    InteractionClosed,
    NotesMovedOn,
    TimelineEntry,
)
from interactions.signals import interaction_closed
from tests.cast import Cast, assemble, contact
from tests.threads import at_once


def waiting(cast: Cast) -> Interaction:
    return Interaction.open_contact(customer=cast.ada, by=None, channel="chat")


def test_an_opened_contact_is_the_agents_at_once(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    assert (interaction.agent, interaction.closed_at) == (cast.sam, None)
    assert AuditEntry.objects.filter(verb="interaction opened", by=cast.sam).count() == 1


def test_a_waiting_contact_is_taken_once(cast: Cast) -> None:
    interaction = waiting(cast)
    assert interaction.take(by=cast.sam) is True
    before = AuditEntry.objects.count()
    assert interaction.take(by=cast.rae) is False
    assert Interaction.objects.get().agent == cast.sam
    assert AuditEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_of_eight_agents_who_take_a_contact_at_once_one_gets_it(transactional_db: None) -> None:
    cast = assemble()
    interaction = waiting(cast)
    agents = [cast.sam, cast.rae] * 4
    taken = at_once(8, lambda n: Interaction.objects.get(pk=interaction.pk).take(by=agents[n]))
    assert sorted(taken) == [False] * 7 + [True]
    assert AuditEntry.objects.filter(verb="interaction taken").count() == 1


def test_closing_writes_the_end_the_timeline_and_the_audit_entry(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    assert interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Card ordered")
    stored = Interaction.objects.get()
    assert (stored.wrap_up_code, stored.summary) == (cast.helped, "Card ordered")
    entry = TimelineEntry.objects.get()
    assert (entry.kind, entry.title, entry.detail) == (
        "contact",
        "Close an account",
        "Card ordered",
    )
    assert AuditEntry.objects.filter(verb="interaction closed").count() == 1


def test_closing_twice_closes_once(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    assert interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="First")
    assert not interaction.close(by=cast.rae, wrap_up_code=cast.not_helped, summary="Second")
    assert Interaction.objects.get().summary == "First"
    assert TimelineEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_close_at_once_one_does(transactional_db: None) -> None:
    cast = assemble()
    interaction = contact(cast, cast.ada)
    told: list[int] = []

    def note(sender: object, interaction: Interaction, **_: object) -> None:
        told.append(interaction.pk)

    interaction_closed.connect(note)
    try:
        closed = at_once(
            8,
            lambda n: Interaction.objects.get(pk=interaction.pk).close(
                by=cast.sam, wrap_up_code=cast.helped, summary=str(n)
            ),
        )
    finally:
        interaction_closed.disconnect(note)
    assert sorted(closed) == [False] * 7 + [True]
    assert told == [interaction.pk]
    assert TimelineEntry.objects.filter(kind="contact").count() == 1


def test_what_a_receiver_refuses_leaves_the_contact_open(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)

    def refuse(sender: object, **_: object) -> None:
        raise ValueError("not kept")

    interaction_closed.connect(refuse)
    try:
        with pytest.raises(ValueError, match="not kept"):
            interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    finally:
        interaction_closed.disconnect(refuse)
    assert Interaction.objects.get().closed_at is None
    assert TimelineEntry.objects.count() == 0


def test_the_reason_is_given_while_the_contact_is_open(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    interaction.give_reason(by=cast.sam, contact_reason=cast.complaint, subject="Rude letter")
    stored = Interaction.objects.get()
    assert (stored.contact_reason, stored.subject) == (cast.complaint, "Rude letter")
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    before = AuditEntry.objects.count()
    with pytest.raises(InteractionClosed):
        interaction.give_reason(by=cast.sam, contact_reason=cast.closing)
    assert Interaction.objects.get().contact_reason == cast.complaint
    assert AuditEntry.objects.count() == before


def test_late_notes_are_kept_and_old_ones_do_not_overwrite(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    assert interaction.save_notes(text="One", version=0) == 1
    with pytest.raises(NotesMovedOn):
        Interaction.objects.get().save_notes(text="Two", version=0)
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    assert interaction.save_notes(text="Three", version=1) == 2
    assert Interaction.objects.get().notes == "Three"


@pytest.mark.parametrize(
    "broken",
    [
        {"closed_at": timezone.now()},
        {"channel": "pigeon"},
        {"direction": "sideways"},
        {"opened_at": timezone.now() + timedelta(days=1), "closes": True},
    ],
)
def test_the_database_refuses_a_contact_that_cannot_be(
    cast: Cast, broken: dict[str, object]
) -> None:
    if broken.pop("closes", False):
        broken |= {"closed_at": timezone.now(), "wrap_up_code": cast.helped}
    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.create(**{"customer": cast.ada, "channel": "voice"} | broken)
    assert not Interaction.objects.exists()
