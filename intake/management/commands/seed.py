"""`manage.py seed`: one believable day, or any number of customers for measuring."""

from __future__ import annotations

import sys
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.models import Customer
from customers.names import NameWord
from intake.models import BulkLoad
from intake.progress import Progress
from intake.seeding import day, loading, scale
from needs import fitting, unknowns
from offers.fairness import auditing

MONTHS_AT_ONCE = 13


class Command(BaseCommand):
    help = "Write one believable day of a retail bank, or many customers for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=int, metavar="N", help="also have N customers with ten contacts each"
        )
        parser.add_argument(
            "--reset", action="store_true", help="development only: empty everything first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        if not settings.CONTINUUM_DEMO or not settings.DEMO_PASSWORD:
            raise CommandError(
                "The seeded day brings log-ins with a known password, so it is only for "
                "trying out. Set CONTINUUM_DEMO=true if this installation is for that."
            )
        if options["reset"]:
            self._reset()
        if day.seed_day(password=settings.DEMO_PASSWORD):
            self.stdout.write("One day of Northgate Bank is in place.")
            fitting.refit_if_due()
            unknowns.group_if_due()
            auditing.audit_if_due()
            # A year now; the worker counts the older months while the first pages are read.
            self._count(months=MONTHS_AT_ONCE)
        else:
            self.stdout.write("The day is in place already; nothing was added.")
        if options["scale"]:
            self._scale(options["scale"])
        if load := BulkLoad.under_way():
            self._finish(load)

    def _scale(self, total: int) -> None:
        here = Customer.objects.filter(source=scale.SOURCE).count()
        with Progress("Customers", total, out=sys.stdout, done=here) as progress:
            added = scale.seed_scale(total, advanced=progress.advance)
        self.stdout.write(f"{added:,} customers were added with everything that belongs to them.")

    def _finish(self, load: BulkLoad) -> None:
        """What many rows leave to be done, here or after a run that was stopped."""
        if load.set_aside:
            with Progress("Indexes", len(load.set_aside), out=sys.stdout) as progress:
                loading.put_back(load, advanced=progress.advance)
        tables = scale.tables()
        tables.append(NameWord)  # its rows come by a trigger
        with Progress("Tables tidied", len(tables), out=sys.stdout) as progress:
            loading.tidy(tables, advanced=progress.advance)
        self._count()
        loading.finish(load)

    def _count(self, **options: Any) -> None:
        """Bulk rows pass by the triggers that keep the figures current: count everything anew."""
        out = self.stdout if self.verbosity > 1 or not options else StringIO()
        call_command("rebuild_insights", restart=True, stdout=out, **options)

    def _reset(self) -> None:
        if settings.PRODUCTION:
            raise CommandError("--reset is refused in production: it would delete everything.")
        day.wipe()
        self.stdout.write("Everything was deleted.")
