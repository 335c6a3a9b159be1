"""The life of the switch process: 50 ticks a second, commands in, events out, a sign of life."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from telephony.protocol import (
    ANSWER_SECONDS,
    EVENTS,
    EVENTS_KEPT,
    SWITCHES,
    Alive,
    Answer,
    Command,
    answer_to,
    commands_of,
)
from telephony.switch.desk import Desk
from telephony.switch.sound import FRAME_SECONDS

logger = logging.getLogger(__name__)

ALIVE_EVERY: Final = 2.0
LISTEN_SECONDS: Final = 2
REDIS_PATIENCE: Final = 5.0
CANCELLED_EVERY: Final = 0.5
LATE_MOST: Final = 0.2  # seconds that may be caught up; more is lost for good


class Process:
    """One desk between Redis and the clock."""

    def __init__(self, desk: Desk, redis_url: str) -> None:
        self.desk = desk
        self.redis = Redis.from_url(
            redis_url,
            socket_timeout=LISTEN_SECONDS + REDIS_PATIENCE,
            socket_connect_timeout=REDIS_PATIENCE,
            health_check_interval=10,
        )
        self.ends = asyncio.Event()
        self.sending = asyncio.Lock()

    async def run(self) -> None:
        """Until SIGTERM or SIGINT; then every call is ended, and told to be."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ends.set)
        lives = [self._tick, self._listen, self._tell, self._be_alive]
        tasks = [asyncio.create_task(self._for_ever(one)) for one in lives]
        try:
            await self.ends.wait()
        finally:
            await self.desk.close()
            with suppress(TimeoutError, RedisError):
                async with asyncio.timeout(2):
                    await self._send_all()
                    await self.redis.hdel(SWITCHES, self.desk.name)
            await ended(tasks)
            await self.redis.aclose()

    async def _for_ever(self, live: Callable[[], Awaitable[None]]) -> None:
        """Go on after Redis was away: calls live without it."""
        while True:
            try:
                await live()
            except (RedisError, OSError, TimeoutError) as error:
                logger.warning("redis does not answer: %s", type(error).__name__)
                await asyncio.sleep(0.5)

    async def _tick(self) -> None:
        next_at = time.monotonic()
        while True:
            self.desk.tick()
            next_at += FRAME_SECONDS
            wait = next_at - time.monotonic()
            if wait < -LATE_MOST:
                next_at = time.monotonic()
            await asyncio.sleep(max(wait, 0))

    async def _listen(self) -> None:
        while True:
            taken = await self.redis.blpop([commands_of(self.desk.name)], timeout=LISTEN_SECONDS)
            if taken:
                task = asyncio.create_task(self._carry_out(taken[1]))
                self.desk.tasks.add(task)
                task.add_done_callback(self.desk.tasks.discard)

    async def _carry_out(self, said: bytes | str) -> None:
        try:
            command = Command.unpacked(said)
        except ValueError as error:
            logger.warning("%s", error)
            return
        answer = await self.desk.do(command)
        await self._reply(command, answer)

    async def _reply(self, command: Command, answer: Answer) -> None:
        key = answer_to(command.id)
        with suppress(RedisError, OSError):
            async with self.redis.pipeline(transaction=False) as pipe:
                pipe.rpush(key, answer.packed())
                pipe.expire(key, ANSWER_SECONDS)
                await pipe.execute()

    async def _tell(self) -> None:
        while True:
            await self.desk.told.wait()
            self.desk.told.clear()
            try:
                await self._send_all()
            except BaseException:
                self.desk.told.set()
                raise

    async def _send_all(self) -> None:
        """Events leave in their order, once each; one that was not taken stays the first."""
        async with self.sending:
            await self._send_each()

    async def _send_each(self) -> None:
        while self.desk.outbox:
            event = self.desk.outbox[0]
            fields: dict[Any, Any] = {"event": event.packed()}
            await self.redis.xadd(EVENTS, fields, maxlen=EVENTS_KEPT, approximate=True)
            self.desk.outbox.popleft()

    async def _be_alive(self) -> None:
        while True:
            desk = self.desk
            alive = Alive(name=desk.name, boot=desk.boot, at=time.time(), calls=desk.count)
            await self.redis.hset(SWITCHES, desk.name, alive.packed())
            await asyncio.sleep(ALIVE_EVERY)


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them until they are done.

    Once is not enough: the Redis client can take a cancellation that comes at the moment of an
    answer for its own time-out, and waits on.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCELLED_EVERY)
