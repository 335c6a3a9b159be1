"""Which follow-ups are due now, and may they go out?

1. Claim: the oldest due rows, at most a batch, FOR UPDATE SKIP LOCKED, and with them all facts
   that the rules look at: one statement. A second sweep at the same moment takes the next rows,
   and a killed one lets go of its own.
2. Decide: every rule, in Python, for each row (`followups.permission`).
3. Move: one statement takes each row to ready, refused, lapsed or a later due time, and keeps the
   decision. Commit. No row stays due, so the loop ends.

Nothing outside the database is touched: pages are told afterwards, and a lost hint loses nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.live import panel_changed
from followups.models import FollowUp, FollowUpStatus
from followups.models.owed import status_after
from followups.permission import Permission, Rule, permission

BATCH: Final = 200
SECONDS: Final = 40  # below the soft limit of a task; the next sweep goes on from there
HINT_EVERY: Final = 1.0  # seconds


@dataclass(slots=True)
class Swept:
    """How many follow-ups one sweep claimed and where they went, by status."""

    claimed: int = 0
    moved: Counter[str] = field(default_factory=Counter)


def sweep(*, at: datetime | None = None, batch: int = BATCH, seconds: float = SECONDS) -> Swept:
    """Settle all that is due (at `at`, else now); stops after `seconds` and leaves the rest due."""
    swept, started = Swept(), time.monotonic()
    waiting_pages: set[int] = set()
    told_at = started
    while time.monotonic() - started < seconds:
        decided, owners = sweep_batch(at=at or timezone.now(), batch=batch)
        if not decided:
            break
        swept.claimed += len(decided)
        swept.moved.update(status_after(one).value for one in decided.values())
        waiting_pages |= owners
        if time.monotonic() - told_at >= HINT_EVERY:
            _tell(waiting_pages)
            told_at = time.monotonic()
    _tell(waiting_pages)
    lapse_unbegun(at=at or timezone.now())
    return swept


def sweep_batch(*, at: datetime, batch: int = BATCH) -> tuple[dict[int, Permission], set[int]]:
    """One claim, decide, move; the decisions and the owners of what became ready."""
    with transaction.atomic():
        claimed = (
            FollowUp.objects.due(at=at)
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True, of=("self",))[:batch]
            .facts()
        )
        decisions = {pk: permission(facts, at=at) for pk, facts in claimed.items()}
        moved = FollowUp.objects.decide(decisions, at=at)
    return decisions, {owner for pk, owner in moved if decisions[pk].is_allowed}


def lapse_unbegun(*, at: datetime) -> int:
    """Take back what has been ready for so long that it makes no sense to ask any more."""
    late = FollowUp.objects.filter(status=FollowUpStatus.READY, lapses_at__lte=at)
    moved = FollowUp.objects.decide(
        dict.fromkeys(late.values_list("pk", flat=True)[:BATCH], Permission(Rule.LAPSED)),
        at=at,
        from_statuses=[FollowUpStatus.READY],
    )
    _tell({owner for _, owner in moved})
    return len(moved)


def _tell(owners: set[int]) -> None:
    panel_changed(panel="console.my_work", user_ids=owners)
    owners.clear()
