"""A call that we place: somebody of ours is there before the customer's phone rings at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from telephony.protocol import Kind, Verb
from telephony.switch.conversations import RING_LEAST, Where
from telephony.switch.desk import Desk
from tests.telephony.switch.phones import ADA, SAM, Caller, Phone, ticking, until

CALL = "c1"


@pytest.fixture
async def switch(tmp_path: Path) -> AsyncIterator[Caller]:
    async with ticking(Desk("s1", prompts=[], recordings=tmp_path)) as caller:
        yield caller


async def sam_is_there(switch: Caller) -> Phone:
    """A call to Ada is open, and Sam's page has connected by itself."""
    sam = Phone(SAM)
    await switch.ask(Verb.OPEN, CALL, "ada", direction="outbound")
    await switch.ask(Verb.INVITE, CALL, "sam", party="agent", ring=20)
    await switch.connect(sam, CALL, "sam")
    await until(lambda: switch.told(Kind.LEG_ANSWERED))
    return sam


async def ring(switch: Caller) -> None:
    asked = await switch.ask(Verb.RING, CALL, "ada", ring=1)
    assert asked.is_done, asked.words


def rung(switch: Caller) -> int:
    return sum(event.leg == "ada" for event in switch.told(Kind.LEG_RINGING))


def ended(switch: Caller) -> list[str]:
    return [event.detail["cause"] for event in switch.told(Kind.CALL_ENDED)]


async def test_the_agent_is_there_first_then_they_talk_and_hang_up(switch: Caller) -> None:
    sam, ada = await sam_is_there(switch), Phone(ADA)
    assert rung(switch) == 0
    await ring(switch)
    await until(lambda: len(sam.heard) == sam.heard.maxlen and not sam.hears_nothing)
    await switch.connect(ada, CALL, "ada")
    await until(lambda: ada.hears(SAM) and sam.hears(ADA))
    await switch.ask(Verb.END, CALL)
    await until(lambda: ada.words == ["ended"] and sam.words == ["ended"])
    assert ended(switch) == ["hung-up"]


async def test_a_phone_is_rung_once_and_for_no_less_than_the_law_says(switch: Caller) -> None:
    await sam_is_there(switch)
    await ring(switch)
    leg = switch.desk.calls[CALL].conversation.legs["ada"]
    first = leg.until
    await ring(switch)
    assert (rung(switch), leg.until) == (1, first)
    assert RING_LEAST >= 15
    leg.until = 0
    await until(lambda: ended(switch) == ["no-answer"])


async def test_nobodys_phone_rings_without_one_of_us(switch: Caller) -> None:
    await switch.ask(Verb.OPEN, CALL, "ada", direction="outbound")
    await switch.ask(Verb.INVITE, CALL, "sam", party="agent", ring=20)
    asked = await switch.ask(Verb.RING, CALL, "ada", ring=20)
    assert (asked.is_done, asked.is_permanent) == (False, True)
    assert rung(switch) == 0


async def test_the_ringing_ends_when_the_agent_is_lost(switch: Caller) -> None:
    sam = await sam_is_there(switch)
    await ring(switch)
    await sam.close()
    await until(lambda: ended(switch) == ["canceled"])
    assert switch.desk.calls[CALL].conversation.legs["ada"].where is Where.LEFT


async def test_an_agent_who_never_comes_leaves_the_customer_in_peace(switch: Caller) -> None:
    await switch.ask(Verb.OPEN, CALL, "ada", direction="outbound")
    await switch.ask(Verb.INVITE, CALL, "sam", party="agent", ring=0.1)
    await until(lambda: ended(switch) == ["canceled"])
    assert rung(switch) == 0


async def test_the_customer_may_decline(switch: Caller) -> None:
    await sam_is_there(switch)
    await ring(switch)
    await switch.ask(Verb.DROP, CALL, "ada", cause="rejected")
    await until(lambda: ended(switch) == ["rejected"])
