"""Celery's entry to follow-ups: look for what is due."""

from __future__ import annotations

from celery import shared_task

from followups import sweeping


@shared_task
def sweep() -> None:
    sweeping.sweep()
