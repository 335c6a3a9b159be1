"""What was wrong with a mapping, a file, a row? In words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.errors import RuleBroken


class MappingWrong(RuleBroken):
    """The mapping file does not say what it must; nothing was read."""


class FileRefused(RuleBroken):
    """The file as a whole cannot be trusted; nothing of it was written."""


class BadValue(Exception):
    """One cell does not hold what the mapping expects."""

    def __init__(self, column: str, advice: str) -> None:
        super().__init__(advice)
        self.column = column
        self.advice = advice


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that was left out; `line` is where it starts in the file."""

    line: int
    column: str
    advice: str
