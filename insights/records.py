"""Which records stand behind a figure, page by page and as a file?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from insights.measures import (
    MEASURES,
    STANDINGS,
    AnyRecords,
    Filters,
    Measure,
    cohort,
)

PAGE: Final = 50
EARLIEST, MOST_MONTHS = date(1900, 1, 1), 1200
CHUNK: Final = 2000  # rows of an export that are fetched at a time


class NotAPlace(ValueError):
    """The place in a list that was asked for is none."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Records in a fixed order with what is shown of them; `at` is the column they go by."""

    key: str
    name: str
    meaning: str
    records: AnyRecords
    at: str
    columns: Mapping[str, str]
    outcomes: Mapping[str, str]
    reasons: Mapping[str, str]

    @property
    def headings(self) -> list[str]:
        return [*self._fixed, *self.columns]

    @property
    def _fixed(self) -> list[str]:
        people = ["Customer", "Team"]
        return people if self._of_customers else ["Day", *people, "What", "Outcome", "Reason"]

    @property
    def _of_customers(self) -> bool:
        return self.records.model is Customer

    def page(self, after: str = "") -> Page:
        """At most 50 rows after a place. Raises NotAPlace."""
        rows = list(self._rows(after)[: PAGE + 1])
        following = self._place(rows[PAGE - 1]) if len(rows) > PAGE else ""
        return Page([self._shown(row) for row in rows[:PAGE]], following, not after)

    def all_rows(self) -> Iterator[Row]:
        """Every row, fetched piece by piece, so that no statement lasts and no list grows."""
        after = ""
        while True:
            rows = list(self._rows(after)[:CHUNK])
            yield from (self._shown(row) for row in rows)
            if len(rows) < CHUNK:
                return
            after = self._place(rows[-1])

    def _rows(self, after: str) -> QuerySet[Any, dict[str, Any]]:
        rows = self.records.annotate(record_at=F(self.at))
        if after:
            at, pk = self._read(after)
            rows = rows.filter(Q(**{f"{self.at}__lt": at}) | Q(**{self.at: at, "pk__lt": pk}))
            rows = rows.filter(**{f"{self.at}__lte": at})
        values = ["pk", "record_at", *self.columns.values()]
        if self._of_customers:
            values += ["name", "team__name"]
        else:
            values += ["customer_id", "customer__name", "customer__team__name"]
            values += ["shown", "outcome", "reason", "day"]
        ordered: QuerySet[Any, dict[str, Any]] = rows.order_by(f"-{self.at}", "-pk").values(*values)
        return ordered

    def _shown(self, row: dict[str, Any]) -> Row:
        more = [row[column] for column in self.columns.values()]
        if self._of_customers:
            return Row(row["pk"], [row["name"], row["team__name"], *more], customer_at=0)
        outcome = self.outcomes.get(row["outcome"], row["outcome"])
        reason = self.reasons.get(row["reason"], row["reason"])
        cells = [row["day"], row["customer__name"], row["customer__team__name"]]
        return Row(
            row["customer_id"], [*cells, row["shown"], outcome, reason, *more], customer_at=1
        )

    def _place(self, row: dict[str, Any]) -> str:
        at = row["record_at"]
        return f"{at.isoformat() if hasattr(at, 'isoformat') else at}~{row['pk']}"

    def _read(self, after: str) -> tuple[Any, int]:
        text, _, pk = after.partition("~")
        try:
            if self.at == "pk":
                return int(text), int(pk)
            if self.at.endswith("_on"):
                return date.fromisoformat(text), int(pk)
            at = datetime.fromisoformat(text)
            return (at if timezone.is_aware(at) else timezone.make_aware(at)), int(pk)
        except ValueError as error:
            raise NotAPlace(after) from error


@dataclass(frozen=True, slots=True)
class Row:
    """One record as cells under the headings of its listing."""

    customer_id: int
    cells: list[Any]
    customer_at: int

    @property
    def marked(self) -> list[tuple[str, Any]]:
        """Each cell with what it is: the customer, a day, a moment, or words."""
        return [(self._kind(place, cell), cell) for place, cell in enumerate(self.cells)]

    def _kind(self, place: int, cell: Any) -> str:
        if place == self.customer_at:
            return "customer"
        if isinstance(cell, datetime):
            return "moment"
        return "day" if isinstance(cell, date) else "words"


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    following: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a measure: one outcome, one reason, one cell of the cohort table."""

    outcome: str = ""
    reason: str | None = None
    cohort: date | None = None
    months: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        """What an address asks for. Raises ValueError when that is nothing."""
        reason = query.get("reason")
        if reason is not None and not reason.isprintable():
            raise ValueError(reason)
        if "cohort" not in query:
            return cls(query.get("outcome", ""), reason)
        month = date.fromisoformat(f"{query['cohort']}-01")
        months = int(query["months"]) if "months" in query else None
        if not EARLIEST <= month <= timezone.localdate() or not 0 <= (months or 0) <= MOST_MONTHS:
            raise ValueError(month)
        return cls(cohort=month, months=months)


def listing(
    key: str, *, user: User, filters: Filters, asked: Asked, need_types: Mapping[str, str]
) -> Listing:
    """The records behind one figure. Raises KeyError when there is no such measure or outcome."""
    if key == "cohort":
        return _of_cohort(user=user, filters=filters, asked=asked)
    if key in STANDINGS:
        return _standing(key, user=user, filters=filters)
    measure = MEASURES[key]
    if asked.outcome and asked.outcome not in measure.outcomes:
        raise KeyError(asked.outcome)
    records = measure.records(user, filters, outcome=asked.outcome, reason=asked.reason)
    return Listing(
        key=key,
        name=measure.listed_as or measure.name,
        meaning=measure.meaning,
        records=records.annotate(shown=measure.what),
        at=measure.tally.at,
        columns=measure.columns,
        outcomes=measure.outcomes,
        reasons=reasons_of(measure, need_types),
    )


def reasons_of(measure: Measure, need_types: Mapping[str, str]) -> Mapping[str, str]:
    """Words for the reasons of a measure: of a need type, of the yardstick, or as recorded."""
    words = measure.reason_words or need_types
    return {**words, "": "–"}


def _standing(key: str, *, user: User, filters: Filters) -> Listing:
    standing = STANDINGS[key]
    records = standing.records(user, filters)
    shared = {"key": key, "name": standing.name, "meaning": standing.meaning}
    if records.model is Customer:
        columns = {"Customer since": "customer_since"}
        return Listing(**shared, records=records, at="pk", columns=columns, outcomes={}, reasons={})
    return Listing(
        **shared,
        records=records.annotate(shown=F("product__name")),
        at="cancelled_on",
        columns={"Because": "cancelled_because"},
        outcomes={"lost": "Lost"},
        reasons={},
    )


def _of_cohort(*, user: User, filters: Filters, asked: Asked) -> Listing:
    if asked.cohort is None:
        raise KeyError("cohort")
    after = asked.months
    joined = f"{asked.cohort:%B %Y}"
    still = "" if after is None else f", customers still at the end of month {after}"
    return Listing(
        key="cohort",
        name=f"Joined in {joined}{still}",
        meaning="Customers by the month of their first holding.",
        records=cohort(user, filters, month=asked.cohort, after=after).annotate(
            shown=F("product__name")
        ),
        at="opened_on",
        columns={},
        outcomes={"joined": "Joined"},
        reasons={"": "–"},
    )
