"""How is a run told: as a table for people, as JSON for machines?"""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from bench.driver import Entry, percentile
from bench.inside import Figure


@dataclass(frozen=True, slots=True)
class Result:
    """One line: value and unit; both ratios where a page was measured; statements; the goal."""

    name: str
    title: str
    value: float
    unit: str
    ratio: float | None
    p50_ratio: float | None
    sql: float | None
    target: float | None
    twice: float | None
    verdict: str  # by processor time and statements, which hold on a busy machine
    target_p50: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    cpu_server_ms: float | None = None
    cpu_database_ms: float | None = None
    kilobytes: float | None = None


def rows(entries: list[Entry], figures: list[Figure]) -> list[Result]:
    noop = next(entry for entry in entries if entry.name == "noop")
    return [*(_page(entry, noop) for entry in entries), *(_figure(figure) for figure in figures)]


def _page(entry: Entry, noop: Entry) -> Result:
    ratio = entry.cpu_ms / noop.cpu_ms
    count = max(len(entry.ms), 1)
    goals = [(ratio, entry.target)] if entry.target else []
    if entry.target_sql is not None and entry.statements is not None:
        goals.append((entry.statements, entry.target_sql))
    return Result(
        name=entry.name,
        title=entry.title,
        value=round(ratio, 1),
        unit="CPU × noop",
        ratio=round(ratio, 1),
        p50_ratio=round(entry.p50 / noop.p50, 1),
        target_p50=entry.target_p50,
        sql=entry.statements,
        target=entry.target,
        twice=entry.target * 2 if entry.target else None,
        verdict=_verdict(goals),
        p50_ms=round(entry.p50, 2),
        p95_ms=round(percentile(entry.ms, 0.95), 2),
        cpu_server_ms=round(entry.server_seconds * 1000 / count, 3),
        cpu_database_ms=round(entry.database_seconds * 1000 / count, 3),
        kilobytes=round(entry.size / 1024, 1),
    )


def _verdict(goals: list[tuple[float, float]]) -> str:
    if not goals:
        return ""
    if all(value <= goal for value, goal in goals):
        return "reached"
    return "half-way" if all(value <= 2 * goal for value, goal in goals) else "MISSED"


def _figure(figure: Figure) -> Result:
    verdict = "MISSED"
    if figure.reaches(figure.twice):
        verdict = "half-way"
    if figure.reaches(figure.target):
        verdict = "reached"
    return Result(
        name=figure.name,
        title=figure.title,
        value=round(figure.value, 2),
        unit=figure.unit,
        ratio=None if figure.ratio is None else round(figure.ratio, 1),
        p50_ratio=None,
        sql=figure.statements,
        target=figure.target or None,
        twice=figure.twice or None,
        verdict=verdict if figure.target else "",
    )


def show(results: list[Result], out: TextIO) -> None:
    columns = "{:<52} {:>10} {:<10} {:>8} {:>6} {:>8} {:>8}  {}\n"
    out.write("\n")
    out.write(columns.format("what", "value", "", "p50 ×", "SQL", "target", "twice", ""))
    out.writelines(
        columns.format(
            row.title[:52],
            f"{row.value:,.2f}" if row.value < 100 else f"{row.value:,.0f}",
            row.unit,
            _cell(row.p50_ratio),
            _cell(row.sql),
            _cell(row.target),
            _cell(row.twice),
            row.verdict,
        )
        for row in results
    )
    noop = results[0]
    out.write(
        f"\nnoop: p50 {noop.p50_ms} ms, CPU {noop.cpu_server_ms} ms a request. "
        "“CPU × noop” is the processor time of server and databases over the noop's.\n"
    )


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def report(results: list[Result], customers: int) -> dict[str, Any]:
    return {
        "at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "customers": customers,
        "entries": [asdict(row) for row in results],
    }


def with_others(told: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A part measured alone: the other parts' entries stay as the last whole run left them."""
    mine = [entry for entry in told["entries"] if entry["name"] != "noop"]
    names = {entry["name"] for entry in mine}
    others = [entry for entry in before["entries"] if entry["name"] not in names]
    return before | {"entries": [*others, *mine]}
