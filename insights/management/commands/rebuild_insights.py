"""Count every figure of the dashboards again from the raw rows, month by month."""

from __future__ import annotations

import math
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from insights import rollups
from insights.models import RollUp


class Command(BaseCommand):
    help = (
        "Count every figure of the dashboards again from the raw rows. "
        "Stopped at any moment, it goes on where it was; --restart begins anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--restart", action="store_true", help="begin anew")
        parser.add_argument(
            "--months", type=int, help="count so many now and leave older ones to the worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["restart"] or RollUp.current().counting_from is None:
            rollups.start_full_count()
        done, started = 0, time.monotonic()
        most = options["months"] or math.inf
        while done < most and RollUp.current().counting_from is not None:
            month = rollups.count_next_month()
            if month is None:  # the worker is at it; it leaves the lock between two steps
                time.sleep(0.2)
                continue
            done += 1
            self.stdout.write(
                f"\r{month:%B %Y} counted, {done} months in "
                f"{time.monotonic() - started:.0f} s".ljust(70),
                ending="" if self.stdout.isatty() else "\n",
            )
        rollups.refresh(budget_seconds=0 if options["months"] else rollups.BUDGET_SECONDS)
        if RollUp.current().is_complete:
            seconds = time.monotonic() - started
            self.stdout.write(f"\nAll figures equal the raw rows ({seconds:.1f} s).")
