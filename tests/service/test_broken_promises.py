"""A promise whose time has passed is noticed once, with its history, in batches."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from accounts.models import AuditEntry
from interactions.models import TimelineEntry
from service import tasks
from service.models import Promise, PromiseStatus
from tests.cast import Cast, assemble

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def promises(cast: Cast, count: int) -> None:
    Promise.objects.bulk_create(
        Promise(
            customer=cast.ada,
            text=f"Promise {number}",
            owner=cast.sam,
            due_at=NOW - timedelta(minutes=number),
        )
        for number in range(count)
    )


@pytest.mark.django_db
def test_what_is_late_is_broken_with_its_history_and_nothing_else() -> None:
    cast = assemble()
    promises(cast, 4)
    with time_machine.travel(NOW, tick=False):
        tasks.break_overdue()
        tasks.break_overdue()
    assert Promise.objects.broken().count() == 3
    assert Promise.objects.open().get().due_at == NOW
    assert AuditEntry.objects.filter(verb="promise broken", by=None).count() == 3
    told = TimelineEntry.objects.filter(title__startswith="Promise broken: ")
    assert sorted(told.values_list("at", flat=True)) == sorted(
        Promise.objects.broken().values_list("due_at", flat=True)
    )


@pytest.mark.django_db
def test_batches_go_on_until_nothing_is_late() -> None:
    cast = assemble()
    promises(cast, 12)
    assert Promise.objects.break_overdue(at=NOW + timedelta(seconds=1), batch=5) == 12
    assert AuditEntry.objects.filter(verb="promise broken").count() == 12


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_write_every_entry_once() -> None:
    cast = assemble()
    promises(cast, 120)
    barrier, counts = threading.Barrier(2), []

    def one_sweep() -> None:
        try:
            barrier.wait()
            counts.append(Promise.objects.break_overdue(at=NOW + timedelta(1), batch=10))
        finally:
            connection.close()

    threads = [threading.Thread(target=one_sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 120
    assert Promise.objects.filter(status=PromiseStatus.BROKEN).count() == 120
    assert AuditEntry.objects.filter(verb="promise broken").count() == 120
    assert TimelineEntry.objects.filter(title__startswith="Promise broken").count() == 120
