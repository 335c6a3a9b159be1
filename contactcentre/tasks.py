"""Celery's entry to the composition root: is somebody working?"""

from __future__ import annotations

from celery import shared_task

from accounts.models import Heartbeat


@shared_task
def write_heartbeat() -> None:
    Heartbeat.beat("worker")
