"""What runs in a trial? The product's processes, each of which may be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Final

import psycopg2

from contactcentre import state
from contactcentre.embedded import processes
from contactcentre.embedded.processes import CannotStart
from contactcentre.embedded.servers import Servers, lock
from trial.phones import ACCOUNT, TOKEN

FIRST_PORT: Final = 29000  # where no other server looks for one while ours is killed
CELERY: Final = ("-m", "celery", "-q", "-A", "contactcentre")
LINES: Final = 240  # calls of the voice at once; silent ones keep theirs until asked about
DIALLERS: Final = 6  # processes that place them; a provider that is slow keeps each of them waiting
PATIENCE: Final = 90  # seconds until something works again


class Site:
    """Servers, processes and the provider on one state folder."""

    def __init__(self, folder: Path, *, beats: int, lies: float, seed: int) -> None:
        self.folder = folder
        held = lock(folder)
        if held is None:
            raise CannotStart(f"Another trial uses {folder}. Wait until it has ended.")
        self.held, self.seed, self.lies = held, seed, lies
        self.servers = Servers(folder)
        ports = processes.free_ports(FIRST_PORT, spread=True)
        self.port, self.provider_port = next(ports), next(ports)
        for server in self.servers.candidates.values():
            server.port = next(ports)
        self.witness = folder / "witness.jsonl"
        self.witness.unlink(missing_ok=True)
        self.commands = self._commands(beats)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def _commands(self, beats: int) -> dict[str, tuple[str, ...]]:
        return {
            "web": (
                *("-m", "uvicorn", "contactcentre.asgi:application", "--port", str(self.port)),
                *("--lifespan", "off", "--no-access-log", "--log-level", "warning"),
            ),
            "worker": (
                *(*CELERY, "worker", "--without-mingle", "--without-gossip"),
                *("-c", str(DIALLERS + 2)),
            ),
            "calls": ("manage.py", "calls"),
            **{f"beat-{number}": (*CELERY, "beat", "--pidfile=") for number in range(beats)},
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """The servers, the environment of a production installation, and empty tables."""
        for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL"):
            os.environ.pop(name, None)  # never an installation that somebody works with
        os.environ.update(self.servers.start())
        self._environment()
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, check=True)
        os.environ["DATABASE_URL"] = self._fresh_database()

    def _fresh_database(self) -> str:
        """A copy of the one with the tables and nothing else; its address."""
        empty = os.environ["DATABASE_URL"]
        link = psycopg2.connect(empty.rpartition("/")[0] + "/postgres")
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("drop database if exists trial")
            cursor.execute("create database trial template continuum")
        link.close()
        return empty.rpartition("/")[0] + "/trial"

    def _environment(self) -> None:
        os.environ.update(
            CONTINUUM_STATE=str(self.folder),
            CONTINUUM_ENV="production",
            CONTINUUM_DEMO="false",
            SECRET_KEY=state.secret("django", folder=self.folder),
            ALLOWED_HOSTS="127.0.0.1",
            HTTPS="false",
            LOG_LEVEL="WARNING",
            LOG_FORMAT="plain",
            DJANGO_SETTINGS_MODULE="contactcentre.settings",
            TELEPHONY_GATEWAY="twilio",
            TWILIO_ACCOUNT=ACCOUNT,
            TWILIO_TOKEN=TOKEN,
            TWILIO_BASE_URL=f"http://127.0.0.1:{self.provider_port}",
            TWILIO_PUBLIC_URL=self.url,
            TWILIO_TIMEOUT="3",
            VOICE_LINES=str(LINES),
            VOICE_CALLS_PER_MINUTE="3600",
            VOICE_DIALLERS=str(DIALLERS),
        )

    def start_all(self) -> None:
        self._run(
            "provider",
            *("-m", "trial.provider", "--port", str(self.provider_port)),
            *("--witness", str(self.witness), "--lies", str(self.lies), "--seed", str(self.seed)),
        )
        for name in self.commands:
            self.start(name)
        self.wait_for_web()

    def start(self, name: str) -> None:
        self._run(name, *self.commands[name])

    def _run(self, name: str, *command: str) -> None:
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self.running[name] = processes.start([sys.executable, *command], output=log)

    def kill(self, name: str) -> None:
        """kill -9 of the process and all of its children."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_server(self, name: str) -> None:
        """kill -9 of PostgreSQL's first process, or of Redis."""
        process = self.servers.candidates[name].process
        assert process
        process.kill()
        process.wait()

    def start_server(self, name: str) -> None:
        self.servers.candidates[name].start()

    def tell_provider(self, what: str, body: str = "") -> None:
        address = f"http://127.0.0.1:{self.provider_port}/trial/{what}/"
        urllib.request.urlopen(address, data=body.encode(), timeout=10).close()

    def revive(self) -> list[str]:
        """Start again what has ended by itself; its names."""
        ended = [name for name, one in self.running.items() if one.poll() is not None]
        for name in ended:
            if name == "provider":
                raise CannotStart("The provider of the trial has ended; see its log.")
            self.kill(name)
            self.start(name)
        return ended

    def wait_for_web(self) -> float:
        """Seconds until it is ready."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            with (
                suppress(OSError),
                urllib.request.urlopen(f"{self.url}/ready/", timeout=5) as page,
            ):
                if page.status == 200:
                    return time.monotonic() - began
            time.sleep(0.1)
        raise CannotStart(f"No page after {PATIENCE} s; see {self.folder / 'logs'}.")

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.servers.stop()
        self.held.close()
