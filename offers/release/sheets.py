"""How do products, rules and fits leave as CSV files, and which columns come back?"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from accounts.errors import RuleBroken
from accounts.spreadsheets import BYTE_ORDER_MARK, line, safe, unquoted
from needs.models import NeedFit
from products.fields import written
from products.models import Product, ProductRule
from products.vocabulary import WORDS, Comparison

LARGEST: Final = 500_000  # bytes of one file
MOST_LINES: Final = 2_000
LONGEST_CELL: Final = 2_000
YES, NO = "yes", "no"


class NotASheet(RuleBroken):
    """The file cannot be read as this sheet; the message says what would do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of file: its columns by name, and the rows that the draft has now."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[tuple[object, ...]]]


def _products() -> Iterator[tuple[object, ...]]:
    for one in Product.objects.select_related("category").order_by("code"):
        yield (
            one.code,
            one.name,
            one.category.code,
            one.summary,
            one.currency,
            "; ".join(f"{name} = {written(value)}" for name, value in one.terms.items()),
            one.benefit_formula,
            one.benefit_sentence,
            f"{one.minimum_benefit:.2f}",
            f"{one.lever:.2f}",
            YES if one.safe_for_vulnerable else NO,
            one.withdrawn_on or "",
        )


def _rules() -> Iterator[tuple[object, ...]]:
    rules = ProductRule.objects.select_related("product").order_by("product__code", "pk")
    for rule in rules:
        yield (
            rule.product.code,
            rule.stage,
            rule.fact,
            WORDS[Comparison(rule.comparison)],
            written(rule.value),
            "" if rule.either is None else rule.either,
            rule.because,
        )


def _fits() -> Iterator[tuple[object, ...]]:
    fits = NeedFit.objects.order_by("product__code", "need_type__code")
    for product, need_type, fit in fits.values_list("product__code", "need_type__code", "fit"):
        yield product, need_type, f"{fit:.2f}"


SHEETS: Final = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "products",
            "Products",
            (
                *("code", "name", "kind", "summary", "currency", "terms", "benefit formula"),
                *("benefit sentence", "least benefit", "lever", "safe for vulnerable"),
                "withdrawn on",
            ),
            _products,
        ),
        Sheet(
            "rules",
            "Rules",
            ("product", "stage", "fact", "comparison", "value", "any of", "because"),
            _rules,
        ),
        Sheet("fits", "Fits for needs", ("product", "need", "fit"), _fits),
    )
}


def exported(sheet: Sheet) -> Iterator[str]:
    """The sheet as CSV, line by line; no cell is a formula."""
    yield BYTE_ORDER_MARK + line(sheet.columns)
    for row in sheet.rows():
        yield line(safe(cell) for cell in row)


def decoded(raw: bytes) -> str:
    """The file as text. Raises NotASheet for one that is too large or no UTF-8."""
    if len(raw) > LARGEST:
        raise NotASheet(f"The file is larger than {LARGEST // 1000} kB. Split it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotASheet("The file is not UTF-8. Save it as “CSV UTF-8” and try again.") from None


def read(sheet: Sheet, text: str) -> list[tuple[int, dict[str, str]]]:
    """Every line with its number in the file, cells by their columns. Raises NotASheet."""
    if len(text.encode()) > LARGEST:
        raise NotASheet(f"The file is larger than {LARGEST // 1000} kB. Split it.")
    if "\x00" in text:
        raise NotASheet("The file holds characters that are no text. Export the sheet and edit it.")
    reader = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)), strict=True)
    try:
        heading = tuple(cell.strip().lower() for cell in next(reader, []))
        if heading != sheet.columns:
            raise NotASheet(f"The first line must name the columns: {', '.join(sheet.columns)}.")
        return [(number, cells) for number, cells in _lines(sheet, reader)]
    except csv.Error as error:
        raise NotASheet(
            f"Line {reader.line_num} is no CSV: {error}. Export the sheet and edit it."
        ) from None


def _lines(sheet: Sheet, reader: Iterator[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    for count, cells in enumerate(reader, start=1):
        if count > MOST_LINES:
            raise NotASheet(f"The file has more than {MOST_LINES:,} lines. Split it.")
        number = count + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(sheet.columns):
            raise NotASheet(
                f"Line {number} has {len(cells)} cells; {len(sheet.columns)} are needed."
            )
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise NotASheet(f"Line {number} has a cell longer than {LONGEST_CELL:,} characters.")
        yield (
            number,
            dict(zip(sheet.columns, (unquoted(cell).strip() for cell in cells), strict=True)),
        )
