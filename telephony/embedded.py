"""The gateway to our own switches: commands over Redis, each answered within seconds."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from telephony.gateway import (
    CallRef,
    CallRefused,
    Capability,
    Dialling,
    Direction,
    Gateway,
    GatewayUnavailable,
    Received,
)
from telephony.models import Call
from telephony.own_phone import readable
from telephony.protocol import (
    ALIVE_SECONDS,
    SWITCHES,
    Alive,
    Answer,
    Cause,
    Command,
    Ear,
    Event,
    Party,
    Verb,
    answer_to,
    commands_of,
)

PATIENCE: Final = 4  # seconds for an answer; connecting a browser takes half a second
CONNECT_PATIENCE: Final = 2


class EmbeddedSwitch(Gateway):
    """The switches that `manage.py switch` runs, found by their signs of life in Redis."""

    name = "switch"
    capabilities = frozenset(Capability)

    @cached_property
    def redis(self) -> Redis:
        return Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=PATIENCE + CONNECT_PATIENCE,
            socket_connect_timeout=CONNECT_PATIENCE,
        )

    def switches(self) -> list[Alive]:
        """The switches that live, the least busy first. Raises GatewayUnavailable."""
        try:
            said = self.redis.hvals(SWITCHES)
        except RedisError as error:
            raise GatewayUnavailable("The telephone does not answer. Try again.") from error
        alive = [Alive.unpacked(one) for one in said]
        recent = time.time() - ALIVE_SECONDS
        return sorted((one for one in alive if one.at > recent), key=lambda one: one.calls)

    def living(self) -> frozenset[str]:
        return frozenset(one.name for one in self.switches())

    def dialling(self, number: str) -> Dialling:
        return Dialling(
            number=readable(number),
            link="",
            words="You are connected first, then their phone rings.",
        )

    def open(
        self, *, key: str, leg: str, direction: Direction, ring: float | None = None
    ) -> CallRef:
        switches = self.switches()
        if not switches:
            raise GatewayUnavailable("No switch is running. Calls come back as soon as one is.")
        ref = CallRef(key=key, place=switches[0].name)
        detail: dict[str, Any] = {"direction": direction}
        if ring is not None:
            detail |= {"ring": ring, **self._outside(ref)}
        self._send(ref, Verb.OPEN, leg, **detail)
        return ref

    def invite(self, ref: CallRef, *, leg: str, user: int, ring: float) -> None:
        self._send(ref, Verb.INVITE, leg, party=Party.AGENT, user=user, ring=ring)

    def ring(self, ref: CallRef, *, leg: str, ring: float) -> None:
        self._send(ref, Verb.RING, leg, ring=ring, **self._outside(ref))

    @staticmethod
    def _outside(ref: CallRef) -> dict[str, str]:
        """The E.164 number that the switch dials over its trunk; without a trunk browsers ring."""
        if not settings.SIP_TRUNK:
            return {}
        numbers = Call.objects.filter(key=ref.key).values_list("remote_number", flat=True)
        return {"number": number} if (number := numbers.first()) else {}

    def accept(self, ref: CallRef, *, leg: str) -> None:
        self._send(ref, Verb.ACCEPT, leg)

    def attach(self, ref: CallRef, *, leg: str, offer: str) -> str:
        return str(self._send(ref, Verb.ATTACH, leg, sdp=offer)["sdp"])

    def drop(self, ref: CallRef, *, leg: str, cause: Cause) -> None:
        self._send(ref, Verb.DROP, leg, cause=cause)

    def end(self, ref: CallRef, *, cause: Cause) -> None:
        self._send(ref, Verb.END, cause=cause)

    def hold(self, ref: CallRef, *, leg: str, is_held: bool) -> None:
        self._send(ref, Verb.HOLD if is_held else Verb.RESUME, leg)

    def say(self, ref: CallRef, *, leg: str, prompts: Sequence[str]) -> None:
        self._send(ref, Verb.SAY, leg, prompts=list(prompts))

    def ask(self, ref: CallRef, *, leg: str, questionnaire: dict[str, Any]) -> None:
        self._send(ref, Verb.ASK, leg, **questionnaire)

    def send_digits(self, ref: CallRef, *, leg: str, keys: str) -> None:
        self._send(ref, Verb.DIGITS, leg, keys=keys)

    def record(self, ref: CallRef, *, how: str) -> None:
        self._send(ref, Verb.RECORD, how=how)

    def monitor(self, ref: CallRef, *, leg: str, user: int, ear: Ear) -> None:
        self._send(ref, Verb.INVITE, leg, party=Party.SUPERVISOR, user=user, ear=ear)
        self._send(ref, Verb.LISTEN, leg, ear=ear)

    def told(self, ref: CallRef) -> list[Received] | None:
        said = self._send(ref, Verb.STATE)
        if not said["is_known"]:
            return None
        return [received(Event.unpacked(event)) for event in said["events"]]

    def _send(self, ref: CallRef, verb: Verb, leg: str = "", **detail: Any) -> dict[str, Any]:
        """Ask the call's switch and wait. Raises GatewayUnavailable or CallRefused."""
        expires_at = time.time() + PATIENCE
        command = Command(uuid.uuid4().hex, verb, expires_at, ref.key, leg, detail)
        try:
            self.redis.rpush(commands_of(ref.place), command.packed())
            taken = self.redis.blpop([answer_to(command.id)], timeout=PATIENCE)
        except RedisError as error:
            raise GatewayUnavailable("The telephone does not answer. Try again.") from error
        if not taken:
            raise GatewayUnavailable("The telephone does not answer. Try again.")
        try:
            answer = Answer.unpacked(taken[1])
        except (ValueError, TypeError) as error:
            raise GatewayUnavailable("The telephone answers what nobody understands.") from error
        if answer.is_done:
            return answer.value
        raise CallRefused(answer.words) if answer.is_permanent else GatewayUnavailable(answer.words)


def received(event: Event) -> Received:
    """A switch's event in the words of every gateway."""
    return Received(
        gateway=EmbeddedSwitch.name,
        event_id=event.id,
        kind=event.kind,
        number=event.number,
        at=datetime.fromisoformat(event.at),
        leg=event.leg,
        detail=event.detail,
    )
