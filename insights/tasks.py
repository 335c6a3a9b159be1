"""The alarm clock of the roll-ups."""

from __future__ import annotations

from celery import shared_task

from insights import rollups


@shared_task
def refresh_figures() -> None:
    rollups.refresh()
