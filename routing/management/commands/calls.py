"""Take in what the switches tell, and do on time what calls need."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from redis import Redis

from accounts.models import Heartbeat
from routing.announcing import tell_waiting
from routing.assignment import offer_waiting, take_back_overdue
from routing.outbound import place_due
from routing.recordings import start_due
from telephony.gateway import GatewayError
from telephony.hearing import hear_for_ever
from telephony.reconciling import Reconciler

ASK_EVERY = 5.0  # seconds between two questions to the switches
BEAT_EVERY = 15.0  # seconds between two signs of life
TIMEOUT = 5.0


class Command(BaseCommand):
    help = "Follow all calls: events from the switches, offers to agents, ends that were not told."

    def handle(self, *args: Any, **options: Any) -> None:
        reconciler, asked_at, beat_at = Reconciler(), time.monotonic(), 0.0

        def each_second() -> None:
            nonlocal asked_at, beat_at
            if time.monotonic() - beat_at > BEAT_EVERY:
                beat_at = time.monotonic()
                Heartbeat.beat("calls")
            take_back_overdue(timezone.now())
            offer_waiting()
            tell_waiting(at=timezone.now())
            place_due()
            start_due()
            if time.monotonic() - asked_at > ASK_EVERY:
                asked_at = time.monotonic()
                try:
                    reconciler.ask()
                except GatewayError as error:
                    self.stderr.write(str(error))

        redis = Redis.from_url(
            settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        )
        hear_for_ever(redis, each_second=each_second)
