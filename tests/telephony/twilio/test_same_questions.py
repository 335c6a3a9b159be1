"""The same questions and the same keys give the same answers, by a provider and by our switch."""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from accounts.models import User
from followups.models import Question
from followups.surveying import questionnaire
from telephony.models import Call
from telephony.protocol import Kind, Verb
from telephony.switch.desk import Desk
from telephony.switch.lines import Line
from telephony.switch.sound import RATE, SILENCE, Samples
from telephony.twilio import asking
from telephony.twilio.adapter import TwilioGateway
from tests.telephony.switch.phones import Caller, write_tone
from tests.telephony.twilio.provider import Provider
from tests.telephony.twilio.story import agent_answers, customer_answers

BY_VOICE = [Question.AS_EXPECTED, Question.AS_PROMISED, Question.MET_EXPECTATIONS]
FIRST, SECOND, THIRD = (f"survey-{one}" for one in BY_VOICE)
BEFORE, THANKS, STOPPED = "survey-stop", "survey-thanks", "survey-stopped"
TONES = {  # hertz
    name: 1000 + 300 * place
    for place, name in enumerate(
        ["survey-greeting", BEFORE, FIRST, SECOND, THIRD, "survey-sorry", THANKS, STOPPED]
    )
}
HANGS_UP = "hangs up"
TICKS_MOST = 1000  # 20 s: longer than any prompt and wait
ANSWERS = (Kind.ANSWER_GIVEN, Kind.QUESTIONS_DONE, Kind.CALL_ENDED)
SAID = {"question", "key", "tries", "answers", "is_stopped", "is_complete", "cause"}

# What a customer hears, and which key they press then; none is silence.
Story = list[tuple[str, str]]
STORIES: dict[str, Story] = {
    "a wrong key, and silence": [
        *((BEFORE, ""), (FIRST, "1"), (SECOND, "7"), (SECOND, "2"), (THIRD, ""), (THIRD, "1")),
        (THANKS, ""),
    ],
    "no answer at all to one": [
        *((BEFORE, ""), (FIRST, "4"), (FIRST, "5"), (SECOND, "1"), (THIRD, "1"), (THANKS, "")),
    ],
    "stopped at a question": [(FIRST, "1"), (SECOND, "9"), (STOPPED, "")],
    "stopped before any question": [(BEFORE, "9"), (STOPPED, "")],
    "a key too early, and stopped at the last word": [
        *((BEFORE, "1"), (FIRST, "2"), (SECOND, "1"), (THIRD, "1"), (THANKS, "9"), (STOPPED, "")),
    ],
    "hung up between two questions": [(FIRST, "1"), (SECOND, HANGS_UP)],
}


def asked() -> dict[str, Any]:
    return questionnaire(BY_VOICE)


def by_provider(
    story: Story, *, provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> list[tuple[str, dict[str, Any]]]:
    agent_answers(provider, twilio, call, sam)
    customer = customer_answers(provider, twilio, call)
    twilio.ask(call.ref, leg=call.customer_leg, questionnaire=asked())
    names = {
        hashlib.sha1(file.read_bytes()).hexdigest(): file.stem
        for file in asking.OURS.glob("survey-*.wav")
    }
    for words, key in story:
        while names[customer.heard[-1]] != words:
            provider.press(customer, "")
        if key == HANGS_UP:
            provider.end(customer)
        elif customer.gather:
            provider.press(customer, key)
    assert {one.status for one in provider.phones.values()} == {"completed"}
    call.refresh_from_db()
    assert call.is_over
    events = call.events.filter(kind__in=ANSWERS).order_by("pk")
    return [(one.kind, told(one.detail)) for one in events]


def told(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name in SAID}


class Telephone:
    """The other end of one leg of the switch: which prompts it was played, one after the other."""

    is_quiet, is_heard = False, True

    def __init__(self) -> None:
        self.heard: list[str] = []

    def take(self) -> Samples:
        return SILENCE

    def send(self, frame: Samples) -> None:
        turn = np.outer(list(TONES.values()), -2j * np.pi * np.arange(len(frame)) / RATE)
        loud = 2 * np.abs(np.exp(turn) @ frame.astype(np.float64)) / len(frame)
        if max(loud) > 3000:
            name = list(TONES)[int(np.argmax(loud))]
            if self.heard[-1:] != [name]:
                self.heard.append(name)

    def send_music(self, _tick: int) -> None: ...

    def send_silence(self) -> None: ...

    def tell(self, _word: str) -> None: ...

    async def quality(self) -> dict[str, Any]:
        return {}

    async def close(self) -> None: ...


async def by_switch(story: Story, folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """The desk and its scripts, ticked as fast as they go: their time is counted in ticks."""
    for name, hertz in TONES.items():
        write_tone(folder / f"{name}.wav", hertz, 0.6)
    switch, ada = Caller(Desk("s1", prompts=[folder], recordings=folder)), Telephone()
    await switch.ask(Verb.OPEN, "c1", "ada", direction="inbound")
    conversation = switch.desk.calls["c1"].conversation
    leg = conversation.legs["ada"]
    conversation.connected(leg, cast("Line", ada), now=time.monotonic())
    answer = await switch.ask(Verb.ASK, "c1", "ada", **asked())
    assert answer.is_done, answer.words
    at = 0
    for words, key in story:
        for _ in range(TICKS_MOST):
            if words in ada.heard[at:]:
                break
            switch.desk.tick()
        at = ada.heard.index(words, at) + 1
        if key == HANGS_UP:
            await switch.ask(Verb.DROP, "c1", "ada")
        elif key:
            conversation.pressed(leg, key)
    for _ in range(TICKS_MOST):
        switch.desk.tick()
    await switch.desk.close()
    return [(one.kind, told(one.detail)) for one in switch.told(*ANSWERS)]


@pytest.mark.parametrize("name", STORIES)
def test_the_same_keys_give_the_same_answers_by_provider_and_by_switch(
    *,
    provider: Provider,
    twilio: TwilioGateway,
    call: Call,
    sam: User,
    tmp_path: Path,
    name: str,
) -> None:
    story = STORIES[name]
    ours = asyncio.run(by_switch(story, tmp_path))
    assert ours == by_provider(story, provider=provider, twilio=twilio, call=call, sam=sam)
    assert ours[-1] == (Kind.CALL_ENDED, {"cause": "hung-up"})
    assert len(ours) > 1
