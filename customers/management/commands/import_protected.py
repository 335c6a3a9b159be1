"""Take protected attributes into the store that the fairness audit alone reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers.taking_in import COLUMNS, NotTaken, read, take


class Command(BaseCommand):
    help = (
        f"Take a CSV file with the columns {', '.join(COLUMNS)} into the store of protected "
        "attributes. The fairness audit alone reads it; no decision does."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source", required=True, help="where customers said it, such as “survey May 2026”"
        )
        parser.add_argument("--dry-run", action="store_true", help="check, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as file:
                told = read(file)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read as UTF-8 text: {error}") from error
        except NotTaken as error:
            faults = "\n".join(error.faults)
            raise CommandError(f"Nothing was taken in.\n{faults}") from error
        with transaction.atomic():
            kept, unknown = take(told, source=options["source"][:80], by=None)
            if options["dry_run"]:
                transaction.set_rollback(True)
        verb = "would be kept" if options["dry_run"] else "kept"
        self.stdout.write(f"{kept:,} {verb}; {unknown:,} of customers who are not known here.")
