"""What really became of the calls that should have ended, or that we heard too little about?

Events can be lost, and calls with their switch. The provider is asked, whichever it is; nothing
is guessed, and nothing is dialled again.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from datetime import timedelta
from typing import Final

from django.utils import timezone

from telephony.adapters import ADAPTERS, named
from telephony.embedded import EmbeddedSwitch
from telephony.gateway import Gateway, GatewayError, NotCapable, Received
from telephony.models import Call
from telephony.protocol import Cause, Kind
from telephony.taking_in import take_in

logger = logging.getLogger(__name__)

SETTLING: Final = timedelta(seconds=15)  # a call so young may be about to be opened
ROUND_SECONDS: Final = 2.0  # after them the rest waits: who asks has callers to see to
GONE_SECONDS: Final = 10.0  # without a sign of life for so long, a place counts as gone
LAST_OF_ALL: Final = 2**62  # the number of an event that nothing follows


class Reconciler:
    """Remembers since when a place is silent, so that one lost sign of life ends no call."""

    def __init__(self) -> None:
        self.silent_since: dict[str, float] = {}
        self.asked_at: dict[int, float] = {}

    def ask(self) -> int:
        """Ask every provider about its calls that go on; how many events were learnt.

        A provider that is slow is asked about fewer calls at a time, those longest not asked
        about first.
        """
        going_on = Call.objects.going_on().filter(
            gateway__in=ADAPTERS, created_at__lt=timezone.now() - SETTLING
        )
        calls: dict[str, list[Call]] = defaultdict(list)
        for call in going_on.order_by("pk"):
            calls[call.gateway].append(call)
        known = {call.pk for found in calls.values() for call in found}
        self.asked_at = {pk: at for pk, at in self.asked_at.items() if pk in known}
        return sum(self._ask_provider(named(name), found) for name, found in calls.items())

    def _ask_provider(self, provider: Gateway, calls: list[Call]) -> int:
        """One provider that does not answer keeps none of the others from being asked."""
        try:
            living = provider.living()
        except GatewayError as error:
            logger.warning("calls cannot be asked about: %s", error)
            return 0
        until, learnt = time.monotonic() + ROUND_SECONDS, 0
        for call in sorted(calls, key=lambda call: self.asked_at.get(call.pk, 0.0)):
            learnt += self._ask_about(call, provider, living)
            if time.monotonic() > until:
                break
        return learnt

    def _ask_about(self, call: Call, provider: Gateway, living: frozenset[str] | None) -> int:
        if living is not None and call.place not in living:
            since = self.silent_since.setdefault(call.place, time.monotonic())
            is_gone = time.monotonic() - since > GONE_SECONDS
            return take_in(call_key=str(call.key), events=[lost(call)]) if is_gone else 0
        self.silent_since.pop(call.place, None)
        now = time.monotonic()
        if now - self.asked_at.get(call.pk, -provider.asked_every) < provider.asked_every:
            return 0
        self.asked_at[call.pk] = now
        try:
            told = provider.told(call.ref)
        except NotCapable:
            return 0
        except GatewayError as error:
            logger.warning("a call cannot be asked about: %s", error)
            return 0
        return take_in(call_key=str(call.key), events=[lost(call)] if told is None else told)


def lost(call: Call) -> Received:
    """The end of a call that its provider knows no more."""
    is_ours = call.gateway == EmbeddedSwitch.name
    return Received(
        gateway=call.gateway,
        event_id=f"reconciled-{call.key}",
        kind=Kind.CALL_ENDED,
        number=LAST_OF_ALL,
        at=timezone.now(),
        leg="",
        detail={"cause": Cause.SWITCH_GONE if is_ours else Cause.FAILED},
    )
