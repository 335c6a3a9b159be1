"""What do the cells of a row tell, when nobody says what the columns are? Inferred as rows come.

A column is numbers until a cell is none; then it is names, and what was learned of the number
stays without use. A column that hardly changes from one row to the next, though it has many
values, tells the time: it would only say again, and worse, what the recent rate says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from offers.learning.learner import Seen

HALF_LIFE = 2_000  # rows after which one counts half in what a column is like
KEPT = 0.5 ** (1 / HALF_LIFE)
OF_TIME = 0.35  # changes between rows over those of shuffled rows; below, it tells the time
FEW = 50  # numbers that differ; up to these, each is a mark of its own
FAR = 4.0  # standard deviations at which numbers are cut
BIN = 0.5  # standard deviations that share a mark
MOST_VALUES = 200  # names of one column; rarer ones are "other"
NO_NUMBER = frozenset({"", "na", "n/a", "null", "none", "nan"})


@dataclass(slots=True)
class Column:
    name: str
    is_number: bool = True
    counts: dict[str, float] = field(default_factory=dict)
    total: float = 0.0
    changes: float = 0.0
    last: str | None = None
    rows: int = 0
    mean: float = 0.0
    spread: float = 0.0  # sum of squared distances to the mean (Welford 1962)
    values: set[str] = field(default_factory=set)

    def tells_the_time(self) -> bool:
        """Does it change much less from row to row than its values would if rows were mixed?"""
        if self.total < 50:
            return False
        shuffled = 1 - sum((count / self.total) ** 2 for count in self.counts.values())
        return shuffled > 0.02 and self.changes / self.total < OF_TIME * shuffled

    def read(self, cell: str) -> tuple[dict[str, float], list[str]]:
        """The features and marks of a cell, by what was known before it."""
        number = _number(cell)
        if not self.is_number or (number is None and cell.lower() not in NO_NUMBER):
            mark = f"{self.name}={self._named(cell)}"
            return {mark: 1.0}, [mark]
        if number is None:
            mark = f"{self.name}=missing"
            return {mark: 1.0}, [mark]
        scaled = self._scaled(number)
        if len(self.values) <= FEW:
            return {self.name: scaled}, [f"{self.name}={cell}"]
        return {self.name: scaled}, [f"{self.name}={math.floor(scaled / BIN) * BIN:+.1f} sd"]

    def take(self, cell: str) -> None:
        self.rows += 1
        self.total = self.total * KEPT + 1
        self.changes = self.changes * KEPT + (self.last is not None and cell != self.last)
        self.last = cell
        self._count(cell)
        number = _number(cell)
        if number is None:
            self.is_number = self.is_number and cell.lower() in NO_NUMBER
            return
        if len(self.values) <= FEW:
            self.values.add(cell)
        before = number - self.mean
        self.mean += before / self.rows
        self.spread += before * (number - self.mean)

    def _count(self, cell: str) -> None:
        """Counts grow instead of the old ones shrinking; they are scaled back now and then."""
        grown = KEPT ** -(self.rows % HALF_LIFE)
        if self.rows % HALF_LIFE == 0:
            scale = KEPT**HALF_LIFE
            self.counts = {
                name: count * scale for name, count in self.counts.items() if count * scale > 0.01
            }
        self.counts[cell] = self.counts.get(cell, 0.0) + grown

    def _named(self, cell: str) -> str:
        return cell if cell in self.counts or len(self.counts) < MOST_VALUES else "other"

    def _scaled(self, number: float) -> float:
        if self.rows < 2 or self.spread <= 0:
            return 0.0
        return max(-FAR, min(FAR, (number - self.mean) / math.sqrt(self.spread / self.rows)))


class Columns:
    """All columns of a file; `of_time` names those that tell the time by now."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.of_time: frozenset[str] = frozenset()
        self.rows = 0

    def seen(self, row: Mapping[str, str]) -> Seen:
        features: dict[str, float] = {}
        marks: list[str] = []
        for name, cell in row.items():
            if name in self.of_time:
                continue
            column = self.columns.setdefault(name, Column(name))
            told, marked = column.read(cell.strip())
            features |= told
            marks += marked
        return Seen(features, tuple(marks))

    def take(self, row: Mapping[str, str]) -> None:
        for name, cell in row.items():
            self.columns.setdefault(name, Column(name)).take(cell.strip())
        self.rows += 1
        if self.rows % 50 == 0:
            self.of_time = frozenset(
                name for name, column in self.columns.items() if column.tells_the_time()
            )


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
