"""What the switch does when it is asked: every verb of the protocol, over all its calls."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telephony.protocol import Answer, Cause, Command, Ear, Kind, Party, Verb
from telephony.switch.calls import Calls
from telephony.switch.conversations import RING_LEAST, RING_SECONDS, Conversation, Leg, Where
from telephony.switch.lines import Line, NotOurs
from telephony.switch.prompts import prompt_of
from telephony.switch.recordings import Recording
from telephony.switch.scripts import Asking, Questionnaire, Saying
from telephony.switch.sound import Samples
from telephony.switch.tones import tone_of

if TYPE_CHECKING:
    from telephony.switch.outside import Outside

CONNECTING_SECONDS: Final = 10.0


class Refused(Exception):
    """A command that cannot be carried out; the words go back to whoever asked."""

    def __init__(self, words: str, *, is_permanent: bool = True) -> None:
        super().__init__(words)
        self.is_permanent = is_permanent


class Desk(Calls):
    """The calls of one switch process, which do what they are asked for."""

    def __init__(self, name: str, *, prompts: list[Path], recordings: Path) -> None:
        super().__init__(name)
        self.prompt_folders, self.recordings = prompts, recordings
        self.outside: Outside | None = None
        self.verbs: dict[Verb, Callable[[Command], Awaitable[dict[str, Any]]]] = {
            Verb.OPEN: self._open,
            Verb.INVITE: self._invite,
            Verb.RING: self._ring,
            Verb.ACCEPT: self._accept,
            Verb.ATTACH: self._attach,
            Verb.HOLD: self._hold,
            Verb.RESUME: self._hold,
            Verb.DROP: self._drop,
            Verb.END: self._end,
            Verb.SAY: self._say,
            Verb.ASK: self._ask,
            Verb.DIGITS: self._digits,
            Verb.RECORD: self._record,
            Verb.LISTEN: self._listen,
            Verb.STATE: self._state,
            Verb.CALLS: self._calls,
        }

    # -- being asked ------------------------------------------------------------------------

    async def do(self, command: Command) -> Answer:
        """Carry out one command. A command that comes too late is not carried out."""
        if time.time() > command.expires_at:
            return Answer(False, words="The switch heard this too late.")
        try:
            return Answer(True, value=await self.verbs[command.verb](command))
        except Refused as refused:
            return Answer(False, words=str(refused), is_permanent=refused.is_permanent)
        except (ValueError, TypeError, KeyError) as error:
            return Answer(False, words=f"The switch cannot do that: {error}", is_permanent=True)

    async def _open(self, command: Command) -> dict[str, Any]:
        """A call with the leg of its customer; the same call twice is one call.

        With `ring` (seconds) the customer's phone is rung, for no less than the law says.
        """
        if command.call not in self.calls:
            leg = Leg(command.leg, Party.CUSTOMER)
            told = {name: said for name, said in command.detail.items() if name != "number"}
            conversation = self.begin(command.call, leg, detail=told)
            if conversation is None:
                raise Refused("Every line of this switch is busy.", is_permanent=False)
            if "ring" in command.detail:
                self._ring_at(conversation, leg, command)
        return {}

    def _ring_at(self, conversation: Conversation, leg: Leg, command: Command) -> None:
        """The customer's phone, in a browser or outside, for no less than the law says."""
        seconds = max(float(command.detail.get("ring", RING_SECONDS)), RING_LEAST)
        conversation.ring(leg, until=time.monotonic() + seconds)
        if self.outside and command.detail.get("number"):
            self.outside.ring(conversation, leg, str(command.detail["number"]))

    async def _accept(self, command: Command) -> dict[str, Any]:
        """Answer a call that a telephone outside has placed."""
        conversation, leg = self._conversation(command), self._leg(command)
        if self.outside is None or not await self.outside.accept(conversation, leg):
            raise Refused("Nobody rings here any more.")
        return {}

    async def _invite(self, command: Command) -> dict[str, Any]:
        conversation = self._conversation(command)
        if command.leg not in conversation.legs:
            party = Party(command.detail["party"])
            if party is Party.CUSTOMER:
                raise Refused("A call has one customer.")
            user, ear = command.detail.get("user"), Ear(command.detail.get("ear", Ear.LISTEN))
            leg = Leg(command.leg, party, user=user, ear=ear)
            conversation.add(leg)
            if party is Party.AGENT:
                seconds = float(command.detail.get("ring", RING_SECONDS))
                conversation.ring(leg, until=time.monotonic() + seconds)
        return {}

    async def _ring(self, command: Command) -> dict[str, Any]:
        """Ring the customer's phone, once somebody is there to talk to whoever answers."""
        conversation, leg = self._conversation(command), self._leg(command)
        if leg.party is not Party.CUSTOMER:
            raise Refused("Only a customer's phone is rung so.")
        if leg.where is Where.INVITED:
            if not any(agent.is_here for agent in conversation.of(Party.AGENT)):
                raise Refused("Nobody is there to talk to whoever answers.")
            self._ring_at(conversation, leg, command)
        return {}

    async def _attach(self, command: Command) -> dict[str, Any]:
        conversation, leg = self._conversation(command), self._leg(command)
        line = Line(
            gone=lambda: self._gone(conversation, leg, line),
            keyed=lambda key: conversation.pressed(leg, key),
        )
        try:
            sdp = await line.answer(str(command.detail["sdp"]))
        except NotOurs as error:
            raise Refused(str(error)) from error
        self.in_background(self._until_connected(conversation, leg, line))
        return {"sdp": sdp}

    async def _until_connected(self, conversation: Conversation, leg: Leg, line: Line) -> None:
        try:
            async with asyncio.timeout(CONNECTING_SECONDS):
                await line.connected.wait()
        except TimeoutError:
            await line.close()
            return
        if leg.where is Where.LEFT:
            await line.close()
            return
        before = conversation.connected(leg, line, now=time.monotonic())
        if before:
            await before.close()

    def _gone(self, conversation: Conversation, leg: Leg, line: Line) -> None:
        if leg.line is line:
            conversation.lost(leg, now=time.monotonic())
        self.in_background(line.close())

    async def _hold(self, command: Command) -> dict[str, Any]:
        leg = self._leg(command)
        self._conversation(command).hold(leg, is_held=command.verb is Verb.HOLD)
        return {}

    async def _drop(self, command: Command) -> dict[str, Any]:
        cause = Cause(command.detail.get("cause", Cause.HUNG_UP))
        known = self.calls.get(command.call)
        leg = known.conversation.legs.get(command.leg) if known else None
        if known and leg:
            known.conversation.drop(leg, cause, now=time.monotonic())
        return {}

    async def _end(self, command: Command) -> dict[str, Any]:
        cause = Cause(command.detail.get("cause", Cause.HUNG_UP))
        if known := self.calls.get(command.call):
            known.conversation.end(cause, now=time.monotonic())
        return {}

    async def _say(self, command: Command) -> dict[str, Any]:
        leg = self._leg(command)
        script = Saying(
            [str(name) for name in command.detail["prompts"]],
            prompts=self.prompt,
            tell=self._teller_of(command),
        )
        self._conversation(command).play(leg, script, now=time.monotonic())
        return {}

    async def _ask(self, command: Command) -> dict[str, Any]:
        leg = self._leg(command)
        asked = Questionnaire.read(command.detail)
        conversation, tell = self._conversation(command), self._teller_of(command)

        def told(kind: Kind, detail: dict[str, Any]) -> None:
            tell(kind, detail)
            if kind is Kind.QUESTIONS_DONE and asked.ends:
                conversation.end(Cause.HUNG_UP, now=time.monotonic())

        script = Asking(asked, prompts=self.prompt, tell=told)
        conversation.play(leg, script, now=time.monotonic())
        return {}

    async def _digits(self, command: Command) -> dict[str, Any]:
        leg, keys = self._leg(command), str(command.detail["keys"])
        sounds = dict(zip(keys, map(tone_of, keys), strict=True))
        script = Saying(list(keys), prompts=sounds.__getitem__, tell=self._teller_of(command))
        self._conversation(command).play(leg, script, now=time.monotonic())
        return {}

    async def _record(self, command: Command) -> dict[str, Any]:
        """`how` is start, pause, resume or stop."""
        conversation = self._conversation(command)
        known, how = self.calls[command.call], str(command.detail["how"])
        if how == "start" and known.recording is None:
            path = self.recordings / f"{command.call}-{uuid.uuid4().hex[:8]}.wav"
            known.recording = Recording(path, started_at=datetime.now(UTC))
            conversation.tap = known.recording.take
            self.teller(command.call)(Kind.RECORDING_STARTED, "", {})
        elif known.recording is None:
            raise Refused("This call is not being recorded.")
        elif how == "stop":
            self.keep_recording(known)
        elif how == "pause" and not known.recording.is_paused:
            known.recording.pause()
            self.teller(command.call)(Kind.RECORDING_PAUSED, "", {})
        elif how == "resume" and known.recording.is_paused:
            known.recording.resume()
            self.teller(command.call)(Kind.RECORDING_RESUMED, "", {})
        return {"is_recording": known.recording is not None}

    async def _listen(self, command: Command) -> dict[str, Any]:
        """Only a supervisor's leg has an ear to choose; others hear and speak as they are."""
        leg, ear = self._leg(command), Ear(command.detail["ear"])
        if leg.party is not Party.SUPERVISOR:
            raise Refused("Only a supervisor listens to a call.")
        leg.ear = ear
        self._conversation(command).tell(Kind.LEG_EAR, leg.key, {"ear": ear})
        return {}

    async def _state(self, command: Command) -> dict[str, Any]:
        """Everything that was told about a call, to be taken in again."""
        known = self.calls.get(command.call)
        if known is None:
            return {"is_known": False, "events": []}
        return {"is_known": True, "events": [event.packed() for event in known.events]}

    async def _calls(self, command: Command) -> dict[str, Any]:
        del command
        return {"calls": list(self.calls)}

    # -- what the verbs need ------------------------------------------------------------------

    def _teller_of(self, command: Command) -> Callable[[Kind, dict[str, Any]], None]:
        tell = self.teller(command.call)
        return lambda kind, detail: tell(kind, command.leg, detail | {"asked_by": command.id})

    def prompt(self, name: str) -> Samples:
        """The sound of that name. Raises Refused."""
        sound = prompt_of(name, self.prompt_folders)
        if sound is None:
            raise Refused(f"There is no prompt “{name}”.")
        return sound

    def _conversation(self, command: Command) -> Conversation:
        known = self.calls.get(command.call)
        if known is None or known.conversation.is_over:
            raise Refused("This call is over.")
        return known.conversation

    def _leg(self, command: Command) -> Leg:
        leg = self._conversation(command).legs.get(command.leg)
        if leg is None or leg.where is Where.LEFT:
            raise Refused("This leg has left the call.")
        return leg
