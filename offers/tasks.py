"""The alarm clock of releases, of what is learned, of conditions met and of fairness."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from offers import conditions
from offers.fairness import auditing
from offers.learning import rewarding, sweeping
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
def learn() -> None:
    rewarding.collect(at=timezone.now())
    sweeping.learn_waiting()


@shared_task
def look_after_acceptance() -> None:
    rewarding.collect_later(at=timezone.now())


@shared_task
def tell_conditions() -> None:
    conditions.tell_met()


@shared_task
def audit_fairness(asked_by: int | None = None) -> None:
    auditing.audit_if_due() if asked_by is None else auditing.audit_asked(asked_by)
