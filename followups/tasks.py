"""Celery's entry to follow-ups: look for what is due, and let the voice call."""

from __future__ import annotations

from celery import shared_task

from followups import sweeping, voicing


@shared_task
def sweep() -> None:
    sweeping.sweep()


@shared_task
def call_by_voice() -> None:
    voicing.call_due()
