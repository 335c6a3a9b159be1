"""Contacts on every channel and the timeline they leave."""

from interactions.models.contact import (
    ContactReason,
    Direction,
    Intent,
    Interaction,
    InteractionClosed,
    Message,
    NotesMovedOn,
    Outcome,
    WrapUpCode,
)
from interactions.models.timeline import TimelineEntry, TimelineKind

__all__ = [
    "ContactReason",
    "Direction",
    "Intent",
    "Interaction",
    "InteractionClosed",
    "Message",
    "NotesMovedOn",
    "Outcome",
    "TimelineEntry",
    "TimelineKind",
    "WrapUpCode",
]
