"""Telephones outside: how the desk rings them over a trunk, and takes the calls that come in."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import TYPE_CHECKING, Final, cast

from baresip.call import Call
from baresip.errors import BaresipError, CallFailed

from telephony.protocol import Cause, Party
from telephony.switch.conversations import Conversation, Leg, Where
from telephony.switch.lines import Line
from telephony.switch.sip import SipLine, Trunk, TrunkAddress, caller_of, cause_of, outcome

if TYPE_CHECKING:
    from telephony.switch.desk import Desk

logger = logging.getLogger(__name__)

INCOMING_SECONDS: Final = 60.0  # that a call rings here before anybody of ours accepts it
LOOK_SECONDS: Final = 0.1


class Outside:
    """The trunk of one desk. A call that comes in rings until the application accepts it."""

    def __init__(self, desk: Desk, address: TrunkAddress) -> None:
        self.desk = desk
        self.trunk = Trunk(address, incoming=self._incoming)
        self.ringing: dict[str, Call] = {}

    async def start(self) -> None:
        """Raises baresip.errors.BaresipError."""
        await self.trunk.start()

    async def close(self) -> None:
        await self.trunk.close()

    def ring(self, conversation: Conversation, leg: Leg, number: str) -> None:
        """Dial; what comes of it is told as of any other leg."""
        self.desk.in_background(self._dial(conversation, leg, number))

    async def accept(self, conversation: Conversation, leg: Leg) -> bool:
        """Answer a call that came in; false when the caller has gone already."""
        call = self.ringing.pop(leg.key, None)
        if call is None:
            return False
        line = self._line(conversation, leg, call)
        try:
            await call.answer()
            cause = await outcome(call, seconds=INCOMING_SECONDS)
        except BaresipError:
            cause = Cause.FAILED
        if cause is not None:
            conversation.drop(leg, Cause.HUNG_UP, now=time.monotonic())
            return False
        conversation.connected(leg, line, now=time.monotonic())
        return True

    def _incoming(self, call: Call) -> None:
        key = uuid.uuid4()
        leg = Leg(f"{key.hex}-c", Party.CUSTOMER)
        detail = {"direction": "inbound", "number": caller_of(call), "is_presented": True}
        conversation = self.desk.begin(str(key), leg, detail=detail)
        if conversation is None:
            self.desk.in_background(call.reject())
            return
        conversation.ring(leg, until=time.monotonic() + INCOMING_SECONDS)
        self.ringing[leg.key] = call
        self.desk.in_background(self._until_gone(conversation, leg, call))

    async def _until_gone(self, conversation: Conversation, leg: Leg, call: Call) -> None:
        """A caller who hangs up, or whom nobody accepts, leaves the call."""
        while leg.key in self.ringing:
            await asyncio.sleep(LOOK_SECONDS)
            if call.state.value == "closed":
                self.ringing.pop(leg.key, None)
                conversation.drop(leg, Cause.CANCELED, now=time.monotonic())
            elif leg.where is Where.LEFT:
                self.ringing.pop(leg.key, None)
                await call.reject()

    async def _dial(self, conversation: Conversation, leg: Leg, number: str) -> None:
        try:
            call = await self.trunk.dial(number)
        except CallFailed as error:
            conversation.drop(leg, cause_of(error), now=time.monotonic())
            return
        except BaresipError as error:
            logger.warning("the trunk did not take a call: %s", type(error).__name__)
            conversation.drop(leg, Cause.FAILED, now=time.monotonic())
            return
        line = self._line(conversation, leg, call)
        seconds = max(leg.until - time.monotonic(), 1)
        answer = asyncio.ensure_future(outcome(call, seconds=seconds))
        while not answer.done():
            await asyncio.wait({answer}, timeout=LOOK_SECONDS)
            if leg.where is Where.LEFT:
                answer.cancel()
        if answer.cancelled():
            await line.close()
            return
        cause = answer.result()
        if cause is None and leg.where is not Where.LEFT:
            conversation.connected(leg, line, now=time.monotonic())
        elif cause is None:
            await line.close()
        else:
            conversation.drop(leg, cause, now=time.monotonic())

    def _line(self, conversation: Conversation, leg: Leg, call: Call) -> Line:
        def gone() -> None:
            if leg.where is Where.TALKING:
                conversation.drop(leg, Cause.HUNG_UP, now=time.monotonic())

        line = SipLine(call, gone=gone, keyed=lambda key: conversation.pressed(leg, key))
        # A browser's line and a telephone's are the same to a conversation.
        return cast("Line", line)
