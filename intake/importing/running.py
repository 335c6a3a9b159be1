"""How does a whole file come in? Checked first, then written batch by batch, and gone on with.

1. Every row is read and converted once without writing. A file that is broken as a whole is
   refused here; rows with errors are told and left out later.
2. Batches are written, each in one transaction together with the run's progress.
3. After a stop, the same file with the same mapping goes on behind the last batch.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry
from customers.models import Customer
from intake.importing.errors import BadValue, FileRefused, MappingWrong, RowError
from intake.importing.lookups import Lookups, check_codes
from intake.importing.mapping import CustomerRecord, RowMapping
from intake.importing.reading import Row, Source
from intake.importing.values import Moment
from intake.importing.writing import Batch
from intake.models import ImportRun

BATCH = 1000
Advanced = Callable[[int], None]


class AlreadyBegun(RuleBroken):
    def __init__(self, run: ImportRun) -> None:
        super().__init__(
            f"An import of this file stopped after {run.rows_done:,} rows. "
            "Go on with --resume, or begin anew with --restart."
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What the reading without writing found."""

    rows: int
    customers: int
    known: int
    errors: list[RowError]


@dataclass(frozen=True, slots=True)
class FileImport:
    """One file, its mapping, and the day that "months ago" counts from."""

    mapping: RowMapping
    file: Source
    as_of: date

    def check(self, *, advanced: Advanced) -> Checked:
        """Read everything, write nothing. Raises FileRefused, MappingWrong."""
        errors: list[RowError] = []
        customers: set[str] = set()
        used: dict[str, set[str]] = defaultdict(set)
        rows = 0
        for _, found in self._records():
            rows += 1
            advanced(1)
            if isinstance(found, RowError):
                errors.append(found)
                continue
            customers.add(found.external_id)
            for kind, code in found.codes():
                used[kind].add(code)
        check_codes(self.mapping.told, used)
        known = Customer.objects.filter(source=self.mapping.source, external_id__in=customers)
        return Checked(rows, len(customers), known.count(), errors)

    def begin(self, *, resume: bool, restart: bool) -> ImportRun:
        """The run to go on with, or a new one. Raises AlreadyBegun."""
        digest = self.file.digest(self.mapping.text)
        stopped = ImportRun.objects.filter(digest=digest, finished_at=None).first()
        if stopped is not None and resume:
            return stopped
        if stopped is not None and not restart:
            raise AlreadyBegun(stopped)
        if stopped is not None:
            ImportRun.objects.filter(pk=stopped.pk).update(finished_at=timezone.now())
        return ImportRun.objects.create(
            source=self.mapping.source,
            file_name=self.file.path.name[:200],
            digest=digest,
            as_of=self.as_of,
        )

    def write(self, run: ImportRun, *, team: str, advanced: Advanced) -> Iterator[RowError]:
        """Write what is not written yet; yields the errors of each batch once it stands."""
        with transaction.atomic():
            lookups = Lookups(self.mapping.told, team)
        consent = self.mapping.told.get("consent", {})
        batch = Batch(
            source=self.mapping.source,
            wording=consent.get("wording", "imported"),
            consent_source=consent.get("source", f"import of {self.mapping.source}"),
            lookups=lookups,
        )
        found = islice(self._records(), run.rows_done, None)
        while rows := list(islice(found, BATCH)):
            yield from self._write_batch(run, batch, rows)
            advanced(len(rows))
        self._finish(run)

    def _write_batch(
        self, run: ImportRun, batch: Batch, rows: list[tuple[Row, CustomerRecord | RowError]]
    ) -> list[RowError]:
        errors = [found for _, found in rows if isinstance(found, RowError)]
        records = [found for _, found in rows if isinstance(found, CustomerRecord)]
        with transaction.atomic():
            written = batch.write(records)
            errors += written.errors
            ImportRun.objects.filter(pk=run.pk).update(
                rows_done=F("rows_done") + len(rows),
                added=F("added") + written.added,
                changed=F("changed") + written.changed,
                left_out=F("left_out") + len(errors),
            )
        return errors

    @transaction.atomic
    def _finish(self, run: ImportRun) -> None:
        ImportRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
        run.refresh_from_db()
        AuditEntry.record(
            by=None,
            verb="records imported",
            subject=run,
            detail={"rows": run.rows_done, "added": run.added, "changed": run.changed},
        )

    def _records(self) -> Iterator[tuple[Row, CustomerRecord | RowError]]:
        calendar = self.mapping.calendar()
        for row in self.file.rows():
            try:
                if row.problem:
                    raise row.problem
                day = calendar.next(row) if calendar else self.as_of
                yield row, self.mapping.record(Moment(row, self.as_of, day))
            except BadValue as error:
                yield row, RowError(row.line, error.column, error.advice)


class ErrorFile:
    """Errors as CSV: line of the file, column, what to do."""

    def __init__(self, path: Path, *, goes_on: bool) -> None:
        self.path = path
        self.count = 0
        self._file = path.open("a" if goes_on else "w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        if not goes_on:
            self._writer.writerow(["line", "column", "what to do"])

    def add(self, error: RowError) -> None:
        self.count += 1
        self._writer.writerow([error.line, error.column, error.advice])

    def close(self) -> None:
        self._file.close()


__all__ = [
    "AlreadyBegun",
    "Checked",
    "ErrorFile",
    "FileImport",
    "FileRefused",
    "MappingWrong",
]
