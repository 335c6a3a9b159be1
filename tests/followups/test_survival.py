"""The worker is killed and Redis wiped between wrap-up and follow-up: it still happens, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.db import connection
from django.utils import timezone

from contactcentre.embedded import processes
from contactcentre.embedded.redis import Redis
from contactcentre.state import PROJECT
from customers.models import ContactPoint, Customer
from followups.models import FollowUp, FollowUpStatus, PermissionCheck
from followups.sweeping import sweep
from tests.cast import Cast, assemble, contact
from tests.followups.scenes import default_policy
from tests.patience import PATIENCE

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start(broker: Redis, tmp_path: Path) -> Iterator[Start]:
    """Start a worker of the product on the tests' database; all are killed at the end."""
    test_database = str(connection.settings_dict["NAME"])
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{test_database}").geturl()
    running: list[subprocess.Popen[bytes]] = []

    def started(*arguments: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"worker-{len(running)}.log").open("wb") as log:
            process = processes.start(
                [
                    *(sys.executable, "-m", "celery", "-A", "contactcentre", "worker", "-c", "1"),
                    *("--without-gossip", "--without-mingle", "-l", "INFO", *arguments),
                ],
                output=log,
                env={
                    **os.environ,
                    "DATABASE_URL": database,
                    "REDIS_URL": broker.url,
                    "PYTHONPATH": str(PROJECT),
                },
            )
        running.append(process)
        return process

    yield started
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def at_a_place_where_it_is_noon(person: Customer) -> None:
    """People may be called now, whatever the clock of this machine says."""
    hour = datetime.now(UTC).hour
    Customer.objects.filter(pk=person.pk).update(time_zone=f"Etc/GMT{hour - 12:+d}", country="ZZ")
    ContactPoint.objects.filter(customer=person).update(value="+80012345678")


def wrapped_up(cast: Cast) -> FollowUp:
    default_policy(delay_minutes=1)
    at_a_place_where_it_is_noon(cast.ada)
    contact(cast, cast.ada).close(by=cast.sam, wrap_up_code=cast.helped, summary="Helped")
    FollowUp.objects.update(due_at=timezone.now() + timedelta(seconds=5))
    return FollowUp.objects.get()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_follow_up_outlives_its_worker_and_redis(
    broker: Redis, start: Start, tmp_path: Path
) -> None:
    follow_up = wrapped_up(assemble())
    messages = Celery("asking")
    messages.config_from_object("contactcentre.celery_settings")
    messages.conf.update(broker_url=broker.url)
    victim = start()
    log = tmp_path / "worker-0.log"
    assert processes.wait_until(lambda: b"ready." in log.read_bytes(), seconds=PATIENCE), (
        log.read_text()
    )
    messages.send_task("followups.tasks.sweep")
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    store = redis.Redis.from_url(broker.url)
    store.flushall()
    assert store.dbsize() == 0
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.PLANNED

    start("-B", "-s", str(tmp_path / "beat"))

    def is_ready() -> bool:
        follow_up.refresh_from_db()
        return follow_up.status == FollowUpStatus.READY

    assert processes.wait_until(is_ready, seconds=PATIENCE), (tmp_path / "worker-1.log").read_text()
    assert sweep().claimed == 0
    assert PermissionCheck.objects.filter(follow_up=follow_up).count() == 1
    assert FollowUp.objects.count() == 1
