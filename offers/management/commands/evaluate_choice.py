"""How well are offers chosen by a customer's sentence, learning from yes and no? No database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from needs.words.encoders import BACKENDS
from offers.learning.choice_trials import (
    best_backend,
    encoded,
    places_of_all,
    said_in,
    summed_up,
    tried,
)
from offers.learning.streaming import NotAStream


class Command(BaseCommand):
    help = "Show each customer of a file one offer and learn from yes or no alone."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stream", required=True, type=Path, help="CSV: text,category")
        parser.add_argument("--test", type=Path, help="CSV: text,category, asked after the stream")
        parser.add_argument(
            "--seeds", nargs="*", type=int, default=[1, 2, 3], help="arrival orders"
        )
        parser.add_argument("--backend", choices=BACKENDS, help="default: the best installed")
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stream = said_in(options["stream"])
            test = said_in(options["test"]) if options["test"] else []
            backend = best_backend(options["backend"])
        except NotAStream as error:
            raise CommandError(str(error)) from error
        if len(places_of_all(stream)) < 2:
            raise CommandError("The stream knows one category only: there is nothing to choose.")
        found = encoded(stream, test, backend)
        runs = [tried(stream, test, found, seed=seed) for seed in options["seeds"] or [1, 2, 3]]
        told = {
            "backend": backend,
            "rows": len(stream),
            "offers": len(places_of_all(stream)),
            "mean": summed_up(runs),
            "orders": runs,
        }
        self.stdout.write(json.dumps(told) if options["json"] else _table(told))


def _table(told: dict[str, Any]) -> str:
    lines = [f"{told['rows']} customers, {told['offers']} offers, backend {told['backend']}"]
    lines += [
        f"{name.replace('_', ' '):24}{100 * row['mean']:8.2f} % ± {100 * row['sd']:.2f}"
        for name, row in told["mean"].items()
    ]
    return "\n".join(lines)
