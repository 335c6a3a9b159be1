"""How are many rows written at once? PostgreSQL's COPY, with ids taken from the sequence first."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Cell = str | int | float | bool | Decimal | date | datetime | time | None
Row = Sequence[Cell]
IDS_AT_ONCE = 20_000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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
            cursor.execute(
                "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
                [self.table, self.block],
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
        self.columns = columns.split()
        self.ids = Ids(model, block)
        self._lines: list[str] = []
        known = {field.attname: field for field in model._meta.concrete_fields}
        rest = [known[name] for name in known if name not in {*self.columns, "id"}]
        if unknown := set(self.columns) - set(known):
            raise ValueError(f"{model.__name__} has no columns {sorted(unknown)}")
        quoted = [known[name] for name in ("id", *self.columns)] + rest
        self._names = ", ".join(connection.ops.quote_name(str(field.column)) for field in quoted)
        self._tail = "".join(f"\t{default_cell(field)}" for field in rest)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, *row: Cell) -> int:
        """Queue one row; returns its primary key."""
        pk = self.ids.next()
        self._lines.append("\t".join([str(pk), *map(cell, row)]) + self._tail)
        return pk

    def write(self) -> int:
        """COPY the queued rows, in the transaction of the caller; returns how many."""
        if not self._lines:
            return 0
        written = len(self._lines)
        table = connection.ops.quote_name(self.model._meta.db_table)
        text = io.StringIO("\n".join(self._lines) + "\n")
        self._lines.clear()
        with connection.cursor() as cursor:
            cursor.copy_expert(f"copy {table} ({self._names}) from stdin", text)
        return written


def cell(value: Cell) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    text = str(value)
    return text if text.isalnum() else text.translate(ESCAPES)


def default_cell(field: models.Field[Any, Any]) -> str:
    """What a column holds when nothing is said about it."""
    value = field.get_default()
    if isinstance(field, ArrayField):
        return cell(array(value or []))
    if isinstance(field, models.JSONField):
        return cell(json.dumps(value))
    return cell(value)


def array(items: Iterable[str]) -> str:
    """A PostgreSQL array literal of plain words."""
    return "{" + ",".join(f'"{item}"' for item in items) + "}"


def write_all(tables: Iterable[Table]) -> int:
    return sum(table.write() for table in tables)
