"""What breaks in a trial, when, and how long until it works again?"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from trial.site import Site

FAULTS: Final = (
    "web",
    "worker",
    "calls",
    "beat",
    "beats",
    "postgres",
    "redis",
    "flush",
    "provider",
)


class Breaking:
    """One fault after the other, by chance; what was done, and the seconds until it was over."""

    def __init__(self, site: Site, faults: list[str], *, every: float, seed: int) -> None:
        self.site, self.every = site, every
        self.faults = [name for name in faults if name != "beats"]
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.ended_by_themselves: Counter[str] = Counter()
        self.recovered: dict[str, list[float]] = defaultdict(list)
        self.failed: BaseException | None = None
        self.over, self.idle = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        if self.faults:
            self.thread.start()

    def stop(self) -> None:
        """No more faults; whatever was killed runs again."""
        self.over.set()
        if self.thread.is_alive():
            self.idle.wait()
        if self.failed:
            raise self.failed

    def _run(self) -> None:
        bag: list[str] = []
        try:
            while not self.over.wait(self.chance.expovariate(1 / self.every)):
                bag = bag or self.chance.sample(self.faults, len(self.faults))
                name = bag.pop()
                getattr(self, f"_{name}")()
                self.done[name] += 1
                self.ended_by_themselves.update(self.site.revive())
        except BaseException as error:  # noqa: BLE001  (told by `stop`, in the trial's own thread)
            self.failed = error
        self.idle.set()
        # Linux ends a process with the thread that started it: this one lives as long as all.
        threading.Event().wait()

    def _pause(self, least: float, most: float) -> None:
        time.sleep(self.chance.uniform(least, most))

    def _kill(self, name: str, *, most: float) -> None:
        self.site.kill(name)
        self._pause(0.1, most)
        self.site.start(name)

    def _web(self) -> None:
        self._kill("web", most=1)
        self.recovered["web"].append(self.site.wait_for_web())

    def _worker(self) -> None:
        self._kill("worker", most=3)

    def _calls(self) -> None:
        self._kill("calls", most=3)

    def _beat(self) -> None:
        beats = [name for name in self.site.commands if name.startswith("beat")]
        for name in beats:
            self.site.kill(name)
        self._pause(0.5, 8)
        for name in beats:
            self.site.start(name)

    def _postgres(self) -> None:
        self._server("DATABASE_URL", "postgres")

    def _redis(self) -> None:
        self._server("REDIS_URL", "redis")

    def _server(self, which: str, name: str) -> None:
        self.site.kill_server(which)
        self._pause(0.1, 4)
        self.site.start_server(which)
        self.recovered[name].append(self.site.wait_for_web())

    def _flush(self) -> None:
        try:
            Redis.from_url(self.site.servers.candidates["REDIS_URL"].url).flushall()
        except RedisError:
            self.done["flush"] -= 1

    def _provider(self) -> None:
        self.site.tell_provider("outage", f"seconds={self.chance.uniform(3, 12):.1f}")
