"""Which rows does a CSV file hold? Read strictly: what is broken is named, never guessed at."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.importing.errors import BadValue, FileRefused

CELL_LIMIT = 100_000  # characters; more than that is a quote that was never closed
LONE_SURROGATES = range(0xDC80, 0xDD00)  # what undecodable bytes become


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number among the rows, the line where it starts, its cells by column."""

    number: int
    line: int
    cells: dict[str, str]
    problem: BadValue | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file with its form, as the mapping tells it."""

    path: Path
    delimiter: str
    encoding: str
    columns: tuple[str, ...]

    def digest(self, mapping: bytes) -> str:
        found = hashlib.sha256(mapping)
        with self.path.open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
        return found.hexdigest()

    def rows(self) -> Iterator[Row]:
        """Every row in order. Raises FileRefused when the file itself is broken."""
        csv.field_size_limit(CELL_LIMIT)
        with self.path.open(encoding=self.encoding, errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            line = 1
            try:
                header = self._header(next(reader, []))
                line = reader.line_num + 1
                number = 0
                for cells in reader:
                    if cells:
                        number += 1
                        yield self._row(number, line, header, cells)
                    line = reader.line_num + 1
            except csv.Error as error:
                raise FileRefused(
                    f"{self.path.name} is broken at line {line}: {error}. A quotation mark is "
                    "probably missing or too many there. Mend that line; nothing was written."
                ) from error

    def _header(self, cells: list[str]) -> list[str]:
        header = [cell.strip().removeprefix("\ufeff") for cell in cells]
        missing = [column for column in self.columns if column not in header]
        if not missing:
            return header
        hint = ""
        if len(header) == 1 and len(self.columns) > 1:
            hint = f" The whole line is one column: is “{self.delimiter}” the right delimiter?"
        raise FileRefused(
            f"{self.path.name} lacks the columns {', '.join(missing)}.{hint} "
            "Use the mapping that was made for this file; nothing was written."
        )

    def _row(self, number: int, line: int, header: list[str], cells: list[str]) -> Row:
        if len(cells) != len(header):
            advice = (
                f"The row has {len(cells)} cells where the header has {len(header)}. "
                "Quote cells that hold the delimiter, or add what is missing."
            )
            return Row(number, line, {}, BadValue("", advice))
        for column, cell in zip(header, cells, strict=True):
            if not cell.isascii() and any(ord(letter) in LONE_SURROGATES for letter in cell):
                advice = f"The cell is not in {self.encoding}. Save the file in that encoding."
                return Row(number, line, {}, BadValue(column, advice))
            if "\x00" in cell:
                advice = "The cell holds a NUL character. Remove it."
                return Row(number, line, {}, BadValue(column, advice))
        return Row(number, line, dict(zip(header, cells, strict=True)))
