"""All calls of one switch process: how one begins, what is told of it, and when it is put away."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from telephony.gateway import Direction
from telephony.protocol import Cause, Event, Kind
from telephony.switch.conversations import Conversation, Leg, Where
from telephony.switch.lines import Line
from telephony.switch.recordings import Recording
from telephony.switch.sound import FRAME_SECONDS

REMEMBERED_SECONDS: Final = 15 * 60.0  # how long an ended call can still be asked about
CALLS_MOST: Final = 50
EVENTS_MOST: Final = 2_000  # of one call


@dataclass
class Known:
    """A call with all that was told about it, so that it can be told again."""

    conversation: Conversation
    events: list[Event] = field(default_factory=list)
    recording: Recording | None = None
    ended_at: float | None = None


class Calls:
    """Every call by its key. `outbox` holds what was told and not sent yet; `told` wakes up."""

    def __init__(self, name: str) -> None:
        self.name, self.boot = name, uuid.uuid4().hex[:12]
        self.calls: dict[str, Known] = {}
        self.outbox: deque[Event] = deque()
        self.told = asyncio.Event()
        self.number = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def begin(self, call: str, leg: Leg, *, detail: dict[str, Any]) -> Conversation | None:
        """A new call with its customer's leg; None when every line is busy."""
        if self.count >= CALLS_MOST:
            return None
        tell = self.teller(call)
        is_ours = detail.get("direction") == Direction.OUTBOUND
        conversation = Conversation(call, tell=tell, now=time.monotonic(), is_ours=is_ours)
        self.calls[call] = Known(conversation)
        tell(Kind.CALL_CREATED, "", detail)
        conversation.add(leg)
        return conversation

    @property
    def count(self) -> int:
        return sum(1 for known in self.calls.values() if known.ended_at is None)

    def tick(self) -> None:
        """One frame for everybody; put away what is over."""
        now = time.monotonic()
        for key, known in list(self.calls.items()):
            if known.ended_at is None:
                if not known.conversation.is_over:  # nothing is heard, or recorded, after the end
                    known.conversation.tick(now=now)
                self._close_left(known, now)
            elif now - known.ended_at > REMEMBERED_SECONDS:
                del self.calls[key]

    def _close_left(self, known: Known, now: float) -> None:
        for leg in known.conversation.legs.values():
            if leg.where is Where.LEFT and leg.line:
                line, leg.line = leg.line, None
                self.in_background(self._say_goodbye(known, leg, line))
        if known.conversation.is_over:
            known.ended_at = now
            self.keep_recording(known)

    async def _say_goodbye(self, known: Known, leg: Leg, line: Line) -> None:
        quality = await line.quality()
        if quality:
            self.teller(known.conversation.key)(Kind.QUALITY, leg.key, quality)
        line.tell("ended")
        await asyncio.sleep(FRAME_SECONDS)
        await line.close()

    async def close(self) -> None:
        """End every call truthfully, because this process ends."""
        for known in self.calls.values():
            known.conversation.end(Cause.SWITCH_GONE, now=time.monotonic())
            self._close_left(known, time.monotonic())
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=2)

    def teller(self, call: str) -> Callable[[Kind, str, dict[str, Any]], None]:
        def tell(kind: Kind, leg: str, detail: dict[str, Any]) -> None:
            self.number += 1
            event = Event(
                id=f"{self.name}-{self.boot}-{self.number}",
                number=self.number,
                kind=kind,
                at=datetime.now(UTC).isoformat(),
                call=call,
                leg=leg,
                detail=detail | {"switch": self.name},
            )
            known = self.calls[call]
            if len(known.events) < EVENTS_MOST:
                known.events.append(event)
            self.outbox.append(event)
            self.told.set()

        return tell

    def keep_recording(self, known: Known) -> None:
        if known.recording:
            told = known.recording.close()
            known.recording = known.conversation.tap = None
            self.teller(known.conversation.key)(Kind.RECORDING_READY, "", told)

    def in_background(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do it beside everything else, and remember it until it is done."""
        task = asyncio.ensure_future(doing)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
