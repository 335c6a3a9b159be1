"""How do the switches' events reach the database? By a stream that is read to its end, once.

The stream survives this process; this process survives Redis. An event is acknowledged after it
was taken in; one that comes twice changes nothing.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from django.db import DatabaseError, close_old_connections
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from telephony.embedded import received
from telephony.gateway import Received
from telephony.protocol import EVENTS, Event
from telephony.taking_in import take_in

logger = logging.getLogger(__name__)

GROUP: Final = "application"
BATCH: Final = 200
WAIT_MS: Final = 500
AGAIN_SECONDS: Final = 1.0


class Ear:
    """One reader of the stream. `consumer` names it: what it left open comes first again."""

    def __init__(self, redis: Redis, consumer: str = "one") -> None:
        self.redis, self.consumer = redis, consumer
        self.start = "0"  # what was given to us and not acknowledged; then ">", what is new

    def hear(self) -> int:
        """Take in what there is, or wait a moment for it; how many events came."""
        try:
            found: Any = self.redis.xreadgroup(
                GROUP, self.consumer, {EVENTS: self.start}, count=BATCH, block=WAIT_MS
            )
        except ResponseError:
            self._begin()
            return 0
        entries = found[0][1] if found else []
        if not entries:
            self.start = ">"
            return 0
        calls: dict[str, list[Received]] = defaultdict(list)
        for _, fields in entries:
            with suppress(ValueError, KeyError):
                event = Event.unpacked((fields or {})[b"event"])
                calls[event.call].append(received(event))
        for call, events in calls.items():
            take_in(call_key=call, events=events)
        self.redis.xack(EVENTS, GROUP, *[entry for entry, _ in entries])
        return len(entries)

    def _begin(self) -> None:
        """The group is not there: the first time, or Redis was wiped."""
        with suppress(ResponseError):
            self.redis.xgroup_create(EVENTS, GROUP, id="0", mkstream=True)
        self.start = ">"


def hear_for_ever(redis: Redis, *, each_second: Callable[[], None]) -> None:
    """Until the process ends. `each_second` does what calls need on time."""
    ear, next_at = Ear(redis), time.monotonic()
    while True:
        try:
            ear.hear()
            if time.monotonic() >= next_at:
                next_at = time.monotonic() + 1
                each_second()
        except (RedisError, DatabaseError) as error:
            logger.warning("calls are not heard for a moment: %s", type(error).__name__)
            ear.start = "0"
            close_old_connections()
            time.sleep(AGAIN_SECONDS)
