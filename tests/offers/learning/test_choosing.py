"""Is the right one of many offers found from yes and no alone, and a bad file refused in words?"""

from __future__ import annotations

import json
import random
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from offers.learning.choosing import Chooser

SAID = {
    "card_arrival": ["when does my card come", "my card has not arrived", "still waiting for card"],
    "cash_withdrawal": ["cash machine took my money", "withdrawal at the atm", "took out cash"],
    "exchange_rate": ["rate for euros is wrong", "what rate do i get", "exchange was too dear"],
    "close_account": ["i want to leave you", "please close it all", "end my account today"],
}


def written(path: Path, count: int, name: str = "stream.csv", seed: int = 3) -> Path:
    chance = random.Random(seed)
    lines = ["text,category"]
    for _ in range(count):
        category = chance.choice(sorted(SAID))
        text = chance.choice(SAID[category]) + " " + chance.choice(["please", "now", "thanks", ""])
        lines.append(f"{text},{category}")
    file = path / name
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def clusters(count: int, offers: int = 6, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(offers, 20))
    right = chance.integers(offers, size=count)
    vectors = centres[right] + 0.5 * chance.normal(size=(count, 20))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), right


def run(names: np.ndarray, vectors: np.ndarray, right: np.ndarray) -> list[bool]:
    chooser = Chooser(names, size=vectors.shape[1])
    accepted = []
    for vector, wanted in zip(vectors, right, strict=True):
        shown = chooser.choose(vector)
        accepted.append(bool(shown == wanted))
        chooser.learn(vector, shown, was_accepted=accepted[-1])
    return accepted


def test_yes_and_no_alone_teach_which_offer_is_right() -> None:
    vectors, right = clusters(800)
    accepted = run(np.zeros((6, 20), dtype=np.float32), vectors, right)
    assert np.mean(accepted[:50]) < 0.6
    assert np.mean(accepted[-200:]) > 0.95


def test_a_name_that_is_near_the_words_is_shown_from_the_first() -> None:
    vectors, right = clusters(200)
    names = np.stack([vectors[right == offer].mean(axis=0) for offer in range(6)])
    names /= np.linalg.norm(names, axis=1, keepdims=True)
    assert np.mean(run(names.astype(np.float32), vectors, right)[:20]) > 0.9


def test_a_no_lowers_the_offer_for_those_who_say_the_like() -> None:
    names = np.eye(4, 8, dtype=np.float32)
    chooser = Chooser(names, size=8)
    asked = np.full(8, 0.3, dtype=np.float32)
    like = asked + np.float32(0.01)
    before = chooser.log_odds(like)[0] - chooser.log_odds(like)[1:].max()
    for _ in range(10):
        chooser.learn(asked, 0, was_accepted=False)
    after = chooser.log_odds(like)[0] - chooser.log_odds(like)[1:].max()
    assert after < before


def test_the_same_order_gives_the_same_choices() -> None:
    vectors, right = clusters(150)
    names = np.zeros((6, 20), dtype=np.float32)
    assert run(names, vectors, right) == run(names, vectors, right)


def test_the_command_tells_every_order_and_their_mean(tmp_path: Path) -> None:
    out = StringIO()
    call_command(
        "evaluate_choice",
        stream=written(tmp_path, 600),
        test=written(tmp_path, 60, "test.csv", seed=8),
        seeds=[1, 2],
        backend="tfidf",
        json=True,
        stdout=out,
    )
    told = json.loads(out.getvalue())
    assert (told["rows"], told["offers"], told["backend"]) == (600, 4, "tfidf")
    assert [order["seed"] for order in told["orders"]] == [1, 2]
    assert told["orders"][0]["accepted"]["from_2500_to_3000"] is None
    assert told["mean"]["first_500"]["mean"] > 0.9
    assert told["mean"]["right"]["mean"] == 1.0
    assert told["orders"][0]["test"]["rows"] == 60


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("text\nhello\n", "no column “category”"),
        ("text,category\n,card\n", "Row 1 of bad.csv lacks"),
        ("text,category\na,card\nb,card\n", "one category only"),
        ("", "is empty"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("evaluate_choice", stream=file, backend="tfidf", seeds=[1])
