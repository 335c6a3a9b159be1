"""How well are needs read from words? Measured on files, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from needs.words.encoders import BACKENDS
from needs.words.evaluating import Asked, UnusableFile, evaluated
from needs.words.noise import KINDS
from needs.words.several import JOINTS
from needs.words.training import TooFewNeeds


class Command(BaseCommand):
    help = "Measure suggestions: learn from a file of text,category and test on another one."
    requires_system_checks: list[str] = []  # noqa: RUF012  (Django declares it so)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--train", type=Path, required=True, help="CSV: text,category")
        parser.add_argument("--test", type=Path, help="CSV: text,category; or use --folds")
        parser.add_argument("--folds", type=int, help="cross-validate --train in so many parts")
        parser.add_argument("--shots", type=int, help="learn from so many texts a category")
        parser.add_argument("--seed", type=int, default=0, help="chooses shots, folds and noise")
        parser.add_argument("--backend", choices=BACKENDS, default="tfidf")
        parser.add_argument("--oos-label", default="", help="category of texts without a need")
        parser.add_argument("--names", type=Path, help="CSV: category,name,description")
        parser.add_argument("--noise", choices=KINDS, help="added to the texts tested")
        parser.add_argument(
            "--joined", choices=JOINTS, help="also test texts of two needs, written as one so"
        )
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(**{name: options[name] for name in Asked._fields})
        try:
            found = evaluated(asked)
        except (UnusableFile, TooFewNeeds) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        for name, value in found.items():
            self.stdout.write(f"{name.replace('_', ' '):36} {_said(value)}")


def _said(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
