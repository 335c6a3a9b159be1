"""The alarm clock of releases."""

from __future__ import annotations

from celery import shared_task

from offers import conditions
from offers.release import work


@shared_task
def publish_due() -> None:
    work.publish_due()


@shared_task
def look_beside() -> None:
    work.look_beside()


@shared_task
def simulate() -> None:
    work.simulate()


@shared_task
def tell_conditions() -> None:
    conditions.tell_met()
