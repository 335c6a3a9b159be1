"""Is the alarm clock ticking? For health checks of beat, which has no door to knock on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contactcentre import health


class Command(BaseCommand):
    help = "Succeeds when beat and a worker have shown life within two minutes."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if health.worker() != "ok":
            raise CommandError("No heartbeat for two minutes: beat or every worker stands still.")
        self.stdout.write("alive")
