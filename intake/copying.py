"""How are many rows written at once? PostgreSQL's COPY, with ids taken from the sequence first."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Cell = str | int | float | bool | Decimal | date | datetime | time | None
IDS_AT_ONCE = 20_000
NEXT_KEYS = """
    with key as materialized (
        select nextval(%s::regclass) as pk from generate_series(1, %s)
    )
    select min(pk), max(pk),
           case when max(pk) - min(pk) >= count(*) then (select array_agg(pk) from key) end
    from key
"""


class Ids:
    """Fresh primary keys of a model, a block at a time, safe beside other writers."""

    def __init__(self, model: type[models.Model], block: int = IDS_AT_ONCE) -> None:
        self.table = model._meta.db_table
        self.block = block
        self._keys = self._all()

    def next(self) -> int:
        return next(self._keys)

    def _all(self) -> Iterator[int]:
        while True:
            yield from self._block()

    def _block(self) -> Iterable[int]:
        """The keys that the sequence gives; only their ends are sent where nobody came between."""
        with connection.cursor() as cursor:
            cursor.execute("select pg_get_serial_sequence(%s, 'id')", [self.table])
            (sequence,) = cursor.fetchone()
            cursor.execute(NEXT_KEYS, [sequence, self.block])
            first, last, scattered = cursor.fetchone()
        return scattered or range(first, last + 1)


class Table:
    """Rows of one model on their way into the database.

    `columns` are given with each row. What is the same in all of them is rendered once and ends
    every line: the columns in `always`, and the model's default for every other column.
    """

    def __init__(
        self,
        model: type[models.Model],
        columns: str,
        *,
        always: Mapping[str, Cell] | None = None,
        block: int = IDS_AT_ONCE,
    ) -> None:
        self.model = model
        self.ids = Ids(model, block)
        given = ["id", *columns.split()]
        known = {field.attname: field for field in model._meta.concrete_fields}
        rest = [field for name, field in known.items() if name not in given]
        fields = [*(known[name] for name in given), *rest]
        self._names = names(fields)
        # Empty text is text where the column must hold something, and nothing where it need not.
        self._filled = names(field for field in fields if not field.null)
        same = {field.attname: default_cell(field) for field in rest} | dict(always or {})
        self._end = line([0, *same.values()]).removeprefix("0")
        self.clear()

    def clear(self) -> None:
        """Forget the queued rows."""
        self._count = 0
        self._text = io.StringIO(newline="")
        self._add = csv.writer(self._text, lineterminator=self._end).writerow

    def __len__(self) -> int:
        return self._count

    def add(self, *row: Cell) -> int:
        """Queue one row; returns its primary key."""
        pk = self.ids.next()
        self._add((pk, *row))
        self._count += 1
        return pk

    def write(self) -> int:
        """COPY the queued rows, in the transaction of the caller; returns how many."""
        written = self._count
        if written:
            self._text.seek(0)
            with connection.cursor() as cursor, connection.wrap_database_errors:
                cursor.copy_expert(
                    f"copy {quoted(self.model._meta.db_table)} ({self._names}) from stdin"
                    f" (format csv, force_not_null ({self._filled}))",
                    self._text,
                )
            self.clear()
        return written


def quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def names(fields: Iterable[models.Field[Any, Any]]) -> str:
    return ", ".join(quoted(str(field.column)) for field in fields)


def line(cells: Iterable[Cell]) -> str:
    """The cells as a line of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def default_cell(field: models.Field[Any, Any]) -> Cell:
    """What a column holds when nothing is said about it."""
    value = field.get_default()
    if isinstance(field, ArrayField):
        return array(value or [])
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    return cast("Cell", value)


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
