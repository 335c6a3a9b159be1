"""Who hears whom in one call, who is still there, and what is told when that changes?

Nothing here waits: a conversation moves when it is ticked, every 20 ms, or asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from telephony.protocol import Cause, Ear, Kind, Party
from telephony.switch.lines import Line
from telephony.switch.scripts import Script
from telephony.switch.sound import SILENCE, Samples, mixed, ringback
from telephony.switch.tones import ToneEar

RING_SECONDS: Final = 25.0
RING_LEAST: Final = 15.0  # 16 CFR 310.4(b)(4)(ii): ring at least 15 seconds or four rings
AGENT_BACK_SECONDS: Final = 20.0
CUSTOMER_BACK_SECONDS: Final = 10.0
ALONE_SECONDS: Final = 30 * 60.0  # the longest anybody waits before the call is ended
STALLED_SECONDS: Final = 0.5  # between two ticks: the switch itself had no time, and heard nobody
LISTEN_SECONDS: Final = 2.0  # how long nobody counts as quiet afterwards
AFTERWARDS_SECONDS: Final = 30.0  # after the agent has hung up, for the application to say more

Tell = Callable[[Kind, str, dict[str, Any]], None]


class Where(StrEnum):
    """How far a leg is."""

    INVITED = "invited"  # there is a leg, and its page is not connected yet
    RINGING = "ringing"
    TALKING = "talking"
    LOST = "lost"
    LEFT = "left"


@dataclass(eq=False)
class Leg:
    """One party of a call."""

    key: str
    party: Party
    user: int | None = None
    where: Where = Where.INVITED
    line: Line | None = None
    is_held: bool = False
    ear: Ear = Ear.LISTEN
    until: float = 0.0  # monotonic seconds: rings, or may come back, until then
    was_answered: bool = False
    script: Script | None = None
    keys: list[str] = field(default_factory=list)
    tone_ear: ToneEar = field(default_factory=ToneEar)

    @property
    def is_here(self) -> bool:
        return self.where is Where.TALKING and self.line is not None

    @property
    def may_talk(self) -> bool:
        return self.is_here and not self.is_held and self.script is None


class Conversation:
    """One call: its legs, and 50 times a second what each of them hears."""

    def __init__(self, key: str, *, tell: Tell, now: float, is_ours: bool = False) -> None:
        """`is_ours`: we call them, and so nobody's phone rings without one of us there."""
        self.key, self._tell, self.is_ours = key, tell, is_ours
        self.legs: dict[str, Leg] = {}
        self.alone_until = now + ALONE_SECONDS
        self.is_over = False
        self.ticks = 0
        self.ticked_at, self.listens_until = now, now
        self.tap: Callable[[Samples, Samples], None] | None = None

    def of(self, *parties: Party) -> Iterator[Leg]:
        return (
            leg
            for leg in self.legs.values()
            if leg.where is not Where.LEFT and (not parties or leg.party in parties)
        )

    def tell(self, kind: Kind, leg: str, detail: dict[str, Any]) -> None:
        """Every event of a leg says whose leg it is, so that each can be understood alone."""
        if leg in self.legs:
            mine = self.legs[leg]
            detail = {"party": mine.party, "user": mine.user, **detail}
        self._tell(kind, leg, detail)

    # -- who takes part ---------------------------------------------------------------------

    def add(self, leg: Leg) -> None:
        self.legs[leg.key] = leg
        self.tell(Kind.LEG_ADDED, leg.key, {})

    def ring(self, leg: Leg, *, until: float) -> None:
        leg.where, leg.until = Where.RINGING, until
        self.tell(Kind.LEG_RINGING, leg.key, {})

    def connected(self, leg: Leg, line: Line, *, now: float) -> Line | None:
        """The leg talks on this line from now on; the line it had before, to be closed."""
        before, leg.line = leg.line, line
        if leg.where is Where.LEFT:
            return line
        was = leg.where
        leg.where = Where.TALKING
        if not leg.was_answered:
            leg.was_answered = True
            self.tell(Kind.LEG_ANSWERED, leg.key, {})
            if leg.party is Party.AGENT:
                self._stop_playing()
        elif was is Where.LOST or before is not None:
            self.tell(Kind.LEG_REATTACHED, leg.key, {})
        self.alone_until = now + ALONE_SECONDS
        return before if before is not line else None

    def _stop_playing(self) -> None:
        """Somebody is there to talk, which goes before whatever a customer is told who waits."""
        for customer in self.of(Party.CUSTOMER):
            customer.script = None

    def lost(self, leg: Leg, *, now: float) -> None:
        """The leg's line broke; it may come back for a while."""
        if leg.where is not Where.TALKING:
            return
        back = CUSTOMER_BACK_SECONDS if leg.party is Party.CUSTOMER else AGENT_BACK_SECONDS
        leg.where, leg.until = Where.LOST, now + back
        self.tell(Kind.LEG_LOST, leg.key, {})
        self._let_nobody_answer_alone(leg, now=now)

    def drop(self, leg: Leg, cause: Cause, *, now: float) -> None:
        """The leg ends. The customer's end is the end of the call."""
        if leg.where is Where.LEFT:
            return
        was_answered, leg.where, leg.script = leg.was_answered, Where.LEFT, None
        self.tell(Kind.LEG_LEFT, leg.key, {"cause": cause, "was_answered": was_answered})
        if leg.party is Party.CUSTOMER:
            self.end(cause, now=now)
            return
        self._let_nobody_answer_alone(leg, now=now)
        has_talked = leg.party is Party.AGENT and was_answered and cause is Cause.HUNG_UP
        if has_talked and not list(self.of(Party.AGENT)):
            self.alone_until = min(self.alone_until, now + AFTERWARDS_SECONDS)

    def _let_nobody_answer_alone(self, gone: Leg, *, now: float) -> None:
        """In a call of ours that has not been answered yet, the last agent's going ends it."""
        waits = any(not leg.was_answered for leg in self.of(Party.CUSTOMER))
        others = any(leg.is_here for leg in self.of(Party.AGENT))
        if self.is_ours and gone.party is Party.AGENT and waits and not others:
            self.end(Cause.CANCELED, now=now)

    def end(self, cause: Cause, *, now: float) -> None:
        if self.is_over:
            return
        self.is_over = True
        for leg in list(self.of()):
            other = Cause.CANCELED if leg.where is Where.RINGING else cause
            self.drop(leg, other, now=now)
        self.tell(Kind.CALL_ENDED, "", {"cause": cause})

    def hold(self, leg: Leg, *, is_held: bool) -> None:
        if leg.is_held != is_held:
            leg.is_held = is_held
            self.tell(Kind.LEG_HELD if is_held else Kind.LEG_RESUMED, leg.key, {})

    def play(self, leg: Leg, script: Script, *, now: float) -> None:
        leg.script, leg.keys = script, []
        self.alone_until = now + ALONE_SECONDS

    def pressed(self, leg: Leg, key: str) -> None:
        """A key of this leg's page, or heard in its sound."""
        leg.keys.append(key)
        self.tell(Kind.DIGIT, leg.key, {"key": key})

    # -- what everybody hears ---------------------------------------------------------------

    def tick(self, *, now: float) -> None:
        """Take a frame from every line and give every line one; look at the clocks."""
        self.ticks += 1
        if now - self.ticked_at > STALLED_SECONDS:
            self.listens_until = now + LISTEN_SECONDS
        self.ticked_at = now
        here = [leg for leg in self.legs.values() if leg.is_here]
        said = {leg: leg.line.take() if leg.line else SILENCE for leg in here}
        for leg in here:
            if leg.script is not None and (key := leg.tone_ear.hear(said[leg])):
                self.pressed(leg, key)
        for leg in here:
            self._speak_to(leg, said)
        if self.tap:
            self.tap(*self._two_sides(said))
        self._look_at_clocks(now)

    def _speak_to(self, leg: Leg, said: dict[Leg, Samples]) -> None:
        assert leg.line
        if leg.script is not None:
            frame = leg.script.tick(leg.keys)
            leg.keys = []
            if frame is None:
                leg.script = None
            leg.line.send(SILENCE if frame is None else frame)
            return
        if leg.is_held or self._waits(leg):
            leg.line.send_music(self.ticks)
            return
        voices = [said[other] for other in said if self._hears(leg, other)]
        if not voices and leg.party is Party.AGENT and self._is_ringing():
            voices = [ringback(self.ticks)]
        if voices:
            leg.line.send(mixed(voices))
        else:
            leg.line.send_silence()

    def _waits(self, leg: Leg) -> bool:
        """Whether a customer is alone in the call."""
        return leg.party is Party.CUSTOMER and not any(
            other.may_talk for other in self.of(Party.AGENT)
        )

    def _is_ringing(self) -> bool:
        return any(leg.where is Where.RINGING for leg in self.of())

    @staticmethod
    def _hears(listener: Leg, speaker: Leg) -> bool:
        if speaker is listener or not speaker.may_talk:
            return False
        if speaker.party is Party.SUPERVISOR:
            return speaker.ear is Ear.BARGE or (
                speaker.ear is Ear.WHISPER and listener.party is Party.AGENT
            )
        return True

    @staticmethod
    def _two_sides(said: dict[Leg, Samples]) -> tuple[Samples, Samples]:
        """The customer's voice, and that of everybody the customer hears."""
        theirs = [said[leg] for leg in said if leg.party is Party.CUSTOMER and leg.may_talk]
        ours = [said[leg] for leg in said if leg.party is Party.AGENT and leg.may_talk]
        return mixed(theirs), mixed(ours)

    def _look_at_clocks(self, now: float) -> None:
        for leg in list(self.of()):
            is_quiet = leg.line is not None and leg.line.is_quiet and now > self.listens_until
            if leg.where is Where.TALKING and is_quiet:
                self.lost(leg, now=now)
            elif leg.where is Where.LOST and leg.line and leg.line.is_heard:
                self.connected(leg, leg.line, now=now)
            if leg.where is Where.RINGING and now > leg.until:
                self.drop(leg, Cause.NO_ANSWER, now=now)
            elif leg.where is Where.LOST and now > leg.until:
                self.drop(leg, Cause.LOST, now=now)
        if not self.is_over and now > self.alone_until and not list(self.of(Party.AGENT)):
            self.end(Cause.HUNG_UP, now=now)
