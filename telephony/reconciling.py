"""What really became of the calls that should have ended, or that we heard too little about?

Events can be lost with Redis, and calls with their switch. The provider is asked; nothing is
guessed, and nothing is dialled again.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from django.utils import timezone

from telephony.adapters import named
from telephony.embedded import EmbeddedSwitch
from telephony.gateway import GatewayError, Received
from telephony.models import Call
from telephony.protocol import Cause, Kind
from telephony.taking_in import take_in

SETTLING: Final = timedelta(seconds=15)  # a call so young may be about to be opened
GONE_SECONDS: Final = 10.0  # without a sign of life for so long, a switch counts as gone
LAST_OF_ALL: Final = 2**62  # the number of an event that nothing follows


class Reconciler:
    """Remembers since when a switch is silent, so that one lost sign of life ends no call."""

    def __init__(self) -> None:
        self.silent_since: dict[str, float] = {}

    def ask(self) -> int:
        """Ask about every call that goes on; how many events were learnt."""
        switch = named(EmbeddedSwitch.name)
        assert isinstance(switch, EmbeddedSwitch)
        going_on = Call.objects.going_on().filter(
            gateway=switch.name, created_at__lt=timezone.now() - SETTLING
        )
        calls = list(going_on)
        if not calls:
            return 0
        alive = {one.name for one in switch.switches()}
        return sum(self._ask_about(call, switch, alive) for call in calls)

    def _ask_about(self, call: Call, switch: EmbeddedSwitch, alive: set[str]) -> int:
        if call.place not in alive:
            since = self.silent_since.setdefault(call.place, time.monotonic())
            is_gone = time.monotonic() - since > GONE_SECONDS
            return take_in(call_key=str(call.key), events=[lost(call)]) if is_gone else 0
        self.silent_since.pop(call.place, None)
        try:
            told = switch.told(call.ref)
        except GatewayError:
            return 0
        return take_in(call_key=str(call.key), events=[lost(call)] if told is None else told)


def lost(call: Call) -> Received:
    """The end of a call that its provider knows no more."""
    return Received(
        gateway=call.gateway,
        event_id=f"reconciled-{call.key}",
        kind=Kind.CALL_ENDED,
        number=LAST_OF_ALL,
        at=timezone.now(),
        leg="",
        detail={"cause": Cause.SWITCH_GONE},
    )
