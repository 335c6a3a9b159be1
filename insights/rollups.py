"""How do the sums follow the raw rows? Marked days are counted again, today always, all on demand.

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
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import IntegerField, Max, QuerySet, Value
from django.utils import timezone

from insights.models import Figure, Grain, Mark, RollUp
from insights.periods import Period, midnight, month_end, month_of
from insights.tallies import TALLIES, ProductOf, Tally, between

LOCK: Final = 0x636F6E74  # any number that no other advisory lock of ours has
BUDGET_SECONDS: Final = 25.0  # a refresh stays below Celery's time limit and goes on next time
SOME_DAYS: Final = Period(date(1900, 1, 1), date(1900, 1, 2))
LONGEST_RUN, WIDEST_GAP = 31, 5  # days counted in one statement

BY_PRODUCT: Final = {
    ProductOf.HELD: """
    SELECT record.team_id, held.product_id, record.day, record.outcome, record.reason
    FROM record CROSS JOIN LATERAL (
        SELECT DISTINCT holding.product_id FROM customers_holding AS holding
        WHERE holding.customer_id = record.customer_id AND holding.opened_on <= record.day
          AND (holding.cancelled_on IS NULL OR holding.cancelled_on >= record.day)
    ) AS held
    """,
    ProductOf.OWN: """
    SELECT team_id, product_id, day, outcome, reason FROM record WHERE product_id IS NOT NULL
    """,
    ProductOf.STAY: "SELECT team_id, product_id, day, outcome, reason FROM stay",
}

RECOUNT: Final = """
WITH record (team_id, customer_id, product_id, day, outcome, reason) AS MATERIALIZED ({records}),
stay (team_id, customer_id, product_id, day, outcome, reason) AS ({stays}),
spread AS (
    SELECT team_id, NULL::bigint AS product_id, day, outcome, reason FROM record
    UNION ALL {by_product}
), fresh AS (
    SELECT team_id, product_id, day, outcome, reason, count(*) AS n FROM spread
    GROUP BY GROUPING SETS (
        (team_id, product_id, day, outcome, reason), (product_id, day, outcome, reason)
    )
), change AS (
    SELECT team_id, product_id, day, outcome, reason, sum(n)::int AS n FROM (
        SELECT team_id, product_id, day, outcome, reason, n FROM fresh
        UNION ALL
        SELECT team_id, product_id, start_on, outcome, reason, -n FROM insights_figure
        WHERE tally = %s AND grain = 'day' AND start_on BETWEEN %s AND %s
    ) AS both_counts
    GROUP BY team_id, product_id, day, outcome, reason HAVING sum(n) <> 0
), written AS (
    INSERT INTO insights_figure (tally, grain, start_on, team_id, product_id, outcome, reason, n)
    SELECT %s, 'day', day, team_id, product_id, outcome, reason, n FROM change
    UNION ALL
    SELECT %s, 'month', date_trunc('month', day)::date AS month, team_id, product_id,
           outcome, reason, sum(n)
    FROM change WHERE %s
    GROUP BY month, team_id, product_id, outcome, reason HAVING sum(n) <> 0
    ON CONFLICT (tally, product_id, grain, team_id, start_on, outcome, reason)
    DO UPDATE SET n = insights_figure.n + excluded.n
)
SELECT count(*) FROM change
"""
NOTHING: Final = "SELECT NULL::bigint, NULL::bigint, NULL::bigint, NULL::date, '', '' WHERE false"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring days of one source that are counted in one step."""

    source: str
    first: date
    last: date


def recount(tally: Tally, *, first: date, last: date) -> int:
    """Make the tally's figures of these days equal to the raw rows; how many figures changed."""
    days = Period(first, last)
    records, values = _statement(tally, days, by_product=False)
    stays: str = NOTHING
    more: list[Any] = []
    if tally.product_of is ProductOf.STAY:
        stays, more = _statement(tally, days, by_product=True)
    sql = RECOUNT.format(records=records, stays=stays, by_product=BY_PRODUCT[tally.product_of])
    figures: list[Any] = [tally.key, first, last, tally.key, tally.key, tally.has_months]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *more, *figures])
        return int(cursor.fetchone()[0])


def _statement(tally: Tally, days: Period, *, by_product: bool) -> tuple[str, list[Any]]:
    sql, values = _compiled(tally.key, by_product, timezone.get_default_timezone_name())
    actual = {
        SOME_DAYS.first: days.first,
        SOME_DAYS.last: days.last,
        SOME_DAYS.start: days.start,
        SOME_DAYS.end: days.end,
    }
    return sql, [actual.get(value, value) for value in values]


@cache
def _compiled(key: str, by_product: bool, _time_zone: str) -> tuple[str, tuple[Any, ...]]:
    """The tally's records as SQL for SOME_DAYS, whose bounds the caller replaces."""
    tally = TALLIES[key]
    records = between(
        tally.records(by_product), tally, first=SOME_DAYS.first, last=SOME_DAYS.last
    ).order_by()
    if tally.product_of is ProductOf.HELD:
        records = records.annotate(own_product=Value(None, output_field=IntegerField()))
    columns = ("customer__team_id", "customer_id", "own_product", "day", "outcome", "reason")
    sql, values = records.values_list(*columns).query.sql_with_params()
    return sql, tuple(values)


def refresh(*, budget_seconds: float = BUDGET_SECONDS) -> bool:
    """Bring the figures up to date; false when another worker is at it.

    Today first, then marked days from the newest back, then the full count if one is under way,
    as far as the time allows.
    """
    deadline = time.monotonic() + budget_seconds
    started_at = timezone.now()
    if not _begin():
        return False
    today = timezone.localdate(started_at)
    for source in {tally.source for tally in TALLIES.values()}:
        if not _step(Run(source, today, today)):
            return False
    for run in _runs():
        if time.monotonic() > deadline or not _step(run):
            break
    waiting = Mark.objects.values("source", "day").distinct().count()
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
        _count(Run("", month, month_end(month)))
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
        # Compiling costs more than it saves on statements of a few milliseconds.
        cursor.execute("SET LOCAL jit = off; SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _step(run: Run) -> bool:
    with transaction.atomic():
        if not _locked():
            return False
        _count(run)
    return True


def _count(run: Run) -> None:
    """Take the marks first: what commits after that marks its days anew."""
    marks = Mark.objects.filter(day__gte=run.first, day__lte=run.last)
    if run.source:
        marks = marks.filter(source=run.source)
    marks.delete()
    for tally in TALLIES.values():
        if run.source in ("", tally.source):
            recount(tally, first=run.first, last=run.last)


def _runs() -> list[Run]:
    """Marked days with their near neighbours of the same source, the newest first."""
    runs: list[Run] = []
    for source, day in (
        Mark.objects.values_list("source", "day").distinct().order_by("source", "day")
    ):
        last = runs[-1] if runs else None
        if (
            last is not None
            and last.source == source
            and (day - last.last).days <= WIDEST_GAP
            and (day - last.first).days < LONGEST_RUN
        ):
            runs[-1] = Run(source, last.first, day)
        else:
            runs.append(Run(source, day, day))
    return sorted(runs, key=lambda run: run.last, reverse=True)


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
