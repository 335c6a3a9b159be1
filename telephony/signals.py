"""What telephony tells the apps above it, inside the transaction that took the event in."""

from __future__ import annotations

from django.dispatch import Signal

# call: Call, before: CallState, now: CallPicture, events: list[CallEvent] (new ones, in order).
# Receivers only write rows; what they ask of the provider, they ask after the commit.
call_moved = Signal()
