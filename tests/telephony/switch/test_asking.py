"""Questions by voice on a real line: the call ends with the last word, and talk goes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from telephony.protocol import Kind, Verb
from telephony.switch.desk import Desk
from telephony.switch.scripts import Asking, Questionnaire
from telephony.switch.sound import SILENCE
from tests.telephony.switch.phones import ADA, SAM, Phone, ticking, until, write_tone

QUESTION, THANKS = 700, 1100  # hertz


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    write_tone(tmp_path / "question.wav", QUESTION, 1.5)
    write_tone(tmp_path / "thanks.wav", THANKS, 2)
    return Desk("s1", prompts=[tmp_path], recordings=tmp_path)


def asked(**more: object) -> dict[str, object]:
    question = {"code": "well", "prompt": "question", "keys": "12"}
    return {"questions": [question], "after": ["thanks"], "seconds": 6} | more


async def test_the_call_is_over_after_the_last_word(desk: Desk) -> None:
    async with ticking(desk) as switch:
        ada = Phone(ADA)
        await switch.ask(Verb.OPEN, "c", "ada")
        await switch.connect(ada, "c", "ada")
        await until(lambda: ada.hears_music)
        await switch.ask(Verb.ASK, "c", "ada", **asked(ends=True))
        await until(lambda: ada.hears(QUESTION))
        ada.key("2")
        await until(lambda: ada.hears(THANKS))
        await until(lambda: switch.told(Kind.CALL_ENDED))
        (done,) = switch.told(Kind.QUESTIONS_DONE)
        assert done.detail["answers"] == {"well": "2"}
        await ada.close()


async def test_an_agent_who_answers_is_heard_at_once(desk: Desk) -> None:
    async with ticking(desk) as switch:
        ada, sam = Phone(ADA), Phone(SAM)
        await switch.ask(Verb.OPEN, "c", "ada")
        await switch.connect(ada, "c", "ada")
        await switch.ask(Verb.ASK, "c", "ada", **asked(seconds=30))
        await until(lambda: ada.hears(QUESTION))
        await switch.ask(Verb.INVITE, "c", "sam", party="agent", user=1)
        await switch.connect(sam, "c", "sam")
        await until(lambda: ada.hears(SAM) and sam.hears(ADA))
        assert switch.told(Kind.QUESTIONS_DONE) == []
        await ada.close()
        await sam.close()


def test_what_ends_the_call_is_said_in_so_many_words() -> None:
    assert Questionnaire.read(asked(ends=True)).ends
    assert not Questionnaire.read(asked()).ends


@pytest.mark.parametrize(
    ("key", "given"),
    [("", [("go_on", "")]), ("2", [("go_on", "")]), ("1", [("go_on", "1"), ("well", "1")])],
)
def test_nothing_is_asked_without_the_answer_that_is_needed(
    key: str, given: list[tuple[str, str]]
) -> None:
    first = {"code": "go_on", "prompt": "go", "keys": "1", "is_needed": True}
    second = {"code": "well", "prompt": "well", "keys": "12"}
    told: list[tuple[Kind, dict[str, object]]] = []
    script = Asking(
        Questionnaire.read(asked(questions=[first, second], seconds=0.1)),
        prompts=lambda _: SILENCE,
        tell=lambda kind, detail: told.append((kind, detail)),
    )
    frame = script.tick([])
    while frame is not None:
        frame = script.tick([key] if key else [])
    answers = [one for kind, one in told if kind is Kind.ANSWER_GIVEN]
    assert [(one["question"], one["key"]) for one in answers] == given
