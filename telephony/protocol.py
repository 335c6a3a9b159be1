"""What do the application and the switch say to each other over Redis?

Commands go to one switch's list, and each has a list of its own for the answer. Events go to one
stream, which keeps them while the application restarts. Every message is one JSON text.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

EVENTS: Final = "continuum:switch:events"
EVENTS_KEPT: Final = 100_000
SWITCHES: Final = "continuum:switches"  # a hash: name -> Alive as JSON
ALIVE_SECONDS: Final = 6  # without a word for so long, a switch counts as gone
ANSWER_SECONDS: Final = 30  # how long an answer that nobody fetches is kept


def commands_of(switch: str) -> str:
    """The list that this switch takes its commands from."""
    return f"continuum:switch:{switch}:commands"


def answer_to(command: str) -> str:
    """The list that the answer to this command is put on."""
    return f"continuum:switch:answer:{command}"


class Verb(StrEnum):
    """What the switch can be asked for."""

    OPEN = "open"  # a call with its customer's leg, connected by the customer's own browser
    INVITE = "invite"  # ring one more leg of a call
    RING = "ring"  # ring the customer's phone in a call that has been opened without
    ACCEPT = "accept"  # answer a call that a telephone outside has placed
    ATTACH = "attach"  # connect a browser to its leg: for the first time, or again
    HOLD = "hold"
    RESUME = "resume"
    DROP = "drop"  # end one leg
    END = "end"  # end the whole call
    SAY = "say"  # play prompts to a leg
    ASK = "ask"  # play questions to a leg and take digits
    DIGITS = "digits"  # send digits to a leg
    RECORD = "record"
    LISTEN = "listen"  # how a supervisor's leg takes part
    STATE = "state"  # one call, as it is now
    CALLS = "calls"  # the keys of all calls


class Kind(StrEnum):
    """What happened, in words that every gateway's events are translated into."""

    CALL_CREATED = "call.created"
    CALL_ENDED = "call.ended"
    LEG_ADDED = "leg.added"
    LEG_RINGING = "leg.ringing"
    LEG_ANSWERED = "leg.answered"
    LEG_HELD = "leg.held"
    LEG_RESUMED = "leg.resumed"
    LEG_LOST = "leg.lost"
    LEG_REATTACHED = "leg.reattached"
    LEG_LEFT = "leg.left"
    MACHINE_DETECTED = "machine.detected"  # who answered, a person or a machine, as far as heard
    DIGIT = "digit"
    PROMPT_DONE = "prompt.done"
    ANSWER_GIVEN = "answer.given"
    QUESTIONS_DONE = "questions.done"
    LEG_EAR = "leg.ear"  # how a supervisor's leg takes part from now on
    RECORDING_STARTED = "recording.started"
    RECORDING_PAUSED = "recording.paused"
    RECORDING_RESUMED = "recording.resumed"
    RECORDING_READY = "recording.ready"
    QUALITY = "quality"


class Party(StrEnum):
    """Whose leg it is."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Cause(StrEnum):
    """Why a leg or a call ended."""

    HUNG_UP = "hung-up"
    REJECTED = "rejected"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    LOST = "lost"  # the connection broke and did not come back in time
    TRANSFERRED = "transferred"
    FAILED = "failed"
    SWITCH_GONE = "switch-gone"


class AnsweredBy(StrEnum):
    """Who answered a call of ours, where the provider listens for it and is sure."""

    PERSON = "person"
    MACHINE = "machine"  # a voice mail, a fax


class Ear(StrEnum):
    """How a supervisor takes part: hears all, speaks to the agent only, or speaks to all."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish. `expires_at` is in seconds since 1970: a late wish is not carried out."""

    id: str
    verb: Verb
    expires_at: float
    call: str = ""
    leg: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str | bytes) -> Command:
        """Raises ValueError for what is no command."""
        try:
            said = json.loads(text)
            return cls(**(said | {"verb": Verb(said["verb"])}))
        except (KeyError, TypeError) as error:
            raise ValueError(f"no command: {error}") from error


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command; `words` say what went wrong, `is_permanent` whether for good."""

    is_done: bool
    value: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    is_permanent: bool = False

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str | bytes) -> Answer:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `number` counts up within one life of one switch.

    `at` is ISO 8601 in UTC. `id` is unique for all time: switch, its start, and `number`.
    """

    id: str
    number: int
    kind: Kind
    at: str
    call: str
    leg: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str | bytes) -> Event:
        """Raises ValueError for what is no event that is known here."""
        try:
            said = json.loads(text)
            return cls(**(said | {"kind": Kind(said["kind"])}))
        except (KeyError, TypeError) as error:
            raise ValueError(f"no event: {error}") from error


@dataclass(frozen=True, slots=True)
class Alive:
    """What a switch says of itself every two seconds. `at` is in seconds since 1970."""

    name: str
    boot: str
    at: float
    calls: int

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str | bytes) -> Alive:
        return cls(**json.loads(text))
