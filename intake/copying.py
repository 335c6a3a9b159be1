"""How are many rows written at once? PostgreSQL's COPY, with ids taken from the sequence first."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Cell = str | int | float | bool | Decimal | date | datetime | time | None
NULL = "\\N"  # an empty cell is empty text
IDS_AT_ONCE = 20_000


class Ids:
    """Fresh primary keys of a model, a block at a time, safe beside other writers."""

    def __init__(self, model: type[models.Model], block: int = IDS_AT_ONCE) -> None:
        self.table = model._meta.db_table
        self.block = block
        self._left: Iterator[int] = iter(())

    def next(self) -> int:
        for pk in self._left:
            return pk
        with connection.cursor() as cursor:
            cursor.execute("select pg_get_serial_sequence(%s, 'id')", [self.table])
            (sequence,) = cursor.fetchone()
            cursor.execute(
                "select nextval(%s::regclass) from generate_series(1, %s)", [sequence, self.block]
            )
            self._left = iter([row[0] for row in cursor.fetchall()])
        return next(self._left)


class Table:
    """Rows of one model on their way into the database.

    `columns` are given with each row; every other column gets the model's default, once.
    """

    def __init__(
        self, model: type[models.Model], columns: str, *, block: int = IDS_AT_ONCE
    ) -> None:
        self.model = model
        self.ids = Ids(model, block)
        given = ["id", *columns.split()]
        known = {field.attname: field for field in model._meta.concrete_fields}
        rest = [field for name, field in known.items() if name not in given]
        self._defaults = tuple(default_cell(field) for field in rest)
        self._names = ", ".join(
            connection.ops.quote_name(str(field.column))
            for field in [*(known[name] for name in given), *rest]
        )
        self._clear()

    def _clear(self) -> None:
        self._count = 0
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\n")

    def __len__(self) -> int:
        return self._count

    def add(self, *row: Cell) -> int:
        """Queue one row; returns its primary key."""
        pk = self.ids.next()
        if None in row:
            row = tuple(NULL if value is None else value for value in row)
        self._writer.writerow((pk, *row, *self._defaults))
        self._count += 1
        return pk

    def write(self) -> int:
        """COPY the queued rows, in the transaction of the caller; returns how many."""
        written = self._count
        if written:
            table = connection.ops.quote_name(self.model._meta.db_table)
            self._text.seek(0)
            with connection.cursor() as cursor:
                cursor.copy_expert(
                    f"copy {table} ({self._names}) from stdin (format csv, null '{NULL}')",
                    self._text,
                )
            self._clear()
        return written


def default_cell(field: models.Field[Any, Any]) -> Cell:
    """What a column holds when nothing is said about it."""
    value = field.get_default()
    if isinstance(field, ArrayField):
        return array(value or [])
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    return NULL if value is None else cast("Cell", value)


def array(items: Iterable[str]) -> str:
    """A PostgreSQL array literal of plain words."""
    return "{" + ",".join(f'"{item}"' for item in items) + "}"


@contextmanager
def trusted() -> Iterator[None]:
    """Rows whose references are known to be right are written without a look-up for each.

    Only a superuser may ask for it; for everybody else the rows are checked as always. It ends
    with the transaction, whatever happens.
    """
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('is_superuser') = 'on'")
        is_allowed = cursor.fetchone()[0]
        if is_allowed:
            cursor.execute("set local session_replication_role = replica")
        yield
        if is_allowed:
            cursor.execute("set local session_replication_role = origin")


def write_all(tables: Iterable[Table]) -> int:
    return sum(table.write() for table in tables)
