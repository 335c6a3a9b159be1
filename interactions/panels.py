"""What do the panels of a contact show: its conversation and the customer's timeline?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared
from accounts.scoping import is_id
from customers.contact_points import Channel
from customers.models import Customer
from interactions.models import Interaction, Message, TimelineEntry, TimelineKind

PAGE: Final = 12
LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is written later
WRITTEN: Final = frozenset({Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.MESSAGING})

KINDS: Final = {
    "calls": ("Calls", Q(kind=TimelineKind.CONTACT, channel=Channel.VOICE)),
    "chat": ("Chat", Q(kind=TimelineKind.CONTACT, channel__in=[Channel.CHAT, Channel.MESSAGING])),
    "mail": ("Mail", Q(kind=TimelineKind.CONTACT, channel__in=[Channel.EMAIL, Channel.FORM])),
    "requests": ("Requests", Q(kind=TimelineKind.REQUEST)),
    "offers": ("Offers", Q(kind=TimelineKind.OFFER)),
    "promises": ("Promises", Q(kind=TimelineKind.PROMISE)),
}


class Event(NamedTuple):
    """One line of the timeline."""

    pk: int
    at: datetime
    kind: str
    channel: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of a customer's history, newest first; `before` is the cursor of the next page."""

    customer_id: int
    kind: str
    entries: list[Event]
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
    kind = kind if kind in KINDS else ""
    cursor = _read(before)
    at, pk = cursor or (LAST, 0)
    page = [Event(*row) for row in _events(kind).rows(customer=customer.pk, at=at, entry=pk)]
    more = f"{page[PAGE - 1].at.isoformat()}~{page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return Timeline(
        customer_id=customer.pk,
        kind=kind,
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


@cache
def _events(kind: str) -> Prepared:
    """The statement for one kind, or for all: what stands after an entry, the newest first."""

    def build(*, customer: int, at: datetime, entry: int) -> QuerySet[TimelineEntry, Any]:
        entries = TimelineEntry.objects.filter(KINDS[kind][1] if kind else Q(), customer=customer)
        after = entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=entry), at__lte=at)
        return after.newest().values_list(*Event._fields)[: PAGE + 1]

    return Prepared(build, {"customer": NOBODY, "at": NEVER, "entry": NO_CONTACT_AT_ALL})


def _read(cursor: str) -> tuple[datetime, int] | None:
    at, _, pk = cursor.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, int(pk)) if moment.tzinfo and is_id(pk) else None
