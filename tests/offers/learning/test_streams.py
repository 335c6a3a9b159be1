"""Is a file read without being told what its columns are, and a bad one refused in words?"""

from __future__ import annotations

import json
import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from offers.learning.columns import Columns
from offers.learning.streaming import NotAStream, rows_of
from offers.learning.trying_out import tried


def written(path: Path, rows: list[list[object]], separator: str = ",") -> Path:
    file = path / "stream.csv"
    file.write_text("\n".join(separator.join(map(str, row)) for row in rows), encoding="utf-8")
    return file


def stream(count: int = 3_000, seed: int = 5) -> list[list[object]]:
    """Months in order; those in a club buy four times as often; the rest is noise."""
    chance = random.Random(seed)
    rows: list[list[object]] = [["month", "club", "age", "colour", "price", "bought"]]
    for n in range(count):
        club = chance.choice(["in", "out"])
        likely = 0.4 if club == "in" else 0.1
        month = ["jan", "feb", "mar", "apr"][4 * n // count]
        age = chance.randint(20, 80)
        colour = chance.choice(["red", "blue", "unknown"])
        rows.append([month, club, age, colour, 1 + n // 300, int(chance.random() < likely)])
    return rows


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_common_separator_is_read(tmp_path: Path, separator: str) -> None:
    file = written(tmp_path, [["a", "y"], ["x", "yes"], ["z", "no"]], separator)
    assert [row.outcome for row in rows_of(file, outcome="y")] == [1.0, 0.0]


def test_types_are_inferred_as_rows_come() -> None:
    columns = Columns()
    for number in range(100):
        columns.take({"age": str(20 + number % 7), "job": f"job {number % 3}"})
    seen = columns.seen({"age": "23", "job": "job 1"})
    assert set(seen.features) == {"age", "job=job 1"}
    assert set(seen.marks) == {"age=23", "job=job 1"}


def test_a_word_among_numbers_makes_the_column_one_of_names() -> None:
    columns = Columns()
    for cell in ("1", "2", "many"):
        columns.take({"calls": cell})
    assert columns.seen({"calls": "2"}).features == {"calls=2": 1.0}


def test_a_missing_number_is_told_as_missing() -> None:
    columns = Columns()
    for cell in ("1", "", "3"):
        columns.take({"calls": cell})
    assert columns.seen({"calls": ""}).features == {"calls=missing": 1.0}
    assert columns.seen({"calls": "3"}).features.keys() == {"calls"}


def test_columns_that_stay_the_same_for_long_tell_the_time(tmp_path: Path) -> None:
    trial = tried(written(tmp_path, stream()), outcome="bought", from_row=1_000)
    assert trial.columns.of_time == {"month", "price"}


def test_what_matters_is_found_and_the_naive_score_is_beaten(tmp_path: Path) -> None:
    out = StringIO()
    call_command(
        "evaluate_propensity",
        stream=written(tmp_path, stream()),
        outcome="bought",
        from_row=1_000,
        time_columns=["month"],
        json=True,
        stdout=out,
    )
    told = json.loads(out.getvalue())
    assert (told["rows"], told["periods"]) == (2_001, 3)
    assert told["learned"]["within_auc"] > 0.65 > told["naive"]["within_auc"]
    assert told["learned"]["brier"] < told["naive"]["brier"]
    assert told["ms"]["update"]["p50"] > 0


def test_nothing_of_the_outcome_leaks_into_its_own_row(tmp_path: Path) -> None:
    chance = random.Random(1)
    rows: list[list[object]] = [["noise", "y"]]
    rows += [[chance.choice("abc"), chance.randint(0, 1)] for _ in range(1_500)]
    trial = tried(written(tmp_path, rows), outcome="y")
    agree = sum((e > 0.5) == (y > 0.5) for e, y in zip(trial.expected, trial.outcomes, strict=True))
    assert 0.42 < agree / 1_500 < 0.58


def test_the_outcome_of_the_last_row_changes_no_earlier_expectation(tmp_path: Path) -> None:
    rows = stream(400)
    turned = [*rows[:-1], [*rows[-1][:-1], 1 - int(str(rows[-1][-1]))]]
    first = tried(written(tmp_path, rows), outcome="bought").expected
    assert tried(written(tmp_path, turned), outcome="bought").expected == first


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a,y\n", "no rows"),
        ("a,b\n1,2\n", "no column “y”"),
        ("a,y\n1,yes\n2\n", "Row 2 of"),
        ("a,a,y\n1,2,yes\n", "twice"),
        ("a,y\n1,perhaps\n", "neither yes nor no"),
        ('a,y\n"1,yes\n', "no CSV"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotAStream, match=words):
        list(rows_of(file, outcome="y"))


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(b"a,y\n\xff\xfe,yes\n")
    with pytest.raises(NotAStream, match="UTF-8"):
        list(rows_of(file, outcome="y"))
    with pytest.raises(NotAStream, match="no file"):
        list(rows_of(tmp_path / "none.csv", outcome="y"))


def test_the_command_says_what_to_do_and_not_where_it_broke(tmp_path: Path) -> None:
    file = written(tmp_path, [["a", "y"], ["1", "yes"]])
    with pytest.raises(CommandError, match="none is left to measure from row 9"):
        call_command("evaluate_propensity", stream=file, outcome="y", from_row=9)
