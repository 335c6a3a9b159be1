"""Starts PostgreSQL and Redis for the tests before Django's settings are read.

A conftest is too late: pytest-django has read the settings by then. Children of xdist find the
addresses in their environment and take a Redis database of their own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from contactcentre.embedded.servers import Servers
from tests.plugins import migrated

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

_running: list[tuple[Servers, Path]] = []


def own_redis_database(url: str, worker: str) -> str:
    """Two databases for each xdist worker (`gw0`, `gw1`, …): one for tasks, one for the cache."""
    number = 2 * (int(worker.removeprefix("gw")) + 1)
    return urlsplit(url)._replace(path=f"/{number}").geturl()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    os.environ["CONTINUUM_ENV_FILE"] = os.devnull
    # Before numpy is imported: its threads wait for each other where all cores are at work.
    os.environ |= dict.fromkeys(ONE_THREAD, "1")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = own_redis_database(os.environ["REDIS_URL"], worker)
    else:
        _start()
    return (yield)


@atexit.register
def pytest_unconfigure() -> None:
    while _running:
        servers, folder = _running.pop()
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="continuum-tests-"))
    os.environ["CONTINUUM_STATE"] = str(folder)
    servers = Servers(folder, durable=False)
    _running.append((servers, folder))
    if not os.environ.get("DATABASE_URL"):
        try:
            migrated.bring(folder)
        except subprocess.CalledProcessError as error:
            raise pytest.UsageError(f"no test can run, since this failed: {error.cmd}") from None
        os.environ["TEST_TEMPLATE"] = migrated.TEMPLATE
    os.environ.update(servers.start())
