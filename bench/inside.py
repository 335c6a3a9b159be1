"""What is measured without pages: the decision, search statements, and the follow-up sweep."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench import prepare
from bench.driver import percentile
from contactcentre.embedded import processes
from customers.models import Customer
from followups import sweeping
from followups.models import FollowUp, FollowUpStatus
from interactions.models import Interaction
from offers import benching
from offers.arbitration import decide, decide_for
from offers.situation import gather

SWEPT = 20_000
NOOP_TASKS = 3_000
SEARCHES = 300


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its target; `at_least` where more is better."""

    name: str
    title: str
    value: float
    unit: str
    target: float
    at_least: bool = False
    ratio: float | None = None
    statements: float | None = None

    @property
    def twice(self) -> float:
        return self.target / 2 if self.at_least else self.target * 2

    def reaches(self, goal: float) -> bool:
        return self.value >= goal if self.at_least else self.value <= goal


def decisions(contacts: list[Interaction]) -> Iterator[Figure]:
    """In memory, and with every read from the database."""
    for offers, target, times in ((300, 2.0, 400), (2_500, 5.0, 100)):
        catalogue = benching.population(offers)
        timed = benching.timed(catalogue, benching.situation_of(catalogue), times=times)
        title = f"decision in memory, {offers:,} offers, p95"
        yield Figure(f"decision-{offers}", title, timed.percentile(0.95), "ms", target)
    for offers, target in ((100, 25.0), (1_000, 50.0)):
        catalogue = benching.population(offers)
        ms = []
        for contact in contacts:
            began = time.perf_counter()
            inputs = gather(
                customer=contact.customer,
                interaction=contact,
                at=timezone.now(),
                catalogue_number=1,
            )
            decide({**inputs, "previous": None}, catalogue)
            ms.append((time.perf_counter() - began) * 1000)
        title = f"decision with all reads, {offers:,} offers, p95"
        yield Figure(f"decision-read-{offers}", title, percentile(ms, 0.95), "ms", target)
    yield _kept(contacts)


def _kept(contacts: list[Interaction]) -> Figure:
    """The whole verb: read, decide on the catalogue in force, keep the decision."""
    ms = []
    before = prepare.statements()
    for contact in contacts:
        began = time.perf_counter()
        decide_for(customer=contact.customer, interaction=contact, by=contact.agent)
        ms.append((time.perf_counter() - began) * 1000)
    statements = (prepare.statements() - before) / len(contacts)
    title = "decision read, made and kept, p95"
    return Figure("decision-kept", title, percentile(ms, 0.95), "ms", 25, statements=statements)


def searches() -> Iterator[Figure]:
    """Milliseconds of finding and fetching, without the page around."""
    sam = User.objects.get(username="sam")
    for kind, words in prepare.probes(SEARCHES, seed=5).items():
        target = {"fragment": 5.0, "typo": 15.0}.get(kind, 1.0)
        ms = []
        for text in words:
            began = time.perf_counter()
            Customer.objects.visible_to(sam).search(text, 8)
            ms.append((time.perf_counter() - began) * 1000)
        name = f"search-inside-{kind.replace(' ', '-')}"
        yield Figure(
            name, f"search without its page, {kind}, p95", percentile(ms, 0.95), "ms", target
        )


def sweep() -> Iterator[Figure]:
    """Claimed and finished a second by one worker, all rules included, beside Celery's no-op.

    The worker has run before, as it does every second: the rules' data are read.
    """
    at = prepare.in_office_hours()
    with _due(at) as every:
        count = every - sweeping.sweep_batch(at=at, batch=1)[2]
        before = prepare.statements()
        began = time.perf_counter()
        swept = sweeping.sweep(at=at, seconds=600)
        seconds = time.perf_counter() - began
        statements = (prepare.statements() - before) / max(count, 1)
    if swept.claimed != count:
        raise RuntimeError(f"{count} follow-ups were due and {swept.claimed} were claimed.")
    noop = celery_rate()
    rate = count / seconds
    title = f"follow-up sweep, {count:,} due, claimed and finished"
    yield Figure("sweep", title, rate, "/s", 6_000, True, rate / noop, statements)
    title = "the same beside Celery's no-op rate of the same minute"
    yield Figure("sweep-by-celery", title, rate / noop, "times", 8, True, rate / noop)
    yield Figure("celery-noop", "Celery no-op tasks, one worker", noop, "/s", 0, True)


@contextmanager
def _due(at: datetime) -> Iterator[int]:
    """Settled follow-ups of the bulk made due, and put back as they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table before_sweep as select * from followups_followup"
            " where status in ('unreachable', 'lapsed') order by id limit %s",
            [SWEPT],
        )
        cursor.execute("select id from before_sweep")
        keys = [row[0] for row in cursor.fetchall()]
        rows = FollowUp.objects.filter(pk__in=keys)
        rows.update(
            status=FollowUpStatus.PLANNED,
            attempts_made=0,
            due_at=at - timedelta(minutes=1),
            lapses_at=at + timedelta(days=14),
        )
        cursor.execute("vacuum analyze followups_followup")
        try:
            yield FollowUp.objects.due(at=at).count()
        finally:
            cursor.execute(
                "delete from followups_permissioncheck where follow_up_id = any(%s)", [keys]
            )
            names = ", ".join(
                f"{field.column} = kept.{field.column}"
                for field in FollowUp._meta.concrete_fields
                if not field.primary_key
            )
            cursor.execute(
                f"update followups_followup now set {names} from before_sweep kept"
                " where now.id = kept.id"
            )
            cursor.execute("drop table before_sweep")


def celery_rate() -> float:
    """No-op tasks a second that one worker process drains."""
    from bench.noop_celery import QUEUE, nothing  # noqa: PLC0415  (reads REDIS_URL)

    queue = redis.Redis.from_url(os.environ["REDIS_URL"])
    queue.delete(QUEUE)
    for _ in range(NOOP_TASKS):
        nothing.delay()
    command = [sys.executable, "-m", "celery", "-q", "-A", "bench.noop_celery", "worker", "-c", "1"]
    worker = processes.start([*command, "-P", "prefork", "--without-mingle"], output=-3)
    try:
        processes.wait_until(lambda: _waiting(queue, QUEUE) < NOOP_TASKS, seconds=60)
        left, began = _waiting(queue, QUEUE), time.perf_counter()
        processes.wait_until(lambda: _waiting(queue, QUEUE) == 0, seconds=120)
        return left / (time.perf_counter() - began)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)


def _waiting(queue: redis.Redis, name: str) -> int:
    return int(queue.llen(name))
