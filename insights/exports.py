"""How do records leave as a file that no spreadsheet mistakes for formulas?

OWASP "CSV injection", ASVS 5 1.2.10: a cell that a spreadsheet might run is led in by an
apostrophe, also behind blanks and in full-width letters; every cell is quoted (RFC 4180).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from insights.records import Listing

STARTERS: Final = "=+-@|%"
BYTE_ORDER_MARK: Final = "\ufeff"  # tells a spreadsheet that this is UTF-8


def safe(value: Any) -> str:
    """The cell as text that stays text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    bare = unicodedata.normalize("NFKC", text)
    shown = bare.lstrip("".join(letter for letter in set(bare) if _is_blank(letter)))
    starts_blank = bool(bare) and _is_blank(bare[0]) and bare[0] != " "
    return f"'{text}" if starts_blank or shown[:1] in tuple(STARTERS) else text


def _is_blank(letter: str) -> bool:
    """White space, controls and letters without width: a spreadsheet may look past them."""
    return letter.isspace() or unicodedata.category(letter) in {"Cc", "Cf"}


def lines(listing: Listing) -> Iterator[str]:
    """The listing as CSV, line by line."""
    yield BYTE_ORDER_MARK + _line(listing.headings)
    for row in listing.all_rows():
        yield _line(safe(cell) for cell in row.cells)


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
