"""The whole product as `make run` starts it, on a folder and a port of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.plugins import migrated

PATIENCE = 600  # seconds until the first page, on a busy machine
PASSWORD = "a-day-at-northgate"  # of a demo that lives for minutes
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    # A microphone that beeps, on a machine that has none.
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


@dataclass(frozen=True, slots=True)
class Stack:
    url: str
    password: str
    folder: Path


def browser_path() -> str | None:
    """The browser that journeys use: the one named, else the system's."""
    named = os.environ.get("CONTINUUM_BROWSER")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextmanager
def named_or_own() -> Generator[Stack]:
    """The stack that JOURNEY_STACK="address password folder" names, else one of our own."""
    if named := os.environ.get("JOURNEY_STACK"):
        url, password, folder = named.split()
        yield Stack(url=url, password=password, folder=Path(folder))
        return
    with running_stack() as started:
        yield started


@contextmanager
def running_stack() -> Generator[Stack]:
    """Start everything, seeded; stop it with Ctrl-C's signal and see that it obeys."""
    with tempfile.TemporaryDirectory(prefix="continuum-journey-") as name:
        folder = Path(name)
        migrated.lend(folder)
        port = _free_port()
        command = [sys.executable, "-m", "contactcentre.embedded", "--state", name]
        env = {
            key: value
            for key, value in os.environ.items()
            if key not in {"DATABASE_URL", "REDIS_URL", "CACHE_URL", "CONTINUUM_STATE"}
        } | {"DEMO_PASSWORD": PASSWORD, "OMP_NUM_THREADS": "1"}  # sums leave cores to the sound
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [*command, "run", "--port", str(port)],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _until_ready(process, f"http://localhost:{port}", folder / "output")
            yield Stack(url=f"http://localhost:{port}", password=PASSWORD, folder=folder)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=45)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(process: subprocess.Popen[bytes], url: str, output: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if "Continuum is ready" in output.read_text(errors="replace"):
            with urllib.request.urlopen(f"{url}/accounts/login/", timeout=10) as page:
                if page.status == 200:
                    return
        time.sleep(0.3)
    raise RuntimeError(f"The stack did not start:\n{output.read_text(errors='replace')[-4000:]}")
