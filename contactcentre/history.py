"""Which statements of a request have to know who asks, so that history rows can say so?

pghistory puts that before every statement that is no SELECT: the database parses and answers it
twenty times in one wrap-up. Only writes to tables whose history is kept need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

WRITE = re.compile(r"\s*(?:insert into|update|delete from) \"(\w+)\"", re.IGNORECASE)
CHANGES_NO_ROW = ("execute ", "savepoint ", "release savepoint ", "rollback to savepoint ")

Hook = Callable[..., Any]


@contextmanager
def told_where_it_is_kept() -> Iterator[None]:
    """Narrow the hook that pghistory's middleware has set; nothing where it has set none."""
    hooks = connection.execute_wrappers
    if not hooks or hooks[-1].__module__ != "pghistory.runtime":
        yield
        return
    hook = hooks[-1]
    hooks[-1] = _narrowed(hook)
    try:
        yield
    finally:
        hooks[-1] = hook


def _narrowed(hook: Hook) -> Hook:
    def told(execute: Hook, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if needs_to_know(sql):
            return hook(execute, sql, params, many, context)
        return execute(sql, params, many, context)

    return told


def needs_to_know(sql: str | bytes) -> bool:
    """Whether the statement may change rows whose history is kept; true where we cannot tell."""
    text = sql.decode() if isinstance(sql, bytes) else sql
    if text.lower().startswith(CHANGES_NO_ROW):
        return False
    write = WRITE.match(text)
    return write is None or write[1] in _kept()


@cache
def _kept() -> frozenset[str]:
    """The tables whose history is kept."""
    tracked = (getattr(model, "pgh_tracked_model", None) for model in apps.get_models())
    return frozenset(model._meta.db_table for model in tracked if model)
