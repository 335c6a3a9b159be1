"""The only ways up: told inside the transaction that begins or closes a contact."""

from django.dispatch import Signal

# Sent with interaction=Interaction, by=User | None. Receivers only write rows.
interaction_closed = Signal()

# Sent with interaction=Interaction, by=User: we got in touch, and the contact is open. A receiver
# may refuse it by raising RuleBroken; then there is no contact.
got_in_touch = Signal()
