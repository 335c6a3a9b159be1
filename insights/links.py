"""Which way leads from a figure to the records behind it?"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote_plus

from insights.measures import Filters
from insights.periods import Period


@dataclass(frozen=True, slots=True)
class Links:
    """The way from a figure to its records, with the page's own filters."""

    root: str
    start: str
    end: str
    narrowed: str

    @classmethod
    def for_filters(cls, filters: Filters, *, root: str) -> Links:
        parts = {"team": filters.team_id, "product": filters.product_id}
        narrowed = "".join(f"&{name}={pk}" for name, pk in parts.items() if pk is not None)
        period = filters.period
        return cls(root, period.first.isoformat(), period.last.isoformat(), narrowed)

    @property
    def query(self) -> str:
        return f"start={self.start}&end={self.end}{self.narrowed}"

    def on(self, days: Period) -> Links:
        """The same, for some days of the period."""
        return Links(self.root, days.first.isoformat(), days.last.isoformat(), self.narrowed)

    def to(self, key: str, **part: str | int | None) -> str:
        more = "".join(
            f"&{name}={quote_plus(str(value))}" for name, value in part.items() if value is not None
        )
        return f"{self.root}{key}/?{self.query}{more}"
