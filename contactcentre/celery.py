"""The alarm clock: how tasks travel. The rows in PostgreSQL are the queue, Redis may be wiped."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_init
from structlog.contextvars import bind_contextvars, unbind_contextvars

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")

TASK_SECONDS = 60

app = Celery("continuum")
app.config_from_object("contactcentre.celery_settings")
app.autodiscover_tasks()
app.autodiscover_tasks(["contactcentre"], related_name="tasks")


@setup_logging.connect
def logs_are_django_s(**_: Any) -> None:
    """Keep Celery from replacing the handlers that settings.LOGGING made."""


@worker_init.connect
def load_once(**_: Any) -> None:
    """What takes seconds to load is there before the pool is forked, once for all its processes."""
    from customers.lawful import editions  # noqa: PLC0415  (there are no apps yet above)
    from telephony.adapters import gateway  # noqa: PLC0415

    editions()
    gateway().prepare()


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **_: Any) -> None:
    bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    unbind_contextvars("task", "task_id")
