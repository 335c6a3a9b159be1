"""What do the panels of a contact show: its conversation and the customer's timeline?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from customers.contact_points import Channel
from customers.models import Customer
from interactions.models import Interaction, Message, TimelineEntry, TimelineKind

PAGE: Final = 12
WRITTEN: Final = frozenset({Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.MESSAGING})

KINDS: Final = {
    "calls": ("Calls", Q(kind=TimelineKind.CONTACT, channel=Channel.VOICE)),
    "chat": ("Chat", Q(kind=TimelineKind.CONTACT, channel__in=[Channel.CHAT, Channel.MESSAGING])),
    "mail": ("Mail", Q(kind=TimelineKind.CONTACT, channel__in=[Channel.EMAIL, Channel.FORM])),
    "requests": ("Requests", Q(kind=TimelineKind.REQUEST)),
    "offers": ("Offers", Q(kind=TimelineKind.OFFER)),
    "promises": ("Promises", Q(kind=TimelineKind.PROMISE)),
}


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of a customer's history, newest first; `before` is the cursor of the next page."""

    customer_id: int
    kind: str
    entries: list[TimelineEntry]
    before: str
    is_continued: bool

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [("", "All"), *((code, name) for code, (name, _) in KINDS.items())]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The messages of a written contact, or none, beside the notes of the agent."""

    interaction: Interaction
    messages: list[Message]

    @property
    def is_written(self) -> bool:
        return self.interaction.channel != Channel.VOICE


def timeline(*, customer: Customer, kind: str = "", before: str = "") -> Timeline:
    """The history after the cursor `before`; an unknown kind or cursor shows all from the start."""
    entries = TimelineEntry.objects.filter(customer=customer).newest()
    if kind in KINDS:
        entries = entries.filter(KINDS[kind][1])
    if cursor := _read(before):
        at, pk = cursor
        entries = entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    page = list(entries[: PAGE + 1])
    more = f"{page[PAGE - 1].at.isoformat()}~{page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return Timeline(
        customer_id=customer.pk,
        kind=kind if kind in KINDS else "",
        entries=page[:PAGE],
        before=more,
        is_continued=cursor is not None,
    )


def conversation(*, interaction: Interaction) -> Conversation:
    """The newest hundred messages in the order they were sent; a call has none to ask for."""
    if interaction.channel == Channel.VOICE:
        return Conversation(interaction, [])
    newest = interaction.messages.order_by("-sent_at", "-pk")[:100]
    return Conversation(interaction, list(reversed(newest.select_related("author"))))


def _read(cursor: str) -> tuple[datetime, int] | None:
    at, _, pk = cursor.partition("~")
    try:
        return datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
