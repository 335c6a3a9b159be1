"""The only way up: told inside the transaction that closes an interaction."""

from django.dispatch import Signal

# Sent with interaction=Interaction, by=User | None. Receivers only write rows.
interaction_closed = Signal()
