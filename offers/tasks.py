"""The alarm clock of releases, of what is learned, of conditions met and of fairness."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from offers import conditions
from offers.fairness.tasks import audit_fairness
from offers.learning import rewarding, sweeping
from offers.release import work

__all__ = [
    "audit_fairness",
    "learn",
    "look_after_acceptance",
    "look_beside",
    "publish_due",
    "simulate",
    "tell_conditions",
]


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
def learn() -> None:
    rewarding.collect(at=timezone.now())
    sweeping.learn_waiting()


@shared_task
def look_after_acceptance() -> None:
    rewarding.collect_later(at=timezone.now())


@shared_task
def tell_conditions() -> None:
    conditions.tell_met()
