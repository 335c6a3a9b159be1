"""How good are the chances that are learned, on a file of past contacts? No database is needed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offers.learning.streaming import NotAStream
from offers.learning.trying_out import told, tried

SHOWN = (
    ("auc", "AUC"),
    ("within_auc", "AUC within periods"),
    ("lift", "lift of the best tenth"),
    ("within_lift", "the same within periods"),
    ("best_half", "successes in the best half"),
    ("brier", "Brier score"),
    ("calibration", "calibration error"),
)


class Command(BaseCommand):
    help = "Predict each row of a file before learning from it, beside the recent rate alone."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stream", required=True, type=Path, help="CSV file in time order")
        parser.add_argument(
            "--from-row", type=int, default=1, help="first row that is measured; 1 is the first"
        )
        parser.add_argument("--outcome", required=True, help="column that tells what came of it")
        parser.add_argument("--positive", help="its value that is a success; else yes, true, 1")
        parser.add_argument("--drop", nargs="*", default=[], help="columns to leave out")
        parser.add_argument(
            "--time-columns", nargs="*", default=[], help="a period ends where one of these changes"
        )
        parser.add_argument("--period-rows", type=int, help="a period ends after so many rows")
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["from_row"] < 1 or (options["period_rows"] or 1) < 1:
            raise CommandError("Rows are counted from 1.")
        try:
            trial = tried(
                options["stream"],
                outcome=options["outcome"],
                positive=options["positive"],
                drop=_listed(options["drop"]),
                from_row=options["from_row"],
                time_columns=_listed(options["time_columns"]),
                period_rows=options["period_rows"],
            )
        except NotAStream as error:
            raise CommandError(str(error)) from error
        figures = told(trial)
        self.stdout.write(json.dumps(figures) if options["json"] else _table(figures))


def _listed(names: list[str]) -> list[str]:
    """`a b`, `a,b` and both."""
    return [name for given in names for name in given.split(",") if name]


def _table(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['rows']} rows in {figures['periods']} periods, success {figures['rate']:.4f}",
        f"{'':28}{'learned':>10}{'naive':>10}",
    ]
    for key, words in SHOWN:
        numbers = [figures[which][key] for which in ("learned", "naive")]
        lines.append(f"{words:28}" + "".join(f"{_figure(one):>10}" for one in numbers))
    for what, times in figures["ms"].items():
        lines.append(f"{what}: {times['p50']} ms, 95 % within {times['p95']} ms")
    lines.append(f"columns that tell the time: {', '.join(figures['columns_of_time']) or 'none'}")
    return "\n".join(lines)


def _figure(number: float | None) -> str:
    return "unknown" if number is None else f"{number:.4f}"
