"""The command that measures suggestions says what is true, and what to do when it cannot."""

from __future__ import annotations

import csv
import json
import math
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from needs.words import encoders, measures
from needs.words.measures import Answers
from tests.needs.words.said import EXAMPLES, HELD_BACK, OTHER

PROJECT = Path(__file__).resolve().parents[3]
DATA = PROJECT.parent / "shared" / "data"
COSTS = (
    "train_seconds",
    "train_cpu_seconds",
    "p50_ms",
    "p95_ms",
    "p95_cpu_ms",
    "text_p50_ms",
    "text_p95_ms",
    "text_p95_cpu_ms",
    "rss_added_mb",
)


def written(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "category"), *rows])
    return path


@pytest.fixture
def train(tmp_path: Path) -> Path:
    rows = [(one.text, one.need) for one in EXAMPLES]
    return written(tmp_path / "train.csv", [*rows, *((text, "oos") for text in OTHER[:3])])


@pytest.fixture
def test(tmp_path: Path) -> Path:
    rows = [(one.text, one.need) for one in HELD_BACK]
    return written(tmp_path / "test.csv", [*rows, *((text, "oos") for text in OTHER[3:])])


def measured(*args: object) -> dict[str, Any]:
    out = StringIO()
    call_command("evaluate_needs", *map(str, args), "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_every_measure_is_told(train: Path, test: Path) -> None:
    found = measured("--train", train, "--test", test, "--oos-label", "oos")
    assert found["accuracy"] == found["macro_f1"] == found["top_3"] == 1
    assert found["examples"] == 51
    assert found["texts_tested"] == 9
    assert found["needs"] == 6
    assert found["notice"] == ""
    assert found["oos_auroc"] == 1
    assert found["oos_recall_at_95_in_scope"] == 1
    for name in ("ece", "coverage_at_98_precision", "in_scope_accuracy_as_set"):
        assert 0 <= found[name] <= 1
    for name in COSTS:
        assert math.isfinite(found[name])
        assert found[name] >= 0


def test_the_same_seed_gives_the_same_measures(train: Path, test: Path) -> None:
    asked = ("--train", train, "--test", test, "--oos-label", "oos", "--shots", 3, "--seed", 7)
    one, two = measured(*asked), measured(*asked)
    for name in COSTS:
        del one[name], two[name]
    assert one == two
    assert one["examples"] == 6 * 3 + 3
    assert one["unlabelled"] == 6 * 5


def test_names_alone_can_be_measured(train: Path, test: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("category,name,description\nmortgage,Mortgage,Money for a house or home\n")
    asked = ("--train", train, "--test", test, "--oos-label", "oos", "--shots", 0)
    for found in (measured(*asked), measured(*asked, "--names", names)):
        assert found["examples"] == 0
        assert found["accuracy"] > 1 / 6


def test_folds_test_every_row_once(train: Path) -> None:
    found = measured("--train", train, "--folds", 4, "--oos-label", "oos")
    assert len(found["accuracy_of_folds"]) == 4
    assert found["accuracy"] > 1 / 2


@pytest.mark.parametrize("noise", ["typos", "wrapped", "both"])
def test_noise_is_added_to_what_is_tested(train: Path, test: Path, noise: str) -> None:
    found = measured("--train", train, "--test", test, "--oos-label", "oos", "--noise", noise)
    assert found["noise"] == noise
    assert found["accuracy"] > 1 / 2


@pytest.mark.parametrize("joint", ["stop", "and", "comma"])
def test_texts_of_two_needs_are_measured_too(train: Path, test: Path, joint: str) -> None:
    found = measured("--train", train, "--test", test, "--oos-label", "oos", "--joined", joint)
    assert found["two_needs_texts"] == 3
    assert found["two_needs_both_shown"] + found["two_needs_silent"] <= 1
    assert found["two_needs_exact"] <= found["two_needs_micro_f1"] <= 1
    assert found["two_needs_both_shown"] > 1 / 2


def test_a_missing_extra_is_told(train: Path, test: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoders.PACKAGES, "static", ("no_such_package",))
    found = measured("--train", train, "--test", test, "--oos-label", "oos", "--backend", "static")
    assert found["backend"] == "tfidf"
    assert "no-such-package" in found["notice"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "has no column text, category"),
        (b"sentence;need\na;b\n", "Its first line must be text,category"),
        (b"text,category\n", "has no row"),
        (b"text,category\n\xff\xfe,a\n", "Save it as UTF-8"),
        (b"text,category\nno, I did not,a\n", "Quote texts that hold commas"),
        (b"text,category\nonly text\n", "Quote texts that hold commas"),
        (b'text,category\n"never closed,a\n', "Mend the quoting"),
        (b"text,category\n ,a\n", "line 2: text is empty"),
        (b"text,category\na, \n", "line 2: category is empty"),
        (b"text,category\none,a\ntwo,a\n", "At least two kinds of need"),
    ],
)
def test_a_bad_file_is_told_and_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=told):
        measured("--train", path, "--folds", 2)


def test_bad_options_are_told(train: Path, test: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        measured("--train", tmp_path / "nowhere.csv", "--folds", 2)
    with pytest.raises(CommandError, match="--oos-label"):
        measured("--train", written(tmp_path / "t.csv", [("a", "b")]), "--test", test)
    with pytest.raises(CommandError, match="either --test"):
        measured("--train", train)
    with pytest.raises(CommandError, match="from 2 to 20"):
        measured("--train", train, "--folds", 1)
    with pytest.raises(CommandError, match="0 or more"):
        measured("--train", train, "--folds", 2, "--shots", -1)


def test_the_measures_are_those_of_the_field() -> None:
    shares = np.array([[0.9, 0.1, 0.0], [0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.4, 0.3, 0.3]])
    answers = Answers(shares, np.array([0.9, 0.8, 0.7, 0.1]), np.array([0, 1, 1, -1]))
    inside = answers.inside()
    assert measures.accuracy(inside) == pytest.approx(2 / 3)
    assert measures.macro_f1(inside) == pytest.approx(2 / 3)
    assert measures.among_first(inside, 2) == 1
    assert measures.coverage(inside) == pytest.approx(1 / 3)
    assert measures.calibration_error(inside) == pytest.approx((0.1 + 0.6 + 0.5) / 3)
    assert measures.separation(answers) == 1
    assert measures.rejected_at(answers, 0.6) == 1
    assert measures.rejected_at(answers, 0.9) is None
    assert measures.rejecting(answers, 0.75) == pytest.approx((1 / 3, 1))


def test_customers_questions_to_a_bank_are_read(tmp_path: Path) -> None:
    path = DATA / "banking77" / "train.csv"
    if not path.is_file():
        pytest.skip("BANKING77 is not here: docs/benchmarks.md says where to put it")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    few = [row for row in rows if row[1].startswith(("card_", "top_up_"))]
    found = measured("--train", written(tmp_path / "few.csv", few), "--folds", 2)
    assert found["needs"] == 16
    assert found["accuracy"] > 0.9
    assert found["top_3"] > 0.97
