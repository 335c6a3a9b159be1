"""Celery's entry to accounts: what is too old to keep?"""

from __future__ import annotations

from celery import shared_task

from accounts import idempotency


@shared_task
def forget_old_keys() -> None:
    idempotency.forget_old_keys()
