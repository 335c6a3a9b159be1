"""Is everything that callers are told spoken, in words that sell nothing?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from telephony import spoken
from telephony.management.commands.prompts import FOLDER
from telephony.spoken import SPOKEN, minutes_to_wait, place_in_queue
from telephony.switch.desk import Desk
from telephony.switch.prompts import PROMPT_NAME
from telephony.switch.sound import RATE

SELLING = re.compile(
    r"offer|product|rate|interest|discount|save|saving|deal|upgrade|new account|credit|loan|"
    r"apply|buy|price|free|bonus|reward|exclusive|website|app\b",
    re.IGNORECASE,
)


def test_every_prompt_of_the_table_is_spoken_and_no_other(tmp_path: Path) -> None:
    assert {path.stem for path in FOLDER.glob("*.wav")} == set(SPOKEN)
    desk = Desk("s1", prompts=[FOLDER], recordings=tmp_path)
    for name in SPOKEN:
        assert PROMPT_NAME.fullmatch(name)
        assert 0.5 < len(desk.prompt(name)) / RATE < 12


def test_no_prompt_offers_anything() -> None:
    assert [name for name, words in SPOKEN.items() if SELLING.search(words)] == []


def test_every_question_can_be_stopped_for_good() -> None:
    assert "will not call you again" in SPOKEN[spoken.SURVEY_STOP]
    assert "will not call you again" in SPOKEN[spoken.SURVEY_STOPPED]
    assert "automatic voice" in SPOKEN[spoken.SURVEY_GREETING]


@pytest.mark.parametrize(("place", "words"), [(1, "number one"), (10, "number ten"), (11, "more")])
def test_a_place_is_said_as_it_is(place: int, words: str) -> None:
    assert words in SPOKEN[place_in_queue(place)]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "one minute."), (1.5, "two minutes"), (10.5, "fifteen"), (31, "more than thirty")],
)
def test_a_wait_is_never_said_shorter_than_it_is(minutes: float, words: str) -> None:
    assert words in SPOKEN[minutes_to_wait(minutes)]
