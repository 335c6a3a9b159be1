"""Who closes the contacts? Clients of the HTTP API, each POST by its key until it is answered."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from queue import Empty, Queue
from typing import Final

from trial.people import Person

CLIENTS: Final = 6
TIMEOUT: Final = 15
AGAIN: Final = 0.05  # share of what was answered that is sent once more, as if it had not been
TOO_LONG: Final = 300  # seconds after which a client gives one contact up


@dataclass
class Closing:
    """What the clients saw: `acknowledged` contacts, answers by status, answers that differed."""

    acknowledged: set[int] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    differed: int = 0
    given_up: int = 0
    seconds: float = 0.0
    words: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Clients:
    """Threads that close everybody's contact; `finished` once none is left."""

    def __init__(
        self, people: list[Person], tokens: dict[int, str], *, port: int, seed: int
    ) -> None:
        self.tokens, self.port, self.seed = tokens, port, seed
        self.left: Queue[Person] = Queue()
        for one in random.Random(seed).sample(people, len(people)):
            self.left.put(one)
        self.closing = Closing()
        self.began = time.monotonic()
        self.threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    @property
    def finished(self) -> bool:
        return not any(thread.is_alive() for thread in self.threads)

    def _work(self, number: int) -> None:
        chance = random.Random(self.seed + number)
        link: HTTPConnection | None = None
        while True:
            try:
                one = self.left.get_nowait()
            except Empty:
                break
            link = self._close(one, link, chance)
        self.closing.seconds = max(self.closing.seconds, time.monotonic() - self.began)

    def _close(
        self, one: Person, link: HTTPConnection | None, chance: random.Random
    ) -> HTTPConnection | None:
        key, until = str(uuid.UUID(int=chance.getrandbits(128))), time.monotonic() + TOO_LONG
        first: bytes | None = None
        while time.monotonic() < until:
            link = link or HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
            try:
                status, body = self._send(link, one, key)
            except (OSError, HTTPException) as error:
                link.close()
                link, status, body = None, 0, type(error).__name__.encode()
            self._note(status, body)
            if 200 <= status < 300:
                if first is not None:
                    self.closing.differed += json.loads(first) != json.loads(body)
                    return link
                with self.closing.lock:
                    self.closing.acknowledged.add(one.interaction)
                if chance.random() >= AGAIN:
                    return link
                first = body
                continue
            time.sleep(chance.uniform(0.1, 1.0))
        self.closing.given_up += 1
        return link

    def _send(self, link: HTTPConnection, one: Person, key: str) -> tuple[int, bytes]:
        body = json.dumps({"wrap_up_code": "helped", "summary": "Helped"})
        headers = {
            "Authorization": f"Token {self.tokens[one.agent]}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        link.request("POST", f"/api/v1/interactions/{one.interaction}/closure/", body, headers)
        answer = link.getresponse()
        return answer.status, answer.read()

    def _note(self, status: int, body: bytes) -> None:
        with self.closing.lock:
            self.closing.seen[str(status) if status else body.decode()] += 1
            if status >= 400:
                self.closing.words[f"{status} {body[:160].decode(errors='replace')}"] += 1
