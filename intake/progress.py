"""How far is a long run, how fast, and how long will it take? One line on a terminal."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

WIDTH = 28
LINES_APART = 5.0  # seconds between lines where the output is no terminal
PAINTS_APART = 0.1


class Progress:
    """A bar with rate and time left; plain lines now and then where nobody watches."""

    def __init__(self, what: str, total: int | None, *, out: TextIO, done: int = 0) -> None:
        self.what = what
        self.total = total
        self.out = out
        self.done = self.before = done
        self.started = time.monotonic()
        self._painted = 0.0
        self._live = out.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._paint(last=True)

    @property
    def rate(self) -> float:
        return (self.done - self.before) / max(time.monotonic() - self.started, 0.001)

    def advance(self, count: int = 1) -> None:
        self.done += count
        pause = PAINTS_APART if self._live else LINES_APART
        if time.monotonic() - self._painted > pause:
            self._paint()

    def _paint(self, *, last: bool = False) -> None:
        self._painted = time.monotonic()
        line = f"{self.what}: {self.done:,}"
        if self.total:
            filled = min(WIDTH, WIDTH * self.done // self.total)
            bar = "█" * filled + "░" * (WIDTH - filled)
            left = (self.total - self.done) / self.rate if self.rate else 0
            line = f"{self.what} {bar} {self.done:,} of {self.total:,}, {left:.0f} s left"
        line = f"{line}, {self.rate:,.0f} a second"
        if self._live:
            self.out.write(f"\r\x1b[2K{line}" + ("\n" if last else ""))
        else:
            self.out.write(line + "\n")
        self.out.flush()
