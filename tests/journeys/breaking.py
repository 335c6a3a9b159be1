"""How is a stack that runs broken, and what do its rows say afterwards?"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from playwright.sync_api import Page
from psycopg2.extensions import cursor as Cursor  # noqa: N812  (a class, whatever its name)
from redis import Redis
from redis.exceptions import RedisError

from contactcentre import state
from telephony.protocol import SWITCHES
from tests.journeys.stack import Stack

AGAIN_WITHIN = 120  # seconds until what was killed works again, on a busy machine
A_MOMENT = 200  # milliseconds

# What stands in the command of each process that the supervisor keeps alive.
COMMANDS = {
    "web": "contactcentre.asgi",
    "worker": "worker",
    "calls": "calls",
    "switch": "switch-1",
    "redis": "valkey-server",
}
Found = TypeVar("Found")


class Site:
    """A stack, its processes and its rows."""

    def __init__(self, stack: Stack) -> None:
        self.folder = stack.folder

    def pid(self, name: str) -> int | None:
        """The process of that name, as far as it runs."""
        supervisor = int((self.folder / "lock").read_text())
        children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
        return next((int(one) for one in children if COMMANDS[name] in _command(one)), None)

    def kill(self, name: str) -> int:
        """kill -9; the process that it was."""
        pid = self.pid(name)
        assert pid
        os.kill(pid, signal.SIGKILL)
        return pid

    def is_back(self, name: str, gone: int) -> bool:
        """Whether another process than the one that is gone runs by that name."""
        return self.pid(name) not in {None, gone}

    def has_a_switch(self) -> bool:
        """Whether a switch has given a sign of life to Redis, which may be just starting."""
        try:
            return bool(self.redis.exists(SWITCHES))
        except RedisError:
            return False

    @property
    def redis(self) -> Redis:
        return Redis.from_url(state.server_urls(self.folder)["REDIS_URL"])

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with self._cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()

    def change(self, what: str) -> None:
        with self._cursor() as cursor:
            cursor.execute(what)

    @contextmanager
    def _cursor(self) -> Generator[Cursor]:
        link = psycopg2.connect(state.server_urls(self.folder)["DATABASE_URL"])
        try:
            with link, link.cursor() as cursor:
                yield cursor
        finally:
            link.close()


def until(page: Page, is_so: Callable[[], Found]) -> Found:
    """What `is_so` finds, as soon as it finds something; the page lives on meanwhile."""
    end = time.monotonic() + AGAIN_WITHIN
    while not (found := is_so()):
        assert time.monotonic() < end, "it did not come true"
        page.wait_for_timeout(A_MOMENT)
    return found


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
