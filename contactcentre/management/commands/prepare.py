"""Brings an installation up to date in one process: migrations, then the believable day."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, and write the believable day where a demo is wanted; may be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"database up to date after {time.monotonic() - started:.1f} s")
        if settings.CONTINUUM_DEMO:
            started = time.monotonic()
            call_command("seed")
            self.stdout.write(f"demo day written after {time.monotonic() - started:.1f} s")
