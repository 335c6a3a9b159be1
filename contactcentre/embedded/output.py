"""Where does the output of the processes go? Whole into files, short and coloured on screen."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

COLOURS = {"web": 36, "worker": 35, "beat": 34, "prepare": 33, "frontend": 32, "run": 1}
LOG_MAY_GROW_TO = 5 * 1024 * 1024  # bytes; then the file before it is dropped


class Screen:
    """The terminal: one line an event, cut to its width, in colour where it has any."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def say(self, text: str = "") -> None:
        print(text, flush=True)  # noqa: T201  (this is the screen)

    def line(self, name: str, text: str) -> None:
        if not text.strip():
            return
        label = f"{name:<8} | "
        if self.is_terminal:
            width = shutil.get_terminal_size().columns - len(label)
            text = text[: max(width, 20)]
            label = f"\033[{COLOURS.get(name, 0)}m{label}\033[0m"
        self.say(label + text[:400])


class Log:
    """The log file of one process; the previous one is kept beside it."""

    def __init__(self, folder: Path, name: str, screen: Screen) -> None:
        self.name = name
        self.path = folder / "logs" / f"{name}.log"
        self.screen = screen
        self._rest = b""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab")

    def take(self, some: bytes) -> None:
        """Write what a process said; show its finished lines."""
        self._file.write(some)
        self._file.flush()
        *lines, self._rest = (self._rest + some).split(b"\n")
        for line in lines:
            self.screen.line(self.name, line.decode(errors="replace").rstrip())
        if self._file.tell() > LOG_MAY_GROW_TO:
            self._rotate()

    def close(self) -> None:
        if self._rest:
            self.take(b"\n")
        self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        self.path.replace(self.path.with_suffix(".log.1"))
        self._file = self.path.open("ab")
