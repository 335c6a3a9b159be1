"""How good is what is learned on a file of past contacts, each predicted before it is learned?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from offers.learning.columns import Columns
from offers.learning.learner import Effect, Learner
from offers.learning.measuring import quality
from offers.learning.streaming import NotAStream, rows_of

TIME_NAMES = ("month", "period", "week", "quarter")
PERIOD_ROWS = 1_000


@dataclass(slots=True)
class Trial:
    """One run over a file; each list has one entry a row that is measured."""

    expected: list[float]
    naive: list[float]
    outcomes: list[float]
    periods: list[Any]
    deciding_ms: list[float]
    updating_ms: list[float]
    learner: Learner
    columns: Columns


def tried(
    path: Path,
    *,
    outcome: str,
    positive: str | None = None,
    drop: Sequence[str] = (),
    from_row: int = 1,
    time_columns: Sequence[str] = (),
    period_rows: int | None = None,
) -> Trial:
    """Go through the file in its order: expect, compare, learn. Raises NotAStream.

    Rows before `from_row` (the first is 1) are learned and not measured. A period is a run of
    rows with the same `time_columns`, or `period_rows` rows.
    """
    trial = Trial([], [], [], [], [], [], Learner(), Columns())
    last = 0
    for row in rows_of(path, outcome=outcome, positive=positive, drop=drop):
        period = _period(row.values, row.number, time_columns, period_rows)
        began = perf_counter()
        seen = trial.columns.seen(row.values)
        expected = trial.learner.probability(seen)
        decided = perf_counter()
        before = trial.learner.learn(seen, Effect(row.outcome, 1.0))
        trial.columns.take(row.values)
        learned = perf_counter()
        last = row.number
        if row.number >= from_row:
            trial.expected.append(expected)
            trial.naive.append(before.naive)
            trial.outcomes.append(row.outcome)
            trial.periods.append(period)
            trial.deciding_ms.append(1000 * (decided - began))
            trial.updating_ms.append(1000 * (learned - decided))
    if not trial.outcomes:
        raise NotAStream(f"The file has {last} rows: none is left to measure from row {from_row}.")
    return trial


def _period(
    values: Mapping[str, str], number: int, columns: Sequence[str], rows: int | None
) -> object:
    if rows:
        return (number - 1) // rows
    if columns:
        missing = [name for name in columns if name not in values]
        if missing:
            raise NotAStream(f"The file has no column “{missing[0]}” to tell the time by.")
        return tuple(values[name] for name in columns)
    for name in TIME_NAMES:
        if name in values:
            return values[name]
    return (number - 1) // PERIOD_ROWS


def told(trial: Trial) -> dict[str, Any]:
    """The figures of a run, as the command prints them."""
    outcomes = np.array(trial.outcomes)
    figures = {
        name: quality(np.array(scores), outcomes, trial.periods).told()
        for name, scores in (("learned", trial.expected), ("naive", trial.naive))
    }
    return {
        "rows": len(outcomes),
        "rate": round(float(outcomes.mean()), 6),
        "periods": sum(1 for _ in _runs(trial.periods)),
        **figures,
        "ms": {"decision": _times(trial.deciding_ms), "update": _times(trial.updating_ms)},
        "columns_of_time": sorted(trial.columns.of_time),
        "weights": len(trial.learner.known.names) + len(trial.learner.lately.names),
    }


def _runs(periods: Sequence[Any]) -> Iterator[Any]:
    for place, period in enumerate(periods):
        if not place or period != periods[place - 1]:
            yield period


def _times(ms: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(np.array(ms), [50, 95])
    return {"p50": round(float(p50), 4), "p95": round(float(p95), 4)}
