"""Who may do this now? At most so many processes at once, by locks that end with their holder."""

from __future__ import annotations

import zlib
from types import TracebackType

from django.db import DatabaseError, connection


class Slot:
    """`with Slot("dialling", of=2) as is_mine:` one of the two, or neither.

    The lock belongs to the connection to PostgreSQL, so that a killed process lets go of it.
    """

    def __init__(self, name: str, *, of: int = 1) -> None:
        self.name, self.of = zlib.crc32(name.encode()) & 0x7FFFFFFF, of
        self.held: int | None = None

    def __enter__(self) -> bool:
        self.held = next((one for one in range(self.of) if self._ask("try_", one)), None)
        return self.held is not None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.held is None:
            return
        try:
            self._ask("un", self.held)
        except DatabaseError:
            connection.close()  # and the lock with it

    def _ask(self, verb: str, number: int) -> bool:
        names = {"try_": "pg_try_advisory_lock", "un": "pg_advisory_unlock"}
        with connection.cursor() as cursor:
            cursor.execute(f"select {names[verb]}(%s, %s)", [self.name, number])
            return bool(cursor.fetchone()[0])
