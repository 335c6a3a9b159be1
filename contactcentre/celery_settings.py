"""Celery's settings; each was chosen by a trial, and docs/operations.md says what it guards."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from contactcentre.schedule import SCHEDULE

HARD_LIMIT = 60  # seconds a task may run before its process is killed

broker_url = settings.REDIS_URL
broker_connection_retry_on_startup = True
broker_transport_options: dict[str, Any] = {
    "global_keyprefix": "continuum:celery:",
    # Above the hard limit plus the wait inside a worker, or a task runs twice.
    "visibility_timeout": 300,
    # What a killed worker held comes back after seconds, not after minutes.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A link that is open and dead is noticed within half a minute.
    **settings.REDIS_TIMEOUTS,
}
task_acks_late = True
task_reject_on_worker_lost = True
task_ignore_result = True
task_time_limit = HARD_LIMIT
task_soft_time_limit = HARD_LIMIT - 15
worker_prefetch_multiplier = 1
# A task that runs when the broker goes away ends its work; its repetition finds it done.
worker_cancel_long_running_tasks_on_connection_loss = False
worker_max_tasks_per_child = 1000
worker_hijack_root_logger = False
worker_send_task_events = False
beat_scheduler = "celery.beat:Scheduler"
beat_schedule = SCHEDULE
timezone = "UTC"
enable_utc = True
