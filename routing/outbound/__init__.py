"""How do we call somebody? The agent first; the customer's phone rings when an agent is there.

Where an automatic voice talks, nobody has to be there first: see `ringing`.

1. An agent asks. The rules are asked and the decision is kept; then the call is a row, by a key
   that is the same for every try to place it.
2. One process claims the row, opens the call at the provider and rings the agent's page, which
   answers by itself, since it was the agent's own wish.
3. The provider says that the agent is there. One process claims the dialling, asks the rules
   again, keeps that decision too, and only then the customer's phone rings.
4. Whoever claimed and died has left a claimed row: the provider is asked what became of it
   (`telephony.reconciling`), and nothing is dialled again.
"""

from routing.outbound.asking import (
    PhoneNotReady,
    ask,
    came_to_nothing,
    key_of,
    places_calls,
    queue,
)
from routing.outbound.call_backs import call_back
from routing.outbound.following import follow
from routing.outbound.placing import RING_SECONDS, dial, place_due
from routing.outbound.ringing import ring_due
from routing.outbound.rules import (
    GUARDS,
    Guard,
    NotDialled,
    Ruling,
    Wanted,
    decide,
    lawful_hours,
)

__all__ = [
    "GUARDS",
    "RING_SECONDS",
    "Guard",
    "NotDialled",
    "PhoneNotReady",
    "Ruling",
    "Wanted",
    "ask",
    "call_back",
    "came_to_nothing",
    "decide",
    "dial",
    "follow",
    "key_of",
    "lawful_hours",
    "place_due",
    "places_calls",
    "queue",
    "ring_due",
]
