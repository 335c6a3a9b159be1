"""Which servers are measured? Their own PostgreSQL and Redis, and the pages as in production.

Everything lives in a state folder of its own that is kept between runs, so that the data are
written once. Only loopback is used.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from contactcentre import state
from contactcentre.embedded import processes
from contactcentre.embedded.servers import Servers, lock

WORKERS = 2
FIRST_PORT = 18000
PATIENCE = 60  # seconds for a server's first answer


@dataclass(frozen=True, slots=True)
class Measured:
    """Process numbers and ports of what is measured."""

    pages: subprocess.Popen[bytes]
    pages_port: int
    noop: subprocess.Popen[bytes]
    noop_port: int
    database: list[int]


@contextmanager
def databases(folder: Path) -> Iterator[list[int]]:
    """PostgreSQL and Redis of the folder; sets the environment of a production installation."""
    for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL"):
        os.environ.pop(name, None)  # never an installation that somebody works with
    held = lock(folder)
    if held is None:
        raise processes.CannotStart(f"Another benchmark uses {folder}. Wait until it has ended.")
    servers = Servers(folder)
    try:
        urls = servers.start()
        os.environ.update(urls)
        os.environ.update(
            CONTINUUM_STATE=str(folder),
            CONTINUUM_ENV="production",
            CONTINUUM_DEMO="true",
            SECRET_KEY=state.secret("django", folder=folder),
            DEMO_PASSWORD=state.secret("demo_password", folder=folder),
            ALLOWED_HOSTS="127.0.0.1",
            HTTPS="false",  # loopback; a proxy ends TLS in production
            LOG_LEVEL="WARNING",
            DJANGO_SETTINGS_MODULE="contactcentre.settings",
        )
        yield [server.process.pid for server in servers.started if server.process]
    finally:
        servers.stop()
        held.close()


@contextmanager
def served(database: list[int], folder: Path) -> Iterator[Measured]:
    """The product and the view that does nothing, each behind the same server."""
    log = folder / "logs" / "bench-web.log"
    ports = processes.free_ports(FIRST_PORT)
    with log.open("ab") as output:
        started = []
        for application in ("contactcentre.asgi:application", "bench.noop:application"):
            port = next(ports)
            process = processes.start(_command(application, port), output=output)
            started.append((process, port))
        try:
            (pages, pages_port), (noop, noop_port) = started
            for _, port in started:
                _wait(port, log)
            yield Measured(pages, pages_port, noop, noop_port, database)
        finally:
            for process, _ in started:
                process.send_signal(signal.SIGTERM)
            for process, _ in started:
                process.wait(timeout=30)


def _command(application: str, port: int) -> list[str]:
    """The Dockerfile's command."""
    return [
        *(sys.executable, "-m", "uvicorn", application),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
        *("--lifespan", "off", "--no-access-log", "--log-level", "warning"),
    ]


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        link = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            link.request("GET", "/health/")
            link.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.2)
        else:
            return
        finally:
            link.close()
    raise processes.CannotStart(f"A server did not start:\n{processes.last_lines(log, 20)}")
