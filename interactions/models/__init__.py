"""Contacts on every channel and the timeline they leave."""

from interactions.models.contact import (
    Direction,
    Interaction,
    InteractionClosed,
    NotesMovedOn,
)
from interactions.models.message import Message
from interactions.models.reasons import ContactReason, Intent, Outcome, WrapUpCode
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
