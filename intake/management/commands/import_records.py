"""`manage.py import_records`: customers with their contacts and holdings from a CSV file."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import RuleBroken
from intake.importing.lookups import team_key
from intake.importing.mapping import RowMapping
from intake.importing.running import Checked, ErrorFile, FileImport
from intake.progress import Progress


class Command(BaseCommand):
    help = (
        "Read a CSV file into customers, contact points, consents, holdings and contacts, as a "
        "mapping file says. What is known by its external id is changed, never doubled."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="see mappings/README.md")
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )
        parser.add_argument("--errors", type=Path, help="rows left out, as CSV (default: beside)")
        parser.add_argument("--resume", action="store_true", help="go on where it stopped")
        parser.add_argument("--restart", action="store_true", help="begin a stopped import anew")
        parser.add_argument("--team", help="whose customers they become, instead of the mapping's")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="the day “months ago” counts from (today)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            self._import(path, options)
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal

    def _import(self, path: Path, options: dict[str, Any]) -> None:
        mapping = RowMapping(options["mapping"])
        as_of = options["as_of"] or timezone.localdate()
        file_import = FileImport(mapping, mapping.file(path), as_of)
        team = options["team"] or mapping.team
        team_key(team)
        with Progress("Checked", None, out=sys.stdout) as progress:
            checked = file_import.check(advanced=progress.advance)
        if options["dry_run"]:
            self._tell_dry(checked)
            return
        run = file_import.begin(resume=options["resume"], restart=options["restart"])
        file_import = FileImport(mapping, file_import.file, run.as_of)
        errors_at = options["errors"] or Path(f"{path.name}.errors.csv")
        errors = ErrorFile(errors_at, goes_on=run.rows_done > 0 and errors_at.exists())
        try:
            with Progress("Written", checked.rows, out=sys.stdout, done=run.rows_done) as progress:
                for error in file_import.write(run, team=team, advanced=progress.advance):
                    errors.add(error)
        finally:
            errors.close()
        run.refresh_from_db()
        self.stdout.write(
            f"{run.rows_done:,} rows read, {run.added:,} customers added, "
            f"{run.changed:,} changed, {run.left_out:,} rows left out."
        )
        if run.left_out:
            self.stdout.write(f"Why, row by row: {errors_at}")
        else:
            errors_at.unlink(missing_ok=True)

    def _tell_dry(self, checked: Checked) -> None:
        for error in checked.errors[:20]:
            self.stdout.write(f"Line {error.line}, {error.column or 'row'}: {error.advice}")
        if len(checked.errors) > 20:
            self.stdout.write(f"… and {len(checked.errors) - 20:,} more.")
        self.stdout.write(
            f"{checked.rows:,} rows: {checked.customers - checked.known:,} customers to add, "
            f"{checked.known:,} known, {len(checked.errors):,} rows with errors. "
            "Nothing was written."
        )
