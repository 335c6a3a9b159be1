"""How does a call reach a customer? The interface that every telephony adapter keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, ClassVar, Final

from telephony.protocol import Cause, Ear


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CallState(StrEnum):
    """Twilio's words for where a call is; every adapter translates into them."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


RANK: Final = {
    CallState.QUEUED: 0,
    CallState.INITIATED: 1,
    CallState.RINGING: 2,
    CallState.IN_PROGRESS: 3,
}
ENDED: Final = frozenset(set(CallState) - set(RANK))


def later(now: CallState, told: CallState) -> CallState:
    """The state after an event that may be late, doubled or out of order: never backwards."""
    if now in ENDED or told is now:
        return now
    if told in ENDED:
        return told
    return max(now, told, key=RANK.__getitem__)


class Capability(Enum):
    """What an adapter can do; the console offers nothing else."""

    CARRIES_SOUND = "connects a browser to the call"
    PLACES_CALLS = "dials by itself"
    HOLDS = "puts a call on hold"
    TRANSFERS = "hands a call over"
    ASKS = "plays questions and takes digits"
    RECORDS = "records a call, with pauses"
    MONITORS = "lets a supervisor listen, whisper and join"


class GatewayError(Exception):
    """The provider did not do it; `permanent` says whether trying again is of any use.

    `nothing_done`: that nothing was done is certain, so that nobody has to ask the provider.
    """

    permanent = False
    nothing_done = False


class GatewayUnavailable(GatewayError):
    """No answer, or a refusal that may pass: ask the provider for the truth, then try again."""


class CallRefused(GatewayError):
    """The provider will never place this call."""

    permanent = nothing_done = True


class NotCapable(GatewayError):
    """This adapter cannot do that at all."""

    permanent = nothing_done = True


@dataclass(frozen=True, slots=True)
class Dialling:
    """What the person at the desk is shown: the number and, where they dial, a link for it."""

    number: str
    link: str
    words: str


@dataclass(frozen=True, slots=True)
class CallRef:
    """A call as its provider knows it: our key for it, and where it is."""

    key: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An event as a provider sent it, in our words; `number` is the provider's own order."""

    gateway: str
    event_id: str
    kind: str
    number: int
    at: datetime
    leg: str
    detail: dict[str, Any]


class Gateway:
    """One way to reach a telephone.

    Every method asks the outside world with a time-out, outside any transaction, and raises
    GatewayError; the same key twice is the same call, the same leg twice the same leg. An adapter
    has the methods of its `capabilities`; the others raise NotCapable, as they do here.
    """

    name: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    asked_every: ClassVar[float] = 0.0  # seconds between two questions about one call

    def prepare(self) -> None:
        """Load what asking takes, so that processes forked from this one need not, each alone."""

    def dialling(self, number: str) -> Dialling:
        """How the agent reaches this E.164 number."""
        raise NotImplementedError

    def client_session(self, user: int) -> dict[str, Any]:
        """What this user's browser needs to be a phone of the provider's."""
        raise self._not_capable(Capability.CARRIES_SOUND)

    def living(self) -> frozenset[str] | None:
        """The places that show signs of life; None where a place cannot be gone."""
        return None

    def open(
        self, *, key: str, leg: str, direction: Direction, ring: float | None = None
    ) -> CallRef:
        """Make a call with its customer's leg; with `ring` (seconds) their phone rings."""
        raise self._not_capable(Capability.PLACES_CALLS)

    def invite(self, ref: CallRef, *, leg: str, user: int, ring: float) -> None:
        """Ring an agent's phone for `ring` seconds."""
        raise self._not_capable(Capability.CARRIES_SOUND)

    def ring(self, ref: CallRef, *, leg: str, ring: float) -> None:
        """Ring the customer's phone in a call that was opened without; a second time nothing."""
        raise self._not_capable(Capability.PLACES_CALLS)

    def accept(self, ref: CallRef, *, leg: str) -> None:
        """Answer a call that a telephone outside has placed."""
        raise self._not_capable(Capability.CARRIES_SOUND)

    def attach(self, ref: CallRef, *, leg: str, offer: str) -> str:
        """Connect a browser to its leg, also again after a reload; its SDP answer."""
        raise self._not_capable(Capability.CARRIES_SOUND)

    def drop(self, ref: CallRef, *, leg: str, cause: Cause) -> None:
        """End one leg; the end of the customer's is the end of the call."""
        raise self._not_capable(Capability.CARRIES_SOUND)

    def end(self, ref: CallRef, *, cause: Cause) -> None:
        raise self._not_capable(Capability.CARRIES_SOUND)

    def hold(self, ref: CallRef, *, leg: str, is_held: bool) -> None:
        """A held leg hears music, and nobody hears it."""
        raise self._not_capable(Capability.HOLDS)

    def say(self, ref: CallRef, *, leg: str, prompts: Sequence[str]) -> None:
        raise self._not_capable(Capability.ASKS)

    def ask(self, ref: CallRef, *, leg: str, questionnaire: dict[str, Any]) -> None:
        """Play a `telephony.switch.scripts.Questionnaire`; answers come as events."""
        raise self._not_capable(Capability.ASKS)

    def send_digits(self, ref: CallRef, *, leg: str, keys: str) -> None:
        raise self._not_capable(Capability.ASKS)

    def record(self, ref: CallRef, *, how: str) -> None:
        """`how` is start, pause, resume or stop."""
        raise self._not_capable(Capability.RECORDS)

    def monitor(self, ref: CallRef, *, leg: str, user: int, ear: Ear) -> None:
        """A supervisor's leg: hears all, speaks to the agent, or to all."""
        raise self._not_capable(Capability.MONITORS)

    def told(self, ref: CallRef) -> list[Received] | None:
        """All that the provider can still say about a call; None when it knows no such call."""
        raise self._not_capable(Capability.CARRIES_SOUND)

    def _not_capable(self, what: Capability) -> NotCapable:
        return NotCapable(f"This telephony ({self.name}) has nothing that {what.value}.")
