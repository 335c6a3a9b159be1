"""Runs the whole product from one command: servers, preparation, web, worker and beat.

PostgreSQL, Redis, then migrations and the believable day beside the front-end build, then the
three processes. A process that ends is started again with growing pauses. Ctrl-C stops all in
reverse; a second one kills. When this process is killed itself, Linux ends the others.
"""

from __future__ import annotations

import math
import os
import selectors
import signal
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType

from contactcentre import state
from contactcentre.embedded import processes
from contactcentre.embedded.children import Child, GivenUp
from contactcentre.embedded.output import Log, Screen
from contactcentre.embedded.processes import CannotStart
from contactcentre.embedded.servers import Servers, lock

PATIENCE = 120  # seconds for the first page
GRACE = 10  # seconds for a process to end by itself
FRONTEND_PATIENCE = 10  # seconds more for the icons; then they come while people work
FIRST_PAGE = "/accounts/login/"
ADDRESSES = {
    "Agent's console": "/",
    "Retention dashboard": "/insights/",
    "Administration": "/admin/",
    "API description": "/api/v1/schema/",
    "Customers call us": "/call-us/",
    "Health": "/ready/",
}
DEMO_ADDRESSES = {"A customer's phone": "/handset/", "Mails and SMS": "/inbox/"}
WEB = (
    *("-m", "uvicorn", "contactcentre.asgi:application", "--lifespan", "off"),
    *("--no-access-log", "--timeout-graceful-shutdown", "5"),
)
WORKER = ("-m", "celery", "-q", "-A", "contactcentre", "worker", "-c", "2")
SWITCH = ("manage.py", "switch", "--name", "switch-1")
CALLS = ("manage.py", "calls")
BEAT = ("-m", "celery", "-q", "-A", "contactcentre", "beat", "--pidfile=")
KEPT_ALIVE = {"web", "worker", "beat", "switch", "calls"}
RELOAD = ("--reload", "--reload-include", "*.html")
LOG_INS = "sam or rae (agents), una (supervisor), max or ivy (administrators)"


class Stop(BaseException):
    """Somebody asked us to end."""


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
        self.asked_to_stop = self.is_stopping = False
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
        """Note the first wish to stop, kill at the second.

        It raises nothing: Python drops what a signal raises while a process is being forked.
        """
        if not self.asked_to_stop:
            self.asked_to_stop = True
            return
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
            "PUBLIC_URL": self.env.get("PUBLIC_URL", f"http://localhost:{self.port}"),
            "DJANGO_SETTINGS_MODULE": "contactcentre.settings",
        }
        frontend = self._begin("frontend", "-m", "contactcentre.embedded.frontend")
        prepare = self._begin("prepare", "manage.py", "prepare")
        debugging = os.environ.get("DEBUG", "off").lower() in state.YES
        # Its imports take seconds and its first page needs no table, so it starts beside these.
        self._begin("web", *WEB, "--port", str(self.port), *(RELOAD if debugging else ()))
        self._until_ended(prepare)
        if prepare.exit_code != 0:
            raise CannotStart(f"The preparation failed; see {prepare.log.path}")
        self._begin("worker", *WORKER)
        self._begin("beat", *BEAT)
        self._begin("calls", *CALLS)
        self._begin("switch", *SWITCH)
        self._until_first_page()
        self._until_ended(frontend, seconds=FRONTEND_PATIENCE)
        self._welcome()

    def _begin(self, name: str, *arguments: str) -> Child:
        command = [sys.executable, *arguments]
        self.children[name] = Child(name, command, Log(self.folder, name, self.screen))
        return self._start_child(self.children[name])

    def _start_child(self, child: Child) -> Child:
        child.start(self.env)
        assert child.process
        assert child.process.stdout
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
        return child

    def _listen(self, seconds: float = 0.2) -> None:
        """Pass on what the processes say, for a moment; end when somebody asked to."""
        if self.asked_to_stop and not self.is_stopping:
            raise Stop
        if not self.selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self.selector.select(timeout=seconds):
            some = os.read(key.fd, 65536)
            if some:
                key.data.log.take(some)
            else:
                self.selector.unregister(key.fileobj)

    def _until_ended(self, child: Child, *, seconds: float = math.inf) -> None:
        end = time.monotonic() + seconds
        while child.exit_code is None and time.monotonic() < end:
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
            self._listen(0.3)
            self._revive()
            for server in self.servers.started:
                if server.process and server.process.poll() is not None:
                    self.screen.line("run", f"{type(server).__name__} ended; starting it again")
                    server.start()

    def _revive(self) -> None:
        """Start again what has ended, when its pause is over."""
        for name in KEPT_ALIVE & self.children.keys():
            child = self.children[name]
            if child.exit_code is not None:
                self.screen.line("run", f"{name} ended with {child.exit_code}")
                child.forget()
                child.plan_restart()
            if child.process is None and time.monotonic() >= child.start_at:
                self._start_child(child)

    def _welcome(self) -> None:
        say = self.screen.say
        say(f"\nContinuum is ready after {time.monotonic() - self.started_at:.0f} s.\n")
        is_demo = os.environ.get("CONTINUUM_DEMO", "on").lower() in state.YES
        for name, path in (ADDRESSES | (DEMO_ADDRESSES if is_demo else {})).items():
            say(f"  {name:<20} http://localhost:{self.port}{path}")
        if is_demo:
            password = os.environ.get("DEMO_PASSWORD") or state.demo_password(self.folder)
            say(f"\n  Log in as {LOG_INS}")
            say(f"  Password: {password}")
        frontend = self.children["frontend"]
        if frontend.exit_code is None:
            say("\n  Icons are still being fetched; they appear when they are there.")
        elif frontend.exit_code:
            say(f"\n  Icons are missing, since their build failed: {frontend.log.path}")
            say("  Start again with `make run` where npm's registry can be reached.")
        say(f"\n  Logs are in {self.folder / 'logs'}. Ctrl-C stops everything.\n")

    def _stop(self) -> None:
        """Beat first, so that nothing new is asked for; the servers last."""
        self.asked_to_stop = self.is_stopping = True
        for child in reversed(list(self.children.values())):
            child.signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        while any(c.process and c.exit_code is None for c in self.children.values()):
            self._listen(0.1)
            if time.monotonic() > end:
                for child in self.children.values():
                    child.signal(signal.SIGKILL)
                end += GRACE
        self._listen(0)
        for child in self.children.values():
            child.forget()
            child.log.close()
        self.servers.stop()
