"""A statement that Django builds once a process and PostgreSQL plans once a connection.

For the few statements of every page and decision: building one costs Django, and planning one
costs PostgreSQL, several times what answering it costs. It is built for values that cannot be,
whose places are then parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import NotSupportedError, connection
from django.db.models import Field, Model, QuerySet
from django.db.models.sql import Query

M = TypeVar("M", bound=Model)
Build = Callable[..., QuerySet[Any, Any]]

# Rows that cannot be: no primary key is negative, and nothing here is as old.
NOBODY, NO_CONTACT_AT_ALL = -101, -102
NEVER = datetime(1971, 6, 5, 12, tzinfo=UTC)

_NUMBERS = count(1)
# Which statements a connection to the database has prepared, by their names.
_PREPARED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Prepared:
    """`build` makes a queryset of `values_list` from named stand-ins; `rows` asks it for real."""

    def __init__(self, build: Build, stand_ins: Mapping[str, Any]) -> None:
        self.build = build
        self.stand_ins = stand_ins

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as the database gives them; JSON is text."""
        with connection.cursor() as cursor:
            name = self.name
            known = _PREPARED.setdefault(connection.connection, set())
            if name not in known:
                self._prepare(name, cursor.cursor)
                known.add(name)
            try:
                cursor.execute(
                    f"EXECUTE {name}{self._places}", [values[each] for each in self._names]
                )
            except NotSupportedError:  # a migration has changed the type of a column since
                self.__dict__.pop("name", None)
                raise
            return list(cursor.fetchall())

    @cached_property
    def name(self) -> str:
        """By the table of its rows, so that logs of the database can be read."""
        return f"{self._query.model._meta.db_table}_{next(_NUMBERS)}"  # type: ignore[union-attr]

    def _prepare(self, name: str, raw: Any) -> None:
        """Past Django's cursor: no statement of the page's, and none that changes anything."""
        sql, parameters = self._built
        texts = [self._slot(value, raw) for value in parameters]
        raw.execute(f"PREPARE {name} AS {sql % tuple(texts)}")

    def _slot(self, value: Any, raw: Any) -> str:
        """The number of the parameter that stands here, or the value itself as text."""
        name = self._stands_in(value)
        return f"${self._names.index(name) + 1}" if name else raw.mogrify("%s", [value]).decode()

    def _stands_in(self, value: Any) -> str | None:
        for name, stand_in in self.stand_ins.items():
            if type(value) is type(stand_in) and value == stand_in:
                return name
        return None

    @cached_property
    def _query(self) -> Query:
        return self.build(**self.stand_ins).query

    @cached_property
    def _built(self) -> tuple[str, tuple[Any, ...]]:
        return self._query.sql_with_params()

    @cached_property
    def _names(self) -> list[str]:
        """The parameters in the order of their numbers: those that occur, each once."""
        found = (self._stands_in(value) for value in self._built[1])
        return list(dict.fromkeys(name for name in found if name))

    @cached_property
    def _places(self) -> str:
        return f" ({', '.join(['%s'] * len(self._names))})" if self._names else ""


class PreparedModels(Generic[M]):
    """The same for whole objects with what they refer to by `related` (parents before children).

    `extra` are annotations; they come as attributes, JSON as text.
    """

    def __init__(
        self,
        model: type[M],
        build: Build,
        stand_ins: Mapping[str, Any],
        *,
        related: Sequence[str] = (),
        extra: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.related = tuple(related)
        self.extra = tuple(extra)
        self.prepared = Prepared(
            lambda **values: build(**values).values_list(*self._columns, *self.extra), stand_ins
        )

    def rows(self, **values: Any) -> list[M]:
        return [self._object(row) for row in self.prepared.rows(**values)]

    @cached_property
    def _parts(self) -> list[tuple[str, type[Model], list[Field[Any, Any]]]]:
        """The model itself and each related one: its path, its class, its fields."""
        parts: list[tuple[str, type[Model], list[Field[Any, Any]]]] = []
        for path in ("", *self.related):
            kind: type[Model] = self.model
            for name in filter(None, path.split("__")):
                kind = cast("type[Model]", kind._meta.get_field(name).related_model)
            parts.append((path, kind, list(kind._meta.concrete_fields)))
        return parts

    @cached_property
    def _columns(self) -> list[str]:
        return [
            f"{path}__{field.attname}" if path else field.attname
            for path, _, fields in self._parts
            for field in fields
        ]

    def _object(self, row: tuple[Any, ...]) -> M:
        found: dict[str, Any] = {}
        at = 0
        for path, kind, fields in self._parts:
            values = row[at : at + len(fields)]
            at += len(fields)
            found[path] = one = _loaded(kind, fields, values)
            parent, _, name = path.rpartition("__")
            if path and found[parent] is not None:
                setattr(found[parent], name, one)
        whole = found[""]
        for name, value in zip(self.extra, row[at:], strict=True):
            setattr(whole, name, value)
        return cast("M", whole)


def _loaded(
    kind: type[Model], fields: list[Field[Any, Any]], values: tuple[Any, ...]
) -> Model | None:
    """An object as the ORM would have loaded it; None where a reference is empty."""
    names = [field.attname for field in fields]
    if values[names.index(kind._meta.pk.attname)] is None:
        return None
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return kind.from_db(connection.alias, names, read)
