"""What do the lines of a file change in the products of the draft?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from offers.forms import ProductForm
from offers.release.lines import AS_IT_IS, Cells, Tried
from offers.release.sheets import NO, YES, Sheet
from products.models import Product, ProductCategory

FIELDS = {
    "name": "name",
    "kind": "category",
    "summary": "summary",
    "currency": "currency",
    "terms": "terms",
    "benefit formula": "benefit_formula",
    "benefit sentence": "benefit_sentence",
    "least benefit": "minimum_benefit",
    "lever": "lever",
    "safe for vulnerable": "safe_for_vulnerable",
    "withdrawn on": "withdrawn_on",
}
COLUMN_OF = {name: column for column, name in FIELDS.items()} | {"code": "code"}


def looked_at(rows: list[tuple[int, Cells]], found: Tried) -> None:
    known = {product.code: product for product in Product.objects.select_related("category")}
    kinds = dict(ProductCategory.objects.values_list("code", "pk"))
    before = {str(row[0]): tuple(map(str, row)) for row in found.sheet.rows()}
    seen: set[str] = set()
    for number, cells in rows:
        code = cells["code"]
        if code in seen:
            found.wrong(number, code, f"“{code}” stands in the file twice. Keep one line.")
            continue
        seen.add(code)
        if words := _wrong_product(cells, kinds):
            found.wrong(number, code, words)
            continue
        form = ProductForm(_as_typed(cells, kinds), instance=known.get(code))
        if not form.is_valid():
            found.wrong(number, code, _errors(form))
            continue
        found.told(number, cells["name"], _product_change(cells, before.get(code), found.sheet))
        found.writes.append(form.save)


def _wrong_product(cells: Cells, kinds: dict[str, int]) -> str:
    if cells["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        return f"There is no kind of product “{cells['kind']}”. Known are: {known}."
    if cells["safe for vulnerable"] not in (YES, NO):
        return "“safe for vulnerable” is answered by yes or no."
    return ""


def _as_typed(cells: Cells, kinds: dict[str, int]) -> dict[str, Any]:
    typed: dict[str, Any] = {name: cells[column] for column, name in FIELDS.items()}
    return typed | {
        "code": cells["code"],
        "category": kinds[cells["kind"]],
        "terms": "\n".join(cells["terms"].split(";")),
        "safe_for_vulnerable": cells["safe for vulnerable"] == YES,
    }


def _errors(form: ProductForm) -> str:
    return " ".join(
        f"{COLUMN_OF.get(name, name)}: {error}"
        for name, errors in form.errors.items()
        for error in errors
    )


def _product_change(cells: Cells, before: tuple[str, ...] | None, sheet: Sheet) -> str:
    if before is None:
        return "is new."
    pairs = [
        f"{column} “{old}” becomes “{cells[column]}”"
        for column, old in zip(sheet.columns, before, strict=True)
        if _plain(old) != _plain(cells[column])
    ]
    return f"{'; '.join(pairs)}." if pairs else AS_IT_IS


def _plain(cell: str) -> str:
    """Figures compare as figures: 1.1 is 1.10."""
    try:
        return f"{Decimal(cell).normalize():f}"
    except InvalidOperation:
        return cell
