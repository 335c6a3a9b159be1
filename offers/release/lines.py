"""What does each line of a file change in the draft, and which writes would do it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from offers.release.sheets import Sheet

AS_IT_IS = "as it is"
Cells = dict[str, str]
Write = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number, what it changes, or what is wrong with it."""

    number: int
    about: str
    words: str
    is_error: bool = False
    is_change: bool = False


@dataclass(slots=True)
class Tried:
    """A file tried on the draft; `mark` stands for the draft that it was tried on."""

    sheet: Sheet
    mark: str
    lines: list[Line] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(line.is_error for line in self.lines)

    @property
    def changes(self) -> int:
        return sum(line.is_change for line in self.lines)

    def wrong(self, number: int, about: str, words: str) -> None:
        self.lines.append(Line(number, about, words, is_error=True))

    def told(self, number: int, about: str, words: str) -> None:
        self.lines.append(Line(number, about, words, is_change=words != AS_IT_IS))
