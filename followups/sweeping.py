"""Which follow-ups are due now, and may they go out?

1. Claim: the oldest due rows, at most a batch, FOR UPDATE SKIP LOCKED, and with them all facts
   that the rules look at: one statement. A second sweep at the same moment takes the next rows,
   and a killed one lets go of its own.
2. Decide: every rule, in Python, for each row (`followups.permission`): the first way that no
   rule of its own refuses. A row that cannot be
   decided holds up none of its neighbours: it is put off, and parked when it goes on like that.
3. Move: one statement takes each row to ready, refused, lapsed or a later due time, and keeps the
   decision. Commit. No row stays due, so the loop ends.

Beat wakes a sweep every second. One of them waits for what comes due before the next one, so that
a follow-up is picked up at its moment. Nothing outside the database is touched: pages are told
afterwards, and a lost hint loses nothing.
"""

from __future__ import annotations

import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Final

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.beating import beat_now_and_then
from accounts.prepared import NEVER, Prepared
from accounts.slots import Slot
from followups.grounds import Facts, Permission, Rule
from followups.hinting import tell_of_moves
from followups.models import FollowUp, FollowUpStatus, known
from followups.models.owed import status_after
from followups.permission import first_way

logger = logging.getLogger(__name__)

BATCH: Final = 500
SECONDS: Final = 20  # below the soft limit of a task; the next sweep goes on from there
AHEAD: Final = 0.9  # seconds for which one sweep waits for what comes due
HINT_EVERY: Final = 1.0  # seconds


@dataclass(slots=True)
class Swept:
    """How many follow-ups one sweep claimed and where they went, by status."""

    claimed: int = 0
    moved: Counter[str] = field(default_factory=Counter)


def watch() -> Swept:
    """Settle what is due, and what comes due within the next moment; then say that we live."""
    swept = sweep()
    with Slot("followups.sweep") as is_mine:
        until, end = timezone.now() + timedelta(seconds=AHEAD), time.monotonic() + AHEAD
        while is_mine and (left := end - time.monotonic()) > 0:
            next_at = FollowUp.objects.next_due(before=until)
            if next_at is None:
                break
            time.sleep(min(max((next_at - timezone.now()).total_seconds(), 0), left))
            more = sweep()
            swept.claimed += more.claimed
            swept.moved += more.moved
    beat_now_and_then("follow-ups", at=timezone.now())
    return swept


def sweep(*, at: datetime | None = None, batch: int = BATCH, seconds: float = SECONDS) -> Swept:
    """Settle all that is due (at `at`, else now); stops after `seconds` and leaves the rest due."""
    swept, started = Swept(), time.monotonic()
    waiting_pages: set[int] = set()
    told_at = started
    while time.monotonic() - started < seconds:
        with _nothing_collected():
            decided, owners, claimed = sweep_batch(at=at or timezone.now(), batch=batch)
        if not claimed:
            break
        swept.claimed += claimed
        swept.moved.update(status_after(one).value for one in decided.values())
        waiting_pages |= owners
        if time.monotonic() - told_at >= HINT_EVERY:
            _tell(waiting_pages)
            told_at = time.monotonic()
    _tell(waiting_pages)
    lapse_unbegun(at=at or timezone.now())
    return swept


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What a batch makes holds no cycles, and looking for some takes a third of Python's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


Batch = tuple[dict[int, Permission], set[int], int]


def sweep_batch(*, at: datetime, batch: int = BATCH) -> Batch:
    """One claim, decide, move; the decisions, the owners of what moved, how many rows."""
    try:
        return _settle(partial(_claimed, at, batch), at=at)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001  (some row cannot even be read: which one?)
        logger.warning("a batch cannot be decided as one: %s", type(error).__name__)
        return _one_by_one(at=at, batch=batch)


def _claimed(at: datetime, batch: int, since: date) -> Iterable[known.Row]:
    return _claim(batch).rows(at=at, since=since)


@lru_cache(maxsize=4)
def _claim(batch: int) -> Prepared:
    """The oldest due rows, locked, with their facts: building it takes longer than asking it."""

    def build(*, at: datetime, since: date) -> QuerySet[Any, Any]:
        return known.told(FollowUp.objects.due(at=at).claimed(batch), since)

    return Prepared(build, {"at": NEVER, "since": NEVER.date()})


def _settle(claim: Callable[[date], Iterable[known.Row]], *, at: datetime) -> Batch:
    with transaction.atomic():
        claimed = known.facts_in(claim)
        decisions, undecided = decide_each(claimed, at=at)
        moved = FollowUp.objects.decide(decisions, at=at)
        for pk, error in undecided.items():
            _put_off(pk, error, at=at)
    owners = {owner for _, owner in moved}
    return decisions, owners, len(claimed)


def _one_by_one(*, at: datetime, batch: int) -> Batch:
    """The same for each alone, so that only the one that fails is put off."""
    decisions: dict[int, Permission] = {}
    owners: set[int] = set()
    due = FollowUp.objects.due(at=at)
    oldest = list(due.oldest(batch).values_list("pk", flat=True))
    for pk in oldest:
        try:
            decided, theirs, _ = _settle(partial(known.told, due.filter(pk=pk).claimed(1)), at=at)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, its neighbours go on)
            with transaction.atomic():
                _put_off(pk, type(error).__name__, at=at)
        else:
            decisions |= decided
            owners |= theirs
    return decisions, owners, len(oldest)


def _put_off(pk: int, error: str, *, at: datetime) -> None:
    logger.error("follow-up %s cannot be decided: %s", pk, error)
    FollowUp.objects.put_off(pk, because=f"Cannot be decided: {error}", at=at)


def decide_each(
    claimed: Mapping[int, Facts], *, at: datetime
) -> tuple[dict[int, Permission], dict[int, str]]:
    """The decisions; and those that came to none, with the kind of error, also out of time."""
    decisions: dict[int, Permission] = {}
    undecided: dict[int, str] = {}
    for pk, facts in claimed.items():
        try:
            decisions[pk] = first_way(facts, at=at)
        except Exception as error:  # noqa: BLE001  (whatever it is, its neighbours go on)
            undecided[pk] = type(error).__name__
    return decisions, undecided


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
    tell_of_moves(owners)
    owners.clear()
