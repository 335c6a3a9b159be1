"""Several people at once, on PostgreSQL: each thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

from tests.patience import PATIENCE

T = TypeVar("T")


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Run the work `count` times at the same moment; the results in the order of the threads."""
    gate = Barrier(count)

    def alone(number: int) -> T:
        try:
            gate.wait(timeout=PATIENCE)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))
