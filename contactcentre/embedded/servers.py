"""Which servers does this run use: those of the environment, those that run, or new ones?"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from contactcentre import state
from contactcentre.embedded.postgres import Postgres
from contactcentre.embedded.processes import CannotStart
from contactcentre.embedded.redis import Redis


def lock(folder: Path) -> IO[str] | None:
    """The folder's lock, held until closed; None when another process holds it.

    Whoever holds it owns the embedded servers, so any server found then is a leftover.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


class Servers:
    """PostgreSQL and Redis for one state folder; an address in the environment wins."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.started: list[Postgres | Redis] = []
        self.candidates: dict[str, Postgres | Redis] = {
            "DATABASE_URL": Postgres(folder, durable=durable),
            "REDIS_URL": Redis(folder, durable=durable),
        }

    def start(self) -> dict[str, str]:
        """Start what the environment does not name; return the addresses of both."""
        urls: dict[str, str] = {}
        for name, server in self.candidates.items():
            if os.environ.get(name):
                urls[name] = os.environ[name]
                continue
            self.started.append(server)
            server.start()
            urls[name] = server.url
        state.write_private(self.folder / "servers.json", json.dumps(urls))
        return urls

    def stop(self) -> None:
        (self.folder / "servers.json").unlink(missing_ok=True)
        for server in reversed(self.started):
            server.stop()
        self.started.clear()


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """The addresses of servers that run for as long as this block does."""
    held = lock(folder)
    if held is None:
        urls = state.server_urls(folder)
        if not urls:
            raise CannotStart("Continuum is starting or stopping right now; try again in a moment.")
        yield urls
        return
    servers = Servers(folder)
    try:
        yield servers.start()
    finally:
        servers.stop()
        held.close()
