"""How are pages measured? One connection, blocks of a second, in turn with the noop's blocks.

The machine's mood changes from second to second; entries and noop share every mood, so their
ratio holds where milliseconds do not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection

from bench import cpu
from bench.servers import Measured

COLD = 12  # requests of each entry before anything counts, over as many connections
COUNTED = 20  # requests whose statements are counted


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as the browser sends it."""

    path: str
    body: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


@dataclass(slots=True)
class Entry:
    """One page to measure: its name, its next request, its target in CPU × noop."""

    name: str
    title: str
    asks: Iterator[Ask]
    cookies: str
    target: float | None = None
    target_p50: float | None = None
    target_sql: int | None = None
    ms: list[float] = field(default_factory=list)
    server_seconds: float = 0
    database_seconds: float = 0
    statements: float | None = None
    size: int = 0

    @property
    def p50(self) -> float:
        return percentile(self.ms, 0.5)

    @property
    def cpu_ms(self) -> float:
        return (self.server_seconds + self.database_seconds) * 1000 / max(len(self.ms), 1)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Driver:
    """Sends requests, one after the other, and charges what they cost to their entry."""

    def __init__(self, measured: Measured) -> None:
        self.measured = measured

    def warm(self, entry: Entry) -> None:
        """Every worker has met the page; nothing of this counts."""
        for _ in range(COLD):
            link = self._link(entry)
            self._send(link, entry)
            link.close()

    def count(self, entry: Entry, statements: Callable[[], int]) -> None:
        link = self._link(entry)
        before = statements()
        for _ in range(COUNTED):
            self._send(link, entry)
        entry.statements = (statements() - before) / COUNTED
        link.close()

    def block(self, entry: Entry, seconds: float) -> None:
        """One block of requests; a new connection, so that each worker has its share."""
        with suppress(StopIteration):  # what can be saved only once may be used up
            self._block(entry, seconds)

    def _block(self, entry: Entry, seconds: float) -> None:
        link = self._link(entry)
        self._send(link, entry)
        server = [self._root(entry)]
        spent, database = cpu.seconds(server), cpu.seconds(self.measured.database)
        until = time.perf_counter() + seconds
        try:
            while time.perf_counter() < until:
                entry.ms.append(self._send(link, entry))
        finally:
            entry.server_seconds += cpu.seconds(server) - spent
            entry.database_seconds += cpu.seconds(self.measured.database) - database
            link.close()

    def _root(self, entry: Entry) -> int:
        return (self.measured.noop if entry.name == "noop" else self.measured.pages).pid

    def _link(self, entry: Entry) -> HTTPConnection:
        noop = entry.name == "noop"
        port = self.measured.noop_port if noop else self.measured.pages_port
        return HTTPConnection("127.0.0.1", port, timeout=60)

    def _send(self, link: HTTPConnection, entry: Entry) -> float:
        """Milliseconds until the whole answer was read."""
        ask = next(entry.asks)
        headers = {"Cookie": entry.cookies} if entry.cookies else {}
        if ask.body:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": TOKEN,
                "HX-Request": "true",
            }
        began = time.perf_counter()
        link.request(ask.method, ask.path, body=ask.body or None, headers=headers)
        answer = link.getresponse()
        page = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(
                f"{entry.title}: {ask.method} {ask.path} answered {answer.status}: {page[:300]!r}"
            )
        entry.size = max(entry.size, len(page))
        return took


TOKEN = "b" * 32
