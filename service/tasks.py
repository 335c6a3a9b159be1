"""Celery's entry to promises: warn before they break, notice those whose time has passed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from service import watching
from service.models import Promise


@shared_task
def break_overdue() -> None:
    Promise.objects.break_overdue(at=timezone.now())


@shared_task
def watch_promises() -> None:
    watching.watch(at=timezone.now())
