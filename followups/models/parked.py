"""What becomes of a follow-up that cannot be worked on, through no doing of the customer's?"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from followups.models.owed import PARKED_AFTER, FollowUpStatus
from followups.models.record import FollowUpRecord

SHORTEST: Final = timedelta(seconds=15)
LONGEST: Final = timedelta(minutes=10)


def back_off(failures: int) -> timedelta:
    """How long to wait after so many failures: twice as long each time, by chance a bit more."""
    times: int = 2 ** min(max(failures - 1, 0), 10)
    return min(SHORTEST * times, LONGEST) * random.uniform(1, 1.5)


class ParkedFollowUp(FollowUpRecord):
    """The verbs of putting off and parking."""

    class Meta(FollowUpRecord.Meta):
        abstract = True

    def _put_off(self, now: datetime, *, because: str) -> str:
        """It failed, and not by the customer: later again; parked when it goes on like that.

        The caller holds the row.
        """
        failures = self.failures + 1
        if failures >= PARKED_AFTER:
            self._move(
                status=FollowUpStatus.PARKED,
                failures=failures,
                ready_at=None,
                refused_because=because[:120],
                waits_because="",
            )
            self._tell("Follow-up: parked", because)
            return f"{because}; parked for a supervisor to look at"
        self._move(
            status=FollowUpStatus.PLANNED,
            failures=failures,
            due_at=now + back_off(failures),
            ready_at=None,
            waits_because=because[:120],
        )
        return f"{because}; tried again soon"

    def unpark(self, *, by: User) -> bool:
        """Try it again from now on, as if it had never failed; false when it is not parked."""
        with transaction.atomic():
            parked = type(self).objects.parked().filter(pk=self.pk)
            moved = parked.update(
                status=FollowUpStatus.PLANNED, failures=0, due_at=timezone.now(), refused_because=""
            )
            if moved:
                AuditEntry.record(by=by, verb="follow-up unparked", subject=self)
        return bool(moved)
