"""How do very many rows come in fast? Plain indexes are set aside, and sorted once at the end.

1. The definitions are kept in a row of their own, in the transaction that drops the indexes.
2. Rows are written. What holds a rule (primary keys, unique indexes, checks) is never set aside.
3. Each index is built and crossed off in one transaction, so that a stop at any moment leaves
   a list of what is still to be put back; the next seeding begins with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connection, models, transaction
from django.utils import timezone

from intake.copying import quoted
from intake.models import BulkLoad

Advanced = Callable[[int], None]
PLAIN_INDEXES = """
    select relation.relname, pg_get_indexdef(kept.indexrelid)
    from pg_index as kept
    join pg_class as relation on relation.oid = kept.indexrelid
    where kept.indrelid = any(%s::regclass[]) and not kept.indisunique and not kept.indisexclusion
    order by kept.indrelid, relation.relname
"""
MEMORY = "256MB"  # to sort an index in


def begin(tables: Iterable[type[models.Model]], *, without_indexes: bool) -> BulkLoad:
    """The load under way, or a new one; with the plain indexes of these tables set aside."""
    with transaction.atomic(), connection.cursor() as cursor:
        load = BulkLoad.under_way() or BulkLoad.objects.create()
        if without_indexes:
            cursor.execute(PLAIN_INDEXES, [[table._meta.db_table for table in tables]])
            found = dict(cursor.fetchall())
            BulkLoad.objects.filter(pk=load.pk).update(set_aside=load.set_aside | found)
            for name in found:
                cursor.execute(f"drop index {quoted(name)}")
    load.refresh_from_db()
    return load


def put_back(load: BulkLoad, *, advanced: Advanced) -> None:
    """Build what was set aside, one index after the other."""
    for name, definition in list(load.set_aside.items()):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local maintenance_work_mem = '{MEMORY}'")
            cursor.execute("set local statement_timeout = 0")
            cursor.execute("select to_regclass(%s)", [quoted(name)])
            if cursor.fetchone() == (None,):
                cursor.execute(definition)
            del load.set_aside[name]
            BulkLoad.objects.filter(pk=load.pk).update(set_aside=load.set_aside)
        advanced(1)


def tidy(tables: Iterable[type[models.Model]], *, advanced: Advanced) -> None:
    """Let the planner know the new sizes, and read rows without looking at their transactions."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        for table in tables:
            cursor.execute(f"vacuum analyze {quoted(table._meta.db_table)}")
            advanced(1)
        cursor.execute("reset statement_timeout")


def finish(load: BulkLoad) -> None:
    BulkLoad.objects.filter(pk=load.pk).update(finished_at=timezone.now())
