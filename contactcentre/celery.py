"""The alarm clock: how tasks travel. The rows in PostgreSQL are the queue, Redis may be wiped."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
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


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **_: Any) -> None:
    bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    unbind_contextvars("task", "task_id")
