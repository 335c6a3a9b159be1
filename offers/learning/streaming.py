"""How is a file of contacts read row by row, when nobody says what its columns are?

Every column's type is inferred from what has been seen so far: numbers, or names. A column that
stays the same for many rows at a time tells the time and not the customer. Nothing looks ahead.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

LONGEST = 10_000_000  # rows of one file
SEPARATORS = ";,\t"


class NotAStream(ValueError):
    """The file cannot be learned from; the message says what to do."""


class Row(NamedTuple):
    number: int  # 1 for the first after the header
    values: dict[str, str]
    outcome: float


def rows_of(
    path: Path, *, outcome: str, positive: str | None = None, drop: Sequence[str] = ()
) -> Iterator[Row]:
    """The rows in file order. Raises NotAStream in plain words.

    `outcome` names the column that tells what came of it; without `positive`, yes, y, true, 1 and
    the like are a success and no, n, false and 0 are none.
    """
    for number, values in read(path, needed=[outcome, *drop]):
        said = values.pop(outcome).strip()
        for name in drop:
            values.pop(name)
        yield Row(number, values, _outcome(said, positive, number=number, column=outcome))


def read(path: Path, *, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file by the names of its header; separated by semicolon, comma or tab."""
    if not path.is_file():
        raise NotAStream(f"There is no file {path}. Give the path of a CSV file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            if not header.strip():
                raise NotAStream(f"{path.name} is empty. Its first line must name the columns.")
            separator = max(SEPARATORS, key=header.count)
            names = next(csv.reader([header], delimiter=separator, strict=True))
            _check(names, needed, path)
            reader = csv.reader(file, delimiter=separator, strict=True)
            yield from _read(reader, names, path)
    except UnicodeDecodeError as error:
        raise NotAStream(f"{path.name} is not UTF-8 text. Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise NotAStream(f"{path.name} is no CSV: {error}. Mend the quotes.") from error


def _read(
    reader: Iterator[list[str]], names: Sequence[str], path: Path
) -> Iterator[tuple[int, dict[str, str]]]:
    number = 0
    for cells in reader:
        if not cells:
            continue
        number += 1
        if len(cells) != len(names):
            raise NotAStream(
                f"Row {number} of {path.name} has {len(cells)} cells, the header names "
                f"{len(names)}. Mend that row."
            )
        if number > LONGEST:
            raise NotAStream(f"{path.name} has more than {LONGEST:,} rows. Split it.")
        yield number, dict(zip(names, cells, strict=True))
    if not number:
        raise NotAStream(f"{path.name} has a header and no rows.")


def _check(names: Sequence[str], needed: Sequence[str], path: Path) -> None:
    if len(set(names)) != len(names):
        raise NotAStream(f"{path.name} names a column twice. Give each its own name.")
    for name in needed:
        if name not in names:
            raise NotAStream(
                f"{path.name} has no column “{name}”. It has: {', '.join(names)[:300]}."
            )


YES = frozenset({"yes", "y", "true", "t", "1", "1.0"})
NO = frozenset({"no", "n", "false", "f", "0", "0.0"})


def _outcome(said: str, positive: str | None, *, number: int, column: str) -> float:
    if positive is not None:
        return float(said == positive)
    if said.lower() in YES:
        return 1.0
    if said.lower() in NO:
        return 0.0
    raise NotAStream(
        f"“{said[:40]}” in column “{column}” of row {number} is neither yes nor no. "
        f"Say which value counts as a success with --positive."
    )
