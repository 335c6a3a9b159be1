"""Celery's entry to follow-ups: look for what is due, and let the voice call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from followups import confirming, earned, messaging, sweeping, voicing


@shared_task(soft_time_limit=30, time_limit=45)
def sweep() -> None:
    sweeping.watch()


@shared_task
def call_by_voice() -> None:
    voicing.call_due()


@shared_task
def send_links() -> None:
    messaging.send_due()


@shared_task
def ask_whether_fixed() -> None:
    confirming.step_due()


@shared_task
def tell_rewards() -> None:
    earned.tell_rewards(at=timezone.now())
