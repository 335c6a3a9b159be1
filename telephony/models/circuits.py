"""Does a provider answer at all? One that was asked in vain is left alone for a while."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q

FAILURES: Final = 5  # one after the other; fewer may be chance
TRYING: Final = timedelta(seconds=15)  # longer than one call that tries waits for an answer
SHORTEST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=1)  # one question a minute burdens nobody, and calls go on soon


class GatewayCircuit(models.Model):
    """How a gateway has answered lately: closed while it does, open after failures in a row.

    Open, nobody asks it before `open_until`; then one may, and the next when that one succeeded.
    """

    gateway = models.CharField(max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row, up to now.")
    failed_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.gateway}: {'open' if self.open_until else 'closed'}"

    @classmethod
    def lets_through(cls, gateway: str, *, at: datetime) -> bool:
        """Whether the provider may be asked now; of an open one, one asks when its time is over."""
        mine = cls.objects.filter(gateway=gateway, open_until__isnull=False)
        if not mine.exists():
            return True
        trial = mine.filter(open_until__lte=at)
        return bool(trial.update(open_until=at + TRYING))

    @classmethod
    def room(cls, gateway: str, *, at: datetime) -> int | None:
        """How many calls may be prepared: None for any number, one to try an open one, or none."""
        open_until = (
            cls.objects.filter(gateway=gateway).values_list("open_until", flat=True).first()
        )
        if open_until is None:
            return None
        return 1 if open_until <= at else 0

    @classmethod
    def failed(cls, gateway: str, *, asked_at: datetime, at: datetime) -> None:
        """One more in vain; after some in a row it opens, longer each time."""
        cls.objects.get_or_create(gateway=gateway)
        mine = cls.objects.filter(gateway=gateway)
        # What was asked before it opened, at the same time as others, opens it no further.
        counts = Q(open_until=None) | Q(failed_at=None) | Q(failed_at__lte=asked_at)
        if not mine.filter(counts).update(failures=F("failures") + 1, failed_at=at):
            return
        failures = mine.values_list("failures", flat=True).get()
        if failures >= FAILURES:
            times: int = 2 ** min(failures - FAILURES, 10)
            wait = min(SHORTEST * times, LONGEST) * random.uniform(1, 1.25)
            mine.update(open_until=at + wait)

    @classmethod
    def worked(cls, gateway: str) -> None:
        """It answered: everything is as it was."""
        cls.objects.filter(gateway=gateway, failures__gt=0).update(failures=0, open_until=None)
