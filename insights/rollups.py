"""How do the sums follow the raw rows? Marked days are counted again, all others stay.

1. Triggers mark the days that a change touches, in the transaction of the change
   (migration `watch_raw_rows`).
2. A step takes the marks of a few days away, counts those days afresh and writes what differs,
   all in one transaction: a change that commits meanwhile leaves its mark for the next step.
3. Months follow by the same differences, so that no sum is ever rewritten for one row.
4. A full count goes back month by month and remembers where it is: it may be stopped at will.

Steps exclude each other by an advisory lock; a second worker leaves at once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from insights.models import Figure, Grain, Mark, RollUp
from insights.periods import DAY, Period, midnight, month_end, month_of
from insights.recount import recount
from insights.tallies import OF_SOURCE, TALLIES, between
from insights.tallies.tally import Tally

LOCK: Final = 0x636F6E74  # any number that no other advisory lock of ours has
# A few days out of years: through the indexes, and not worth compiling. PostgreSQL takes what a
# statement has found so far for less than it is; to sort it before joining costs more than to hash.
PLANNING: Final = """
SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1; SET LOCAL enable_mergejoin = off
"""
BUDGET_SECONDS: Final = 25.0  # a refresh stays below Celery's time limit and goes on next time
LONGEST_RUN: Final = timedelta(days=10)  # counted in one statement, well below its time limit


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring days on which the same sources are counted in one step."""

    sources: tuple[str, ...]
    first: date
    last: date


def refresh(*, budget_seconds: float = BUDGET_SECONDS) -> bool:
    """Bring the figures up to date; false when another worker is at it.

    Marked days from the newest back, then the full count if one is under way, as far as the
    time allows.
    """
    deadline = time.monotonic() + budget_seconds
    started_at = timezone.now()
    if not _begin():
        return False
    for run in _runs():
        if time.monotonic() > deadline or not _step(run):
            break
    waiting = Mark.objects.values("day").distinct().count()
    RollUp.objects.filter(pk=1).update(refreshed_at=started_at, waiting=waiting)
    while time.monotonic() < deadline and count_next_month():
        pass
    return True


def start_full_count() -> None:
    """Have every month counted again, from the newest back."""
    _begin()
    RollUp.objects.filter(pk=1).update(counting_from=month_of(_newest_day()))


def count_next_month() -> date | None:
    """Take the next month of the full count; which one that was, None when all are counted."""
    with transaction.atomic():
        if not _locked():
            return None
        month = RollUp.objects.values_list("counting_from", flat=True).get(pk=1)
        if month is None:
            return None
        Mark.objects.filter(day__range=(month, month_end(month))).delete()
        days = Period(month, month_end(month))
        for source, tallies in OF_SOURCE.items():
            if _has_anything(tallies, days):
                recount([source], first=days.first, last=days.last)
        following = _month_before(month)
        RollUp.objects.filter(pk=1).update(counting_from=following)
        if following is None:
            Figure.objects.filter(n=0).delete()
    return month


def _begin() -> bool:
    """Make sure of the one row; a new one, or another time zone, asks for a full count."""
    zone = timezone.get_default_timezone_name()
    with transaction.atomic():
        if not _locked():
            return False
        if not RollUp.objects.filter(pk=1, time_zone=zone).exists():
            RollUp.objects.update_or_create(
                pk=1, defaults={"time_zone": zone, "counting_from": month_of(_newest_day())}
            )
    return True


def _locked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"{PLANNING}; SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _step(run: Run) -> bool:
    """Take the marks first: what commits after that marks its days anew."""
    days = (run.first, run.last)
    with transaction.atomic():
        if not _locked():
            return False
        Mark.objects.filter(source__in=run.sources, day__range=days).delete()
        recount(run.sources, first=run.first, last=run.last)
    return True


def _runs() -> list[Run]:
    """Marked days, neighbours with the same sources together, the newest first."""
    sources: dict[date, set[str]] = defaultdict(set)
    for source, day in Mark.objects.values_list("source", "day").distinct():
        sources[day].add(source)
    runs: list[Run] = []
    for day in sorted(sources, reverse=True):
        marked = tuple(sorted(sources[day]))
        last = runs[-1] if runs else None
        if (
            last is not None
            and last.sources == marked
            and last.first - day == DAY
            and last.last - day < LONGEST_RUN
        ):
            runs[-1] = Run(marked, day, last.last)
        else:
            runs.append(Run(marked, day, day))
    return runs


def _has_anything(tallies: list[Tally], days: Period) -> bool:
    """Whether these days have raw rows, or figures that raw rows once had."""
    keys = [tally.key for tally in tallies]
    counted = Figure.objects.filter(tally__in=keys, grain=Grain.DAY)
    return counted.filter(start_on__range=(days.first, days.last)).exists() or any(
        between(model._default_manager.all(), tally, first=days.first, last=days.last).exists()
        for (model, _), tally in {(t.records(False).model, t.at): t for t in tallies}.items()
    )


def _newest_day() -> date:
    return max([*_newest_days(), timezone.localdate()])


def _month_before(month: date) -> date | None:
    """The last month before this one in which there is anything to count."""
    days = _newest_days(earlier_than=month)
    return month_of(max(days)) if days else None


def _newest_days(*, earlier_than: date = date.max) -> list[date]:
    """For each kind of raw row, and for the figures, the newest day that has any."""
    columns = {(tally.records(False).model, tally.at) for tally in TALLIES.values()}
    days = [_newest(model._default_manager.all(), at, earlier_than) for model, at in columns]
    days.append(_newest(Figure.objects.filter(grain=Grain.DAY), "start_on", earlier_than))
    return [day for day in days if day is not None]


def _newest(rows: QuerySet[Any], at: str, earlier_than: date) -> date | None:
    if earlier_than != date.max:
        bound = earlier_than if at.endswith("_on") else midnight(earlier_than)
        rows = rows.filter(**{f"{at}__lt": bound})
    value: date | datetime | None = rows.aggregate(newest=Max(at))["newest"]
    return timezone.localdate(value) if isinstance(value, datetime) else value
