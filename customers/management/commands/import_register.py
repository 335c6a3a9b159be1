"""Take in an edition of a public do-not-call register."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import RuleBroken
from customers.registers import Fault, check, take


class Command(BaseCommand):
    help = (
        "Take a file of numbers, a line each, into the layer of a public register (tps, ctps, "
        "dnc). Started again it goes on where it stopped. Lines that hold no number are left out "
        "and told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--register", required=True, help="its code, such as tps")
        parser.add_argument(
            "--as-of", required=True, type=date.fromisoformat, help="the day of the file"
        )
        parser.add_argument("--source", required=True, help="who published it")
        parser.add_argument("--dry-run", action="store_true", help="check, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path, register = options["file"], options["register"]
        try:
            if options["dry_run"]:
                taken = check(path, register=register, told=self._tell)
            else:
                taken = take(
                    path,
                    register=register,
                    as_of=options["as_of"],
                    source=options["source"],
                    told=self._tell,
                )
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read as UTF-8 text: {error}") from error
        except RuleBroken as error:
            raise CommandError(str(error)) from error
        verb = "would be kept" if options["dry_run"] else "kept"
        begun = f"Went on behind line {taken.went_on_from:,}. " if taken.went_on_from else ""
        self.stdout.write(
            f"{begun}{taken.lines:,} lines read: {taken.kept:,} numbers {verb}, "
            f"{taken.faulty:,} lines left out, {taken.let_go:,} numbers let go."
        )

    def _tell(self, fault: Fault) -> None:
        self.stderr.write(f"line {fault.line}: {fault.what}")
