"""How long is a caller alone before the call is ended? Told by the clock that is handed in."""

from __future__ import annotations

from typing import Any

import pytest

from telephony.protocol import Cause, Kind, Party
from telephony.switch.conversations import (
    AFTERWARDS_SECONDS,
    ALONE_SECONDS,
    Conversation,
    Leg,
    Where,
)


def a_caller() -> tuple[Conversation, list[Kind]]:
    """Somebody waits since second 0."""
    told: list[Kind] = []

    def tell(kind: Kind, _leg: str, _detail: dict[str, Any]) -> None:
        told.append(kind)

    conversation = Conversation("c", tell=tell, now=0)
    conversation.add(Leg("customer", Party.CUSTOMER, where=Where.INVITED))
    return conversation, told


def an_agent(conversation: Conversation, *, has_answered: bool) -> Leg:
    leg = Leg("agent", Party.AGENT)
    conversation.add(leg)
    conversation.ring(leg, until=20)
    leg.was_answered = has_answered
    return leg


@pytest.mark.parametrize("cause", [Cause.REJECTED, Cause.NO_ANSWER, Cause.CANCELED])
def test_a_missed_offer_does_not_shorten_the_wait(cause: Cause) -> None:
    conversation, told = a_caller()
    conversation.drop(an_agent(conversation, has_answered=False), cause, now=10)
    conversation.tick(now=10 + AFTERWARDS_SECONDS + 1)
    assert Kind.CALL_ENDED not in told


def test_a_lost_agent_leaves_the_caller_waiting() -> None:
    conversation, told = a_caller()
    conversation.drop(an_agent(conversation, has_answered=True), Cause.LOST, now=10)
    conversation.tick(now=10 + AFTERWARDS_SECONDS + 1)
    assert Kind.CALL_ENDED not in told


def test_after_the_agent_hung_up_the_call_ends_by_itself() -> None:
    conversation, told = a_caller()
    conversation.drop(an_agent(conversation, has_answered=True), Cause.HUNG_UP, now=10)
    conversation.tick(now=10 + AFTERWARDS_SECONDS - 1)
    assert Kind.CALL_ENDED not in told
    conversation.tick(now=10 + AFTERWARDS_SECONDS + 1)
    assert told[-1] is Kind.CALL_ENDED


def test_nobody_waits_for_ever() -> None:
    conversation, told = a_caller()
    conversation.tick(now=ALONE_SECONDS + 1)
    assert told[-1] is Kind.CALL_ENDED
