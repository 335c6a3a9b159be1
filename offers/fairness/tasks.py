"""The alarm clock of the audits."""

from __future__ import annotations

from celery import shared_task

from offers.fairness import auditing


@shared_task
def audit_fairness(asked_by: int | None = None) -> None:
    auditing.audit_if_due() if asked_by is None else auditing.audit_asked(asked_by)
