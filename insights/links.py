"""Which way leads from a figure to the records behind it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from insights.measures import Filters
from insights.periods import Period


@dataclass(frozen=True, slots=True)
class Links:
    """The way from a figure to its records, with the page's own filters."""

    root: str
    query: tuple[tuple[str, str], ...]

    @classmethod
    def for_filters(cls, filters: Filters, *, root: str) -> Links:
        period = filters.period
        query = [("start", period.first.isoformat()), ("end", period.last.isoformat())]
        query += [("team", str(filters.team_id))] if filters.team_id else []
        query += [("product", str(filters.product_id))] if filters.product_id else []
        return cls(root, tuple(query))

    def on(self, days: Period) -> Links:
        """The same, for some days of the period."""
        dates = [("start", days.first.isoformat()), ("end", days.last.isoformat())]
        return Links(self.root, (*dates, *self.query[2:]))

    def to(self, key: str, **part: Any) -> str:
        pairs = [(name, value) for name, value in part.items() if value is not None]
        return f"{self.root}{key}/?{urlencode([*self.query, *pairs])}"
