"""One process that is kept alive: started, counted, started again with growing pauses."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from contactcentre.embedded import processes
from contactcentre.embedded.output import Log

RESTARTS = 5  # within a minute, then we give up


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

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

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

    def forget(self) -> None:
        """End what an ended process left of its group, a killed worker's children for one."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    def signal(self, number: int) -> None:
        if self.process and self.exit_code is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
