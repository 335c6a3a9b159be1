"""Do the probes tell the truth about this process and its parts?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Heartbeat


def test_health_answers_without_a_known_host_name() -> None:
    answer = Client().get("/health/", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"up\n")


@pytest.mark.django_db
def test_ready_names_every_part() -> None:
    Heartbeat.beat("worker")
    answer = Client().get("/ready/")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {
            "database": "ok",
            "redis": "ok",
            "migrations": "ok",
            "worker": "ok",
            "calls": "late",
            "telephone": "late",
        },
    }


@pytest.mark.django_db
def test_a_silent_worker_is_reported_late_and_pages_stay_ready() -> None:
    Heartbeat.objects.create(name="worker", beat_at=timezone.now() - timedelta(minutes=3))
    answer = Client().get("/ready/")
    assert answer.status_code == 200
    assert answer.json()["checks"]["worker"] == "late"
