"""A provider outside of us: keeps what it was asked for, and can be made to refuse or be silent."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from telephony.gateway import (
    CallRef,
    Capability,
    Dialling,
    Direction,
    Gateway,
    GatewayError,
    Received,
)
from telephony.models import Call
from telephony.protocol import Cause, Ear, Kind
from telephony.taking_in import take_in


class FakeProvider(Gateway):
    name = "switch"
    capabilities = frozenset(Capability)

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.fails: GatewayError | None = None
        self.numbers = itertools.count(1)

    def _asked(self, verb: str, ref: CallRef | str, **detail: Any) -> None:
        if self.fails:
            raise self.fails
        self.asked.append((verb, ref if isinstance(ref, str) else ref.key, detail))

    def verbs(self) -> list[str]:
        return [verb for verb, _, _ in self.asked]

    def dialling(self, number: str) -> Dialling:
        return Dialling(number=number, link="", words="")

    def open(
        self, *, key: str, leg: str, direction: Direction, ring: float | None = None
    ) -> CallRef:
        self._asked("open", key, leg=leg, direction=direction, ring=ring)
        return CallRef(key=key, place="s1")

    def invite(self, ref: CallRef, *, leg: str, user: int, ring: float) -> None:
        self._asked("invite", ref, leg=leg, user=user, ring=ring)

    def ring(self, ref: CallRef, *, leg: str, ring: float) -> None:
        self._asked("ring", ref, leg=leg, ring=ring)

    def accept(self, ref: CallRef, *, leg: str) -> None:
        self._asked("accept", ref, leg=leg)

    def attach(self, ref: CallRef, *, leg: str, offer: str) -> str:
        self._asked("attach", ref, leg=leg)
        return f"answer to {offer}"

    def drop(self, ref: CallRef, *, leg: str, cause: Cause) -> None:
        self._asked("drop", ref, leg=leg, cause=cause)

    def end(self, ref: CallRef, *, cause: Cause) -> None:
        self._asked("end", ref, cause=cause)

    def hold(self, ref: CallRef, *, leg: str, is_held: bool) -> None:
        self._asked("hold", ref, leg=leg, is_held=is_held)

    def say(self, ref: CallRef, *, leg: str, prompts: Sequence[str]) -> None:
        self._asked("say", ref, leg=leg, prompts=list(prompts))

    def ask(self, ref: CallRef, *, leg: str, questionnaire: dict[str, Any]) -> None:
        self._asked("ask", ref, leg=leg, questionnaire=questionnaire)

    def send_digits(self, ref: CallRef, *, leg: str, keys: str) -> None:
        self._asked("send_digits", ref, leg=leg, keys=keys)

    def record(self, ref: CallRef, *, how: str) -> None:
        self._asked("record", ref, how=how)

    def monitor(self, ref: CallRef, *, leg: str, user: int, ear: Ear) -> None:
        self._asked("monitor", ref, leg=leg, user=user, ear=ear)

    def tell(
        self, call: Call, kind: Kind, leg: str = "", *, at: datetime | None = None, **detail: Any
    ) -> None:
        """Something happened at the provider's."""
        number = next(self.numbers)
        event = Received(
            gateway=self.name,
            event_id=f"fake-{number}",
            kind=kind,
            number=number,
            at=at or timezone.now(),
            leg=leg,
            detail=detail,
        )
        take_in(call_key=str(call.key), events=[event])
