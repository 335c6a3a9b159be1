"""How do cells leave and come back so that no spreadsheet mistakes them for formulas?

OWASP "CSV injection", ASVS 5 1.2.10: a cell that a spreadsheet might run is led in by an
apostrophe, also behind blanks and in full-width letters; every cell is quoted (RFC 4180).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

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


def unquoted(cell: str) -> str:
    """A cell as it was before `safe` led it in by an apostrophe."""
    return cell[1:] if cell[:1] == "'" and safe(cell[1:]) == cell else cell


def _is_blank(letter: str) -> bool:
    """White space, controls and letters without width: a spreadsheet may look past them."""
    return letter.isspace() or unicodedata.category(letter) in {"Cc", "Cf"}


def line(cells: Iterable[str]) -> str:
    """One row of a CSV file."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
