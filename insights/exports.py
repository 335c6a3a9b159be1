"""How do records leave as a file that no spreadsheet mistakes for formulas?"""

from __future__ import annotations

from collections.abc import Iterator

from accounts.spreadsheets import BYTE_ORDER_MARK, line, safe
from insights.records import Listing

__all__ = ["BYTE_ORDER_MARK", "lines", "safe"]


def lines(listing: Listing) -> Iterator[str]:
    """The listing as CSV, line by line."""
    yield BYTE_ORDER_MARK + line(listing.headings)
    for row in listing.all_rows():
        yield line(safe(cell) for cell in row.cells)
