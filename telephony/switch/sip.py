"""How does a plain SIP phone, a trunk or a PBX become a leg of a call?

baresip does SIP and RTP in threads of its own and gives us samples; one stack lives in a process.
Its wheel carries an old OpenSSL: SIP is spoken on a private network only, without TLS.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import numpy as np
from baresip.call import Call, CallState
from baresip.config import Account, Config
from baresip.errors import AudioNotActive, AudioRestarted, BaresipError, CallFailed, CallTimeout
from baresip.events import Event, StackEvent
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from telephony.protocol import Cause
from telephony.switch.sound import FRAME, FRAME_SECONDS, RATE, SILENCE, Samples, hold_music

logger = logging.getLogger(__name__)

BEHIND: Final = 8  # frames that may wait to be heard
CALLS_MOST: Final = 20
RTP_SECONDS: Final = 10  # without sound for so long, the stack itself ends a call
NUMBER: Final = re.compile(r"sips?:(\+?[0-9]{3,15})@")

# RFC 3261, 21.4 to 21.6, in our words
CAUSES: Final = {
    486: Cause.BUSY,
    600: Cause.BUSY,
    603: Cause.REJECTED,
    403: Cause.REJECTED,
    408: Cause.NO_ANSWER,
    480: Cause.NO_ANSWER,
    487: Cause.CANCELED,
}


class NoTrunk(ValueError):
    """The trunk's address cannot be understood."""


@dataclass(frozen=True, slots=True)
class TrunkAddress:
    """Where the trunk is, and where we listen: sip://name:password@host:port."""

    user: str
    password: str
    domain: str
    listen: str

    @classmethod
    def read(cls, text: str, *, listen: str) -> TrunkAddress:
        """Raises NoTrunk with words for whoever set it."""
        parts = urlsplit(text)
        if parts.scheme != "sip" or not parts.hostname or not parts.username:
            raise NoTrunk("SIP_TRUNK is written like sip://name:password@10.0.0.5:5060")
        if not re.fullmatch(r"[0-9.]+:[0-9]{2,5}", listen):
            raise NoTrunk("SIP_LISTEN is an address of a private network, like 10.0.0.9:5060")
        domain = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        password = unquote(parts.password or "")
        return cls(unquote(parts.username), password, domain, listen)


class SipLine:
    """One SIP call at the other end of a leg; it sounds like a browser's line."""

    def __init__(
        self, call: Call, *, gone: Callable[[], None], keyed: Callable[[str], None]
    ) -> None:
        self.call, self.gone = call, gone
        self.waiting = b""
        self.is_closed = False
        call.on(self._on_event)
        call.on_dtmf(lambda pressed: keyed(pressed.digit))

    @property
    def is_connected(self) -> bool:
        return self.call.state is CallState.ESTABLISHED

    # The stack itself notices that a phone is gone, and telephones may be silent.
    is_quiet = False

    @property
    def is_heard(self) -> bool:
        return self.is_connected

    def take(self) -> Samples:
        """The next frame that was heard; silence when there is none."""
        try:
            rate = self.call.audio.info().rx_sample_rate
            size = 2 * round(rate * FRAME_SECONDS)
            if not size:
                return SILENCE
            self.waiting += self.call.audio.read(BEHIND * size)
        except (AudioNotActive, AudioRestarted):
            return SILENCE
        if len(self.waiting) > BEHIND * size:
            self.waiting = self.waiting[-2 * size :]
        if len(self.waiting) < size:
            return SILENCE
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        return _stretched(np.frombuffer(taken, dtype=np.int16))

    def send(self, frame: Samples) -> None:
        """What the other end hears next; what does not fit is dropped."""
        try:
            rate = self.call.audio.info().tx_sample_rate
            if rate and RATE % rate == 0:
                step = RATE // rate
                narrow = frame.reshape(-1, step).mean(axis=1).astype(np.int16)
                self.call.audio.write(narrow.tobytes())
        except (AudioNotActive, AudioRestarted):
            return

    def send_music(self, tick: int) -> None:
        music = hold_music()
        start = tick * FRAME % len(music)
        self.send(music[start : start + FRAME])

    def send_silence(self) -> None:
        """Nothing is written: the stack sends silence by itself."""

    async def quality(self) -> dict[str, Any]:
        """Told once, when the call is over; nothing before."""
        return {}

    def tell(self, word: str) -> None:
        """A telephone shows no words."""

    async def close(self) -> None:
        """Hang up."""
        if self.is_closed:
            return
        self.is_closed = True
        if self.call.state is not CallState.CLOSED:
            try:
                await self.call.hangup()
            except BaresipError as error:
                logger.info("a SIP call was gone before: %s", type(error).__name__)

    def _on_event(self, _event: object) -> None:
        if self.call.state is CallState.CLOSED and not self.is_closed:
            self.is_closed = True
            self.gone()


class Trunk:
    """The way to telephones outside: one account, calls in and out."""

    def __init__(self, address: TrunkAddress, *, incoming: Callable[[Call], None]) -> None:
        self.address, self.incoming = address, incoming
        self.runtime = Runtime()
        self.agent: UserAgent | None = None

    async def start(self) -> None:
        """Raises BaresipError."""
        host = self.address.listen.partition(":")[0]
        config = Config(
            net_interface=host,
            max_concurrent_calls=CALLS_MOST,
            rtp_timeout=RTP_SECONDS,
            extra_config_text=f"sip_listen {self.address.listen}\n",
        )
        await self.runtime.start(config)
        account = Account(
            user=self.address.user,
            domain=self.address.domain,
            password=self.address.password,
            reg_interval=0,
            extra_params=("catchall=yes",),  # the trunk rings us under many numbers
        )
        self.agent = await UserAgent.create(self.runtime, account, transfer_policy="reject")
        self.agent.on_incoming(self.incoming)

    async def dial(self, number: str) -> Call:
        """Send the INVITE for an E.164 number. Raises BaresipError; CallFailed when it was refused.

        A refusal or an answer can be here before the call is: the stack tells it to whoever listens
        by then, and the call would wait for it in vain.
        """
        assert self.agent
        closed: dict[int, str] = {}
        answered: set[int] = set()

        def hear(event: StackEvent) -> None:
            if event.event is Event.CALL_CLOSED:
                closed[event.call] = event.text or ""
            elif event.event is Event.CALL_ESTABLISHED:
                answered.add(event.call)

        self.runtime.subscribe(hear)
        try:
            call = await self.agent.dial(f"sip:{number}@{self.address.domain}")
        finally:
            self.runtime.unsubscribe(hear)
        if call.handle in closed:
            raise CallFailed.from_close_reason(closed[call.handle])
        if call.handle in answered and call.state is CallState.OUTGOING:
            return Call(
                self.runtime,
                handle=call.handle,
                ua_handle=self.agent.handle,
                state=CallState.ESTABLISHED,
                peer=call.peer,
            )
        return call

    async def close(self) -> None:
        if self.agent:
            await self.runtime.close()


async def outcome(call: Call, *, seconds: float) -> Cause | None:
    """Wait for an answer: None when somebody answered, else why nobody did."""
    try:
        await call.wait_established(seconds)
    except CallTimeout:
        return Cause.NO_ANSWER
    except CallFailed as error:
        return cause_of(error)
    except asyncio.CancelledError:
        if call.state is not CallState.CLOSED:
            with suppress(BaresipError):
                await call.hangup()
        raise
    return None


def cause_of(error: CallFailed) -> Cause:
    """SIP's status as a cause of ours."""
    return CAUSES.get(error.status or 0, Cause.FAILED)


def caller_of(call: Call) -> str:
    """The number that the network presents, in E.164; nothing for anything else."""
    found = NUMBER.match(call.peer or "")
    number = found[1] if found else ""
    return number if number.startswith("+") else ""


def _stretched(samples: Samples) -> Samples:
    """Samples of a lower rate at ours; straight lines between them are enough for speech."""
    if len(samples) == FRAME:
        return samples
    there = np.linspace(0, len(samples) - 1, FRAME)
    return np.asarray(np.interp(there, np.arange(len(samples)), samples), dtype=np.int16)
