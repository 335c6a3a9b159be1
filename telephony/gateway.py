"""How does a call reach a customer? The interface that every telephony adapter keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Protocol


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

    PLACES_CALLS = "dials by itself"
    REPORTS_STATES = "tells how a call goes"
    HOLDS = "puts a call on hold"
    TRANSFERS = "hands a call over"
    RECORDS = "records a call"


class GatewayError(Exception):
    """The provider did not do it; `permanent` says whether trying again is of any use."""

    permanent = False


class GatewayUnavailable(GatewayError):
    """No answer, or a refusal that may pass: ask the provider for the truth, then try again."""


class CallRefused(GatewayError):
    """The provider will never place this call."""

    permanent = True


class NotCapable(GatewayError):
    """This adapter cannot do that at all."""

    permanent = True


@dataclass(frozen=True, slots=True)
class CallOrder:
    """One call to be placed; the same `key` twice is the same call."""

    key: str
    to: str
    caller_id: str


@dataclass(frozen=True, slots=True)
class Dialling:
    """What the person at the desk is shown: the number and, where they dial, a link for it."""

    number: str
    link: str
    words: str


class Gateway(Protocol):
    """One way to reach a telephone. Every method that asks the outside world has a time-out."""

    name: str
    capabilities: frozenset[Capability]

    def dialling(self, number: str) -> Dialling:
        """How the agent reaches this E.164 number."""

    def place(self, order: CallOrder) -> str:
        """Place the call and return the provider's reference. Raises GatewayError."""

    def state(self, reference: str) -> CallState:
        """Ask the provider for the truth about a call. Raises GatewayError."""
