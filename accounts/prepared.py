"""A statement that Django builds once a process and PostgreSQL answers often.

For the few statements of every decision: building one costs Django several times what the
database needs to answer it. It is built for values that cannot be, which are then exchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Build = Callable[..., QuerySet[Any, Any]]

# Rows that cannot be: no primary key is negative, and nothing here is as old.
NOBODY, NO_CONTACT_AT_ALL = -101, -102
NEVER = datetime(1971, 6, 5, 12, tzinfo=UTC)


class Prepared:
    """`build` makes a queryset of `values_list` from named stand-ins; `rows` asks it for real."""

    def __init__(self, build: Build, stand_ins: Mapping[str, Any]) -> None:
        self.build = build
        self.stand_ins = stand_ins

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as the database gives them; JSON is text."""
        sql, slots = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[slot] if name else slot for name, slot in slots])
            return list(cursor.fetchall())

    @cached_property
    def _statement(self) -> tuple[str, list[tuple[bool, Any]]]:
        sql, parameters = self.build(**self.stand_ins).query.sql_with_params()
        return sql, [self._slot(value) for value in parameters]

    def _slot(self, value: Any) -> tuple[bool, Any]:
        """The name whose value stands here, or the value itself."""
        for name, stand_in in self.stand_ins.items():
            if type(value) is type(stand_in) and value == stand_in:
                return True, name
        return False, value
