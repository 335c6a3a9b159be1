"""The yardstick of the sweep: Celery tasks that do nothing, on the same Redis."""

from __future__ import annotations

import os

from celery import Celery

QUEUE = "bench-noop"

app = Celery("bench", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_ignore_result=True,
    task_default_queue=QUEUE,
    worker_prefetch_multiplier=1,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
)


@app.task(name="bench.nothing")
def nothing() -> None:
    """Do nothing."""
