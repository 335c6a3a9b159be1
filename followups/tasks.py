"""Celery's entry to follow-ups: look for what is due, and let the voice call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from followups import earned, sweeping, voicing


@shared_task(soft_time_limit=30, time_limit=45)
def sweep() -> None:
    sweeping.watch()


@shared_task
def call_by_voice() -> None:
    voicing.call_due()


@shared_task
def tell_rewards() -> None:
    earned.tell_rewards(at=timezone.now())
