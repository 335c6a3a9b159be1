"""Do the processes without a door to knock on live? For their health checks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from contactcentre import health

SILENT: Final = {
    "worker": "No heartbeat for two minutes: beat or every worker stands still.",
    "calls": "No heartbeat for two minutes: nobody follows the calls.",
    "telephone": "No switch has shown life for some seconds.",
}


class Command(BaseCommand):
    help = "Succeeds when beat and a worker (or `calls`, or `telephone`) have shown life."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", default="worker", choices=sorted(SILENT))

    def handle(self, *args: Any, **options: Any) -> None:
        what = options["what"]
        if health.CHECKS[what]() != "ok":
            raise CommandError(SILENT[what])
        self.stdout.write("alive")
