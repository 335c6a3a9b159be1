"""What does the worker do for releases? Publish at the time, look beside, simulate."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from offers.release import gate, shadowing, simulating

SHADOWING = 0x0FFE26  # the advisory lock of the one worker that looks beside


def publish_due() -> int:
    """Releases put in force because their time has come."""
    return gate.publish_due(timezone.now())


def simulate() -> int:
    """Simulations that were run to their end."""
    return simulating.run_waiting()


def look_beside() -> int:
    """Decisions that the release on trial was decided beside; by one worker at a time."""
    with _alone(SHADOWING) as is_alone:
        return shadowing.catch_up() if is_alone else 0


@contextmanager
def _alone(lock: int) -> Generator[bool]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        yield bool(cursor.fetchone()[0])
