"""Runs the whole product from one command: servers, preparation, web, worker and beat.

PostgreSQL, Redis, then migrations and the believable day beside the front-end build, then the
three processes. A process that ends is started again with growing pauses. Ctrl-C stops all in
reverse; a second one kills. When this process is killed itself, Linux ends the others.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from contactcentre import state
from contactcentre.embedded import processes
from contactcentre.embedded.output import Log, Screen
from contactcentre.embedded.processes import CannotStart
from contactcentre.embedded.servers import Servers, lock

PATIENCE = 120  # seconds for the first page
RESTARTS = 5  # within a minute, then we give up
GRACE = 10  # seconds for a process to end by itself
FIRST_PAGE = "/accounts/login/"
ADDRESSES = {
    "Agent's console": "/",
    "Retention dashboard": "/insights/",
    "Administration": "/admin/",
    "API description": "/api/v1/schema/",
    "Health": "/ready/",
}
LOG_INS = "sam or rae (agents), una (supervisor), max (administrator)"


class Stop(BaseException):
    """Somebody asked us to end."""


class GivenUp(Exception):
    """A process ended too often; its log says why."""


@dataclass
class Child:
    """One process that is kept alive."""

    name: str
    command: Sequence[str | Path]
    log: Log
    process: subprocess.Popen[bytes] | None = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS + 1))
    start_at: float = 0

    def start(self, env: Mapping[str, str]) -> None:
        self.starts.append(time.monotonic())
        self.process = processes.start(self.command, output=subprocess.PIPE, env=env)

    def plan_restart(self) -> None:
        """Start again after 0.5, 1, 2, 4, 8 s; give up after five times within a minute."""
        now = time.monotonic()
        recent = sum(1 for at in self.starts if now - at < 60)
        if recent > RESTARTS:
            raise GivenUp(
                f"{self.name} ended {recent} times within a minute. The end of {self.log.path}:\n"
                f"{processes.last_lines(self.log.path)}"
            )
        self.start_at = now + 2.0 ** (recent - 2)

    def signal(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """One running installation: its state folder and its port."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.screen = Screen()
        self.servers = Servers(folder)
        self.children: dict[str, Child] = {}
        self.env = dict(os.environ)
        self.selector = selectors.DefaultSelector()
        self.asked_to_stop = False
        self.started_at = time.monotonic()

    def run(self) -> int:
        """Start everything and watch over it until asked to stop; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        held = lock(self.folder)
        try:
            if held is None:
                raise CannotStart(self._already_running())
            if not processes.port_is_free(self.port):
                raise CannotStart(
                    f"Port {self.port} is in use by another program. End that program, or take "
                    f"another port: make run PORT={self.port + 1}"
                )
            self._start()
            self._watch()
        except Stop:
            self.screen.say("\nStopping. (Ctrl-C again kills.)")
            return 0
        except (CannotStart, GivenUp) as error:
            self.screen.say(f"\n{error}")
            return 1
        finally:
            self._stop()
            if held is not None:
                held.close()
        return 0

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self.asked_to_stop:
            self.asked_to_stop = True
            raise Stop
        for child in self.children.values():
            child.signal(signal.SIGKILL)
        for server in self.servers.started:
            if server.process and server.process.poll() is None:
                os.killpg(server.process.pid, signal.SIGKILL)
        os._exit(130)

    def _already_running(self) -> str:
        with suppress(OSError):
            pid = (self.folder / "lock").read_text().strip()
            return (
                f"Continuum already runs for {self.folder} (process {pid}). Use that one, or end "
                f"it with: kill {pid}"
            )
        return f"Continuum already runs for {self.folder}."

    def _start(self) -> None:
        self.screen.line("run", "starting PostgreSQL and Redis")
        self.env |= self.servers.start()
        self.env |= {
            "CONTINUUM_STATE": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "contactcentre.settings",
        }
        python = sys.executable
        frontend = self._once("frontend", [python, "-m", "contactcentre.embedded.frontend"])
        self._once("prepare", [python, "manage.py", "prepare"], must_work=True)
        reload = ["--reload"] if os.environ.get("DEBUG") else []
        for name, command in {
            "web": [
                *("-m", "uvicorn", "contactcentre.asgi:application", "--port", str(self.port)),
                *("--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "5"),
                *reload,
            ],
            "worker": ["-m", "celery", "-q", "-A", "contactcentre", "worker", "-c", "2"],
            "beat": ["-m", "celery", "-q", "-A", "contactcentre", "beat", "--pidfile="],
        }.items():
            self._begin(Child(name, [python, *command], Log(self.folder, name, self.screen)))
        self._until_first_page()
        self._until_ended(frontend)
        self._welcome()

    def _once(self, name: str, command: list[str], *, must_work: bool = False) -> Child:
        """Run something that ends; when it must work, wait for it."""
        child = Child(name, command, Log(self.folder, name, self.screen))
        self._begin(child)
        if must_work:
            self._until_ended(child)
            if child.process and child.process.returncode != 0:
                raise CannotStart(
                    f"The preparation failed; the whole of it stands in {child.log.path}"
                )
        return child

    def _begin(self, child: Child) -> None:
        child.start(self.env)
        self.children[child.name] = child
        assert child.process
        assert child.process.stdout
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _listen(self, seconds: float = 0.2) -> None:
        """Pass on what the processes say, for a moment."""
        if not self.selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self.selector.select(timeout=seconds):
            some = os.read(key.fd, 65536)
            if some:
                key.data.log.take(some)
            else:
                self.selector.unregister(key.fileobj)

    def _until_ended(self, child: Child) -> None:
        while child.process and child.process.poll() is None:
            self._listen()
        self._listen(0)

    def _until_first_page(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._answers(FIRST_PAGE):
            self._listen()
            self._revive()
            if time.monotonic() > end:
                raise CannotStart(
                    f"No page after {PATIENCE} s; see {self.children['web'].log.path}"
                )

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as page:
                return bool(page.status == 200)
        except urllib.error.HTTPError as error:
            raise CannotStart(
                f"The first page answered {error.code}; see {self.children['web'].log.path}"
            ) from None
        except OSError:
            return False

    def _watch(self) -> None:
        while True:
            self._listen(1)
            self._revive()
            for server in self.servers.started:
                if server.process and server.process.poll() is not None:
                    self.screen.line("run", f"{type(server).__name__} ended; starting it again")
                    server.start()

    def _revive(self) -> None:
        """Start again what has ended, when its pause is over."""
        for name in ("web", "worker", "beat"):
            child = self.children[name]
            if child.process and child.process.poll() is not None:
                self.screen.line("run", f"{name} ended with {child.process.returncode}")
                child.process = None
                child.plan_restart()
            if child.process is None and time.monotonic() >= child.start_at:
                self._begin(child)

    def _welcome(self) -> None:
        say = self.screen.say
        say(f"\nContinuum is ready after {time.monotonic() - self.started_at:.0f} s.\n")
        for name, path in ADDRESSES.items():
            say(f"  {name:<20} http://localhost:{self.port}{path}")
        say(f"\n  Log in as {LOG_INS}")
        password = os.environ.get("DEMO_PASSWORD") or state.demo_password(self.folder)
        say(f"  Password: {password}")
        note = self.folder / "frontend-failed"
        if note.exists():
            say("\n  The front-end build failed, so icons and charts are missing:")
            say(f"  {note.read_text()}")
        say(f"\n  Logs are in {self.folder / 'logs'}. Ctrl-C stops everything.\n")

    def _stop(self) -> None:
        """Beat first, so that nothing new is asked for; the servers last."""
        self.asked_to_stop = True
        for child in reversed(list(self.children.values())):
            child.signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        while any(c.process and c.process.poll() is None for c in self.children.values()):
            self._listen(0.1)
            if time.monotonic() > end:
                for child in self.children.values():
                    child.signal(signal.SIGKILL)
                end += GRACE
        self._listen(0)
        for child in self.children.values():
            child.log.close()
        self.servers.stop()
