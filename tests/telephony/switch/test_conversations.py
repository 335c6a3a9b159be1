"""How long is a caller alone before the call is ended? Told by the clock that is handed in."""

from __future__ import annotations

from typing import Any, cast

import pytest

from telephony.protocol import Cause, Kind, Party
from telephony.switch.conversations import (
    AFTERWARDS_SECONDS,
    ALONE_SECONDS,
    Conversation,
    Leg,
    Where,
)
from telephony.switch.lines import Line
from telephony.switch.sound import SILENCE, Samples


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


class Quiet:
    """A line on which nothing has arrived for long."""

    is_quiet, is_heard = True, False

    def take(self) -> Samples:
        return SILENCE

    def send_music(self, _tick: int) -> None: ...

    def send_silence(self) -> None: ...


def an_agent_in_a_call_of_ours() -> tuple[Conversation, Leg]:
    """The agent is there since second 0, and hears that the customer's phone rings."""
    conversation = Conversation("c", tell=lambda *_: None, now=0, is_ours=True)
    conversation.add(Leg("customer", Party.CUSTOMER))
    agent = Leg("agent", Party.AGENT)
    conversation.add(agent)
    conversation.connected(agent, cast("Line", Quiet()), now=0)
    return conversation, agent


def test_a_line_without_any_sound_is_lost() -> None:
    conversation, agent = an_agent_in_a_call_of_ours()
    conversation.tick(now=0.02)
    assert agent.where is Where.LEFT
    assert conversation.is_over


def test_a_switch_that_had_no_time_does_not_take_its_own_silence_for_theirs() -> None:
    conversation, agent = an_agent_in_a_call_of_ours()
    conversation.tick(now=5)
    conversation.tick(now=5.02)
    assert agent.is_here
    for tick in range(1, 101):
        conversation.tick(now=5.02 + tick * 0.02)
    assert agent.where is Where.LEFT
