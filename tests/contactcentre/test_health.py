"""Do the probes tell the truth about this process and its parts?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.beating import PERIODS, beat_now_and_then, late_beats
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
            "followups": "late",
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


@pytest.mark.django_db
def test_who_is_silent_for_two_periods_is_late() -> None:
    now = timezone.now()
    for name, period in PERIODS.items():
        Heartbeat.objects.create(name=name, beat_at=now - 2 * period)
    assert late_beats(now) == []
    assert [late.name for late in late_beats(now + timedelta(seconds=1))] == list(PERIODS)
    Heartbeat.objects.filter(name="follow-ups").delete()
    beat_now_and_then("follow-ups", at=now)
    beat_now_and_then("follow-ups", at=now + timedelta(seconds=5))
    assert Heartbeat.objects.get(name="follow-ups").beat_at == now
    assert "follow-ups" not in {late.name for late in late_beats(now + timedelta(seconds=20))}
