"""What do files of examples and of needs' names say? Errors tell the line and what to do."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from needs.words.training import Example, Name

MOST: Final = 1_000_000  # rows of one file


class UnusableFile(ValueError):
    """The file cannot be used; the message says why, and what to do."""


def examples(path: Path, oos_label: str = "") -> list[Example]:
    """The rows of `text,category`; those of category `oos_label` have no known need."""
    found = []
    for line, row in _rows(path, ("text", "category")):
        text, category = row["text"].strip(), row["category"].strip()
        if not text or not category:
            empty = "text" if not text else "category"
            raise UnusableFile(f"{path}, line {line}: {empty} is empty. Fill it or drop the row.")
        found.append(Example(text, "" if category == oos_label else category))
    return found


def names(path: Path | None, categories: Sequence[str]) -> list[Name]:
    """A name for each category: from `category,name,description`, else made of its code."""
    given = {}
    for line, row in _rows(path, ("category", "name", "description")) if path else ():
        name = Name(*(row[column].strip() for column in ("category", "name", "description")))
        if not name.need or not name.name:
            raise UnusableFile(f"{path}, line {line}: category and name must both be filled.")
        if name.need in given:
            raise UnusableFile(f"{path}, line {line}: {name.need!r} is there twice. Drop one.")
        given[name.need] = name
    return [given.get(one, Name(one, _spoken(one))) for one in categories]


def _spoken(code: str) -> str:
    return code.replace("_", " ").replace("-", " ").strip()


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise UnusableFile(f"There is no file {path}. Give the path of a CSV file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            absent = [one for one in columns if one not in (reader.fieldnames or ())]
            if absent:
                raise UnusableFile(
                    f"{path} has no column {', '.join(absent)}. Its first line must be"
                    f" {','.join(columns)} (comma separated, UTF-8)."
                )
            yield from _checked(path, reader, columns)
    except UnicodeDecodeError as error:
        raise UnusableFile(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except csv.Error as error:
        raise UnusableFile(f"{path}, line {reader.line_num}: {error}. Mend the quoting.") from None


def _checked(
    path: Path, reader: csv.DictReader[str], columns: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    line = 1
    for line, row in enumerate(reader, start=2):
        if line > MOST:
            raise UnusableFile(f"{path} has more than {MOST:,} rows. Measure on a part of it.")
        if any(row[one] is None for one in columns) or None in row:
            raise UnusableFile(
                f"{path}, line {reader.line_num}: not {len(reader.fieldnames or ())} values."
                " Quote texts that hold commas."
            )
        yield line, row
    if line == 1:
        raise UnusableFile(f"{path} has no row below its first line.")
