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
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import BigIntegerField, Max, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from insights.models import Figure, Grain, Mark, RollUp
from insights.periods import DAY, Period, midnight, month_end, month_of
from insights.tallies import SOURCES, TALLIES, ProductOf, Tally, between

LOCK: Final = 0x636F6E74  # any number that no other advisory lock of ours has
# A few days out of years: through the indexes, and not worth compiling.
PLANNING: Final = "SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1"
BUDGET_SECONDS: Final = 25.0  # a refresh stays below Celery's time limit and goes on next time
SOME_DAYS: Final = Period(date(1900, 1, 1), date(1900, 1, 2))
LONGEST_RUN: Final = timedelta(days=10)  # counted in one statement, well below its time limit
OF_SOURCE: Final = {
    source: [tally for tally in TALLIES.values() if tally.source == source] for source in SOURCES
}

# `scope` says for which products a record counts: all and what the customer held that day
# ("held"), all and its own ("own"), all only ("any"), its own only ("product").
RECOUNT: Final = """
WITH record (tally, scope, customer_id, product_id, day, outcome, reason) AS MATERIALIZED (
    {records}
), placed AS MATERIALIZED (
    SELECT record.*, customer.team_id
    FROM record JOIN customers_customer AS customer ON customer.id = record.customer_id
), held AS (
    SELECT DISTINCT served.customer_id, served.day, holding.product_id
    FROM (SELECT DISTINCT customer_id, day FROM record WHERE scope = 'held') AS served
    JOIN customers_holding AS holding
      ON holding.customer_id = served.customer_id AND holding.opened_on <= served.day
     AND (holding.cancelled_on IS NULL OR holding.cancelled_on >= served.day)
), spread AS (
    SELECT tally, team_id, NULL::bigint AS product_id, day, outcome, reason
    FROM placed WHERE scope <> 'product'
    UNION ALL
    SELECT tally, team_id, product_id, day, outcome, reason
    FROM placed WHERE scope IN ('own', 'product') AND product_id IS NOT NULL
    UNION ALL
    SELECT tally, team_id, held.product_id, day, outcome, reason
    FROM placed JOIN held USING (customer_id, day) WHERE scope = 'held'
), of_teams AS (
    SELECT tally, team_id, product_id, day, outcome, reason, count(*) AS n FROM spread
    GROUP BY tally, team_id, product_id, day, outcome, reason
), fresh AS (
    SELECT tally, team_id, product_id, day, outcome, reason, n FROM of_teams
    UNION ALL
    SELECT tally, NULL, product_id, day, outcome, reason, sum(n) FROM of_teams
    GROUP BY tally, product_id, day, outcome, reason
), change AS (
    SELECT tally, team_id, product_id, day, outcome, reason, sum(n)::int AS n FROM (
        SELECT tally, team_id, product_id, day, outcome, reason, n FROM fresh
        UNION ALL
        SELECT tally, team_id, product_id, start_on, outcome, reason, -n FROM insights_figure
        WHERE tally = ANY(%s) AND grain = 'day' AND start_on BETWEEN %s AND %s
    ) AS both_counts
    GROUP BY tally, team_id, product_id, day, outcome, reason HAVING sum(n) <> 0
), written AS (
    INSERT INTO insights_figure (tally, grain, start_on, team_id, product_id, outcome, reason, n)
    SELECT tally, 'day', day, team_id, product_id, outcome, reason, n FROM change
    UNION ALL
    SELECT tally, 'month', date_trunc('month', day)::date AS month, team_id, product_id,
           outcome, reason, sum(n)
    FROM change WHERE tally = ANY(%s)
    GROUP BY tally, month, team_id, product_id, outcome, reason HAVING sum(n) <> 0
    ON CONFLICT (tally, product_id, grain, team_id, start_on, outcome, reason)
    DO UPDATE SET n = insights_figure.n + excluded.n
)
SELECT count(*) FROM change
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring days on which the same sources are counted in one step."""

    sources: tuple[str, ...]
    first: date
    last: date


def recount(tallies: Iterable[Tally], *, first: date, last: date) -> int:
    """Make the figures of these days equal to the raw rows; how many figures changed."""
    days = Period(first, last)
    actual = {
        SOME_DAYS.first: days.first,
        SOME_DAYS.last: days.last,
        SOME_DAYS.start: days.start,
        SOME_DAYS.end: days.end,
    }
    keys, with_months, selects = [], [], []
    values: list[Any] = []
    for tally in tallies:
        sql, bound = _compiled(tally.key, timezone.get_default_timezone_name())
        selects.append(sql)
        values += [actual.get(value, value) for value in bound]
        keys.append(tally.key)
        with_months += [tally.key] if tally.has_months else []
    sql = RECOUNT.format(records="\n    UNION ALL\n    ".join(selects))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, keys, first, last, with_months])
        return int(cursor.fetchone()[0])


@cache
def _compiled(key: str, _time_zone: str) -> tuple[str, tuple[Any, ...]]:
    """The tally's records as SQL for SOME_DAYS, whose bounds the caller replaces."""
    tally = TALLIES[key]
    if tally.product_of is not ProductOf.STAY:
        return _select(tally, scope=tally.product_of.value, by_product=False)
    everything, values = _select(tally, scope="any", by_product=False)
    single, more = _select(tally, scope="product", by_product=True)
    return f"{everything} UNION ALL {single}", (*values, *more)


def _select(tally: Tally, *, scope: str, by_product: bool) -> tuple[str, tuple[Any, ...]]:
    records = tally.records(by_product).annotate(
        counted_as=Value(tally.key), counted_for=Value(scope)
    )
    if scope in ("held", "any"):
        nothing = Cast(Value(None), BigIntegerField())
        records = records.annotate(no_product=nothing)
    product = "no_product" if scope in ("held", "any") else "own_product"
    columns = ("counted_as", "counted_for", "customer_id", product, "day", "outcome", "reason")
    bound = between(records, tally, first=SOME_DAYS.first, last=SOME_DAYS.last).order_by()
    sql, values = bound.values_list(*columns).query.sql_with_params()
    return sql, tuple(values)


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
        for tallies in OF_SOURCE.values():
            if _has_anything(tallies, days):
                recount(tallies, first=days.first, last=days.last)
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
        tallies = [tally for source in run.sources for tally in OF_SOURCE[source]]
        recount(tallies, first=run.first, last=run.last)
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
