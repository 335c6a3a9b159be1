"""What do the roll-ups say for these days, this team, this product? Three statements, no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection

from accounts.models import User
from insights.models import Grain
from insights.periods import Period, Piece, before, shift
from insights.tallies import TALLIES

SUMMED: Final = tuple(
    key for key, tally in TALLIES.items() if tally.has_months and key != "lost_of_cohort"
)
MOVEMENT: Final = ("came", "lost")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of these teams (None: all there are), of one product or of all."""

    team_ids: tuple[int, ...] | None
    product_id: int | None = None

    @classmethod
    def of(cls, user: User, *, team_id: int | None = None, product_id: int | None = None) -> Scope:
        """What the user may see, narrowed to one of their teams."""
        if team_id is not None:
            return cls((team_id,), product_id)
        return cls(None if user.is_administrator else tuple(user.team_ids), product_id)

    def condition(self) -> tuple[str, list[Any]]:
        """SQL over the unique index of `insights_figure`, and its values."""
        parts, values = [], []
        for column, value in (("team_id", self.team_ids), ("product_id", self.product_id)):
            if value is None:
                parts.append(f"figure.{column} IS NULL")
            else:
                parts.append(f"figure.{column} = ANY(%s)")
                values.append(list(value) if isinstance(value, tuple) else [value])
        return " AND ".join(parts), values


@dataclass(slots=True)
class Sums:
    """Sums over one period by tally, outcome and reason; what is missing is 0."""

    by_key: dict[tuple[str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, tally: str, *outcomes: str) -> int:
        """Records of the tally with one of the outcomes; of all outcomes when none is named."""
        return sum(
            sum(reasons.values())
            for (key, outcome), reasons in self.by_key.items()
            if key == tally and (not outcomes or outcome in outcomes)
        )

    def reasons(self, tally: str, *outcomes: str) -> dict[str, int]:
        """How many for which reason, the most frequent first."""
        total: dict[str, int] = defaultdict(int)
        for outcome in outcomes:
            for reason, n in self.by_key.get((tally, outcome), {}).items():
                total[reason] += n
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))

    @property
    def customers(self) -> int:
        """Those who came less those who left: customers at the end of an all-time period."""
        return self.of("came") - self.of("lost")


SUMS: Final = """
SELECT piece.name, figure.tally, figure.outcome,
       CASE WHEN figure.tally IN ('lost_since', 'came') THEN '' ELSE figure.reason END AS why,
       sum(figure.n)
FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::date[], %s::text[])
     AS piece (name, tallies, grain, first, last, since)
JOIN insights_figure AS figure
  ON figure.tally = ANY(string_to_array(piece.tallies, ',')) AND figure.grain = piece.grain
 AND figure.start_on BETWEEN piece.first AND piece.last
WHERE {scope} AND (piece.since = '' OR figure.reason < piece.since)
GROUP BY 1, 2, 3, 4
"""


def sums(scope: Scope, periods: Mapping[str, Period]) -> dict[str, Sums]:
    """Everything that is summed, for each named period, in one statement.

    Beside each name stands `<name>:before`, with who came and left ever before it, and in each
    period the tally `lost_since` counts those lost who were customers before it began.
    """
    rows: list[tuple[str, str, str, date, date, str]] = []
    for name, period in periods.items():
        rows += _pieces(name, SUMMED, period.pieces())
        rows += _pieces(f"{name}:before", MOVEMENT, before(period.first).pieces())
        whole = [Piece(Grain.DAY, period.first, period.last)]
        rows += _pieces(name, ("lost_since",), whole, since=period.first.isoformat())
    condition, values = scope.condition()
    found: dict[str, Sums] = defaultdict(Sums)
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(SUMS.format(scope=condition), [*columns, *values])
        for name, tally, outcome, reason, n in cursor.fetchall():
            found[name].by_key[tally, outcome][reason] = int(n)
    return found


def _pieces(
    name: str, tallies: Iterable[str], pieces: Iterable[Piece], *, since: str = ""
) -> list[tuple[str, str, str, date, date, str]]:
    keys = ",".join(tallies)
    return [(name, keys, piece.grain, piece.first, piece.last, since) for piece in pieces]


COHORTS: Final = """
SELECT CASE WHEN figure.tally = 'joined' THEN to_char(figure.start_on, 'YYYY-MM')
            ELSE figure.reason END AS cohort,
       figure.tally, figure.start_on, sum(figure.n)
FROM insights_figure AS figure
WHERE figure.tally IN ('joined', 'came', 'lost_of_cohort') AND figure.grain = 'month'
  AND figure.start_on BETWEEN %s AND %s AND {scope}
  AND (figure.tally = 'joined' OR figure.reason >= %s)
GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class Cohort:
    """Customers by the month of their first holding; `kept[k]` still held something k months on."""

    month: date
    size: int = 0
    kept: list[int] = field(default_factory=list)


def cohorts(scope: Scope, *, first: date, last: date, until: date) -> list[Cohort]:
    """The cohorts of the months `first` to `last`, each followed to the month `until`."""
    changes: dict[tuple[str, date], int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    condition, values = scope.condition()
    with connection.cursor() as cursor:
        earliest = first.strftime("%Y-%m")
        cursor.execute(COHORTS.format(scope=condition), [first, until, *values, earliest])
        for cohort, tally, month, n in cursor.fetchall():
            if tally == "joined":
                sizes[cohort] += int(n)
            else:
                changes[cohort, month] += int(n) if tally == "came" else -int(n)
    found, month = [], first
    while month <= last:
        name, kept, running, at = month.strftime("%Y-%m"), [], 0, month
        while at <= until:
            running += changes[name, at]
            kept.append(running)
            at = shift(at, 1)
        found.append(Cohort(month, sizes[name], kept))
        month = shift(month, 1)
    return found


SERIES: Final = """
SELECT date_trunc(%s, figure.start_on)::date AS bucket, figure.tally, figure.outcome, sum(figure.n)
FROM unnest(%s::text[], %s::date[], %s::date[]) AS piece (grain, first, last)
JOIN insights_figure AS figure
  ON figure.tally = ANY(%s) AND figure.grain = piece.grain
 AND figure.start_on BETWEEN piece.first AND piece.last
WHERE {scope}
GROUP BY 1, 2, 3
"""


def series(
    scope: Scope, *, tallies: Iterable[str], period: Period, by_month: bool
) -> dict[date, Sums]:
    """Sums of a few tallies by day or by month, for charts."""
    pieces = period.pieces() if by_month else [Piece(Grain.DAY, period.first, period.last)]
    condition, values = scope.condition()
    columns: list[Any] = [
        [piece.grain for piece in pieces],
        [piece.first for piece in pieces],
        [piece.last for piece in pieces],
    ]
    found: dict[date, Sums] = defaultdict(Sums)
    with connection.cursor() as cursor:
        unit = Grain.MONTH if by_month else Grain.DAY
        cursor.execute(SERIES.format(scope=condition), [unit, *columns, list(tallies), *values])
        for bucket, tally, outcome, n in cursor.fetchall():
            found[bucket].by_key[tally, outcome][""] = int(n)
    return found
