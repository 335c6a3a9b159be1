"""How are the figures of a few days made equal to the raw rows? One statement, whatever is asked.

Records are grouped by what their customer held before they are spread over products: the spread
costs as many rows as there are combinations of products, not as there are records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from django.db import connection
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Cast
from django.utils import timezone

from insights.periods import Period
from insights.tallies import IN_ONE_PASS, OF_SOURCE, between
from insights.tallies.tally import AnyRecords, ProductOf, Tally

SOME_DAYS: Final = Period(date(1900, 1, 1), date(1900, 1, 2))
Select = tuple[str, tuple[Any, ...]]  # SQL and its values
NO_HELD: Final = """SELECT NULL::text, NULL::bigint, NULL::date, NULL::text, NULL::text
    WHERE false"""
NO_OWN: Final = """SELECT NULL::text, NULL::text, NULL::bigint, NULL::bigint, NULL::date,
           NULL::text, NULL::text
    WHERE false"""

# `scope` says for which products a record counts: all and its own ("own"), all only ("any"),
# its own only ("product"). Held are those that count for all and what the customer held that day.
RECOUNT: Final = """
WITH held (tally, customer_id, day, outcome, reason) AS MATERIALIZED (
    {held}
), own (tally, scope, customer_id, product_id, day, outcome, reason) AS MATERIALIZED (
    {own}
), served AS MATERIALIZED (
    SELECT seen.customer_id, seen.day, customer.team_id, ARRAY(
        SELECT holding.product_id FROM customers_holding AS holding
        WHERE holding.customer_id = seen.customer_id AND holding.opened_on <= seen.day
          AND (holding.cancelled_on IS NULL OR holding.cancelled_on >= seen.day)
    ) AS products
    FROM (SELECT DISTINCT customer_id, day FROM held ORDER BY customer_id) AS seen
    JOIN customers_customer AS customer ON customer.id = seen.customer_id
), grouped AS MATERIALIZED (
    SELECT tally, 'held' AS scope, team_id, products, day, outcome, reason, count(*) AS n
    FROM held LEFT JOIN served USING (customer_id, day) -- LEFT, so that none are taken for few
    GROUP BY tally, team_id, products, day, outcome, reason
    UNION ALL
    SELECT tally, scope, customer.team_id, array_remove(ARRAY[product_id], NULL), day,
           outcome, reason, count(*)
    FROM own JOIN customers_customer AS customer ON customer.id = own.customer_id
    GROUP BY tally, scope, customer.team_id, product_id, day, outcome, reason
), spread AS (
    SELECT tally, team_id, NULL::bigint AS product_id, day, outcome, reason, n
    FROM grouped WHERE scope <> 'product'
    UNION ALL
    SELECT tally, team_id, product.id, day, outcome, reason, n
    FROM grouped CROSS JOIN LATERAL (SELECT DISTINCT unnest(products)) AS product (id)
), change AS (
    SELECT tally, team_id, product_id, day, outcome, reason, sum(n)::int AS n FROM (
        SELECT tally, team_id, product_id, day, outcome, reason, n FROM spread
        UNION ALL
        SELECT tally, NULL, product_id, day, outcome, reason, n FROM spread
        UNION ALL
        SELECT tally, team_id, product_id, start_on, outcome, reason, -n FROM insights_figure
        WHERE tally = ANY(%s) AND grain = 'day' AND start_on BETWEEN %s AND %s
    ) AS fresh_less_stored
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


def recount(sources: Iterable[str], *, first: date, last: date) -> int:
    """Make the figures of these days equal to the raw rows; how many figures changed."""
    days = Period(first, last)
    actual = {
        SOME_DAYS.first: days.first,
        SOME_DAYS.last: days.last,
        SOME_DAYS.start: days.start,
        SOME_DAYS.end: days.end,
    }
    counting = _counting(tuple(sources), timezone.get_default_timezone_name())
    values = [actual.get(value, value) for value in counting.values]
    with connection.cursor() as cursor:
        cursor.execute(counting.sql, [*values, counting.tallies, first, last, counting.with_months])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Counting:
    """The statement for some sources on SOME_DAYS, whose bounds among its values are exchanged."""

    sql: str
    values: list[Any]
    tallies: list[str]
    with_months: list[str]


@cache
def _counting(sources: tuple[str, ...], _time_zone: str) -> Counting:
    tallies = [tally for source in sources for tally in OF_SOURCE[source]]
    held, own = [], []
    for source in sources:
        if source in IN_ONE_PASS:
            held.append(_held(OF_SOURCE[source][0], IN_ONE_PASS[source](False), F("tally")))
            continue
        for tally in OF_SOURCE[source]:
            if tally.product_of is ProductOf.HELD:
                held.append(_held(tally, tally.records(False), Value(tally.key)))
            else:
                own += _own(tally)
    return Counting(
        RECOUNT.format(held=_union(held, NO_HELD), own=_union(own, NO_OWN)),
        [value for _, values in (*held, *own) for value in values],
        [tally.key for tally in tallies],
        [tally.key for tally in tallies if tally.has_months],
    )


def _union(selects: list[Select], nothing: str) -> str:
    return "\n    UNION ALL\n    ".join(sql for sql, _ in selects) or nothing


def _held(tally: Tally, records: AnyRecords, counted_as: Value | F) -> Select:
    columns = ("counted_as", "customer_id", "day", "outcome", "reason")
    return _select(tally, records.annotate(counted_as=counted_as), columns)


def _own(tally: Tally) -> list[Select]:
    """For all and for its own product; a stay with a product is another than a stay with us."""
    columns = ("counted_as", "counted_for", "customer_id", "counted_of", "day", "outcome", "reason")
    product = F("own_product")
    scopes: list[tuple[str, bool, Any]] = [("own", False, product)]
    if tally.product_of is ProductOf.STAY:
        nothing = Cast(Value(None), BigIntegerField())
        scopes = [("any", False, nothing), ("product", True, product)]
    return [
        _select(
            tally,
            tally.records(by_product).annotate(
                counted_as=Value(tally.key), counted_for=Value(scope), counted_of=counted_of
            ),
            columns,
        )
        for scope, by_product, counted_of in scopes
    ]


def _select(tally: Tally, records: AnyRecords, columns: tuple[str, ...]) -> Select:
    days = between(records, tally, first=SOME_DAYS.first, last=SOME_DAYS.last)
    sql, values = days.order_by().values_list(*columns).query.sql_with_params()
    return sql, tuple(values)
