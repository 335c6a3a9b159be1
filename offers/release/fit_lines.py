"""What do the lines of a file change in how well products answer needs?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from accounts.errors import RuleBroken
from needs.models import NeedFit, NeedType
from offers.release.lines import AS_IT_IS, Cells, Tried, Write
from products.models import Product


def looked_at(rows: list[tuple[int, Cells]], found: Tried) -> None:
    products = {product.code: product for product in Product.objects.all()}
    needs = {need.code: need for need in NeedType.objects.all()}
    before = {(fit.product_id, fit.need_type_id): fit.fit for fit in NeedFit.objects.all()}
    seen: set[tuple[str, str]] = set()
    for number, cells in rows:
        product, need = products.get(cells["product"]), needs.get(cells["need"])
        key = (cells["product"], cells["need"])
        try:
            if product is None:
                raise RuleBroken(f"There is no product “{cells['product']}”.")
            if need is None:
                raise RuleBroken(f"There is no need “{cells['need']}”. Known: {', '.join(needs)}.")
            if key in seen:
                raise RuleBroken("The product and the need stand in the file twice. Keep one line.")
            fit = _share(cells["fit"])
        except RuleBroken as error:
            found.wrong(number, cells["product"], str(error))
            continue
        seen.add(key)
        found.told(
            number,
            f"{product.name} for {need.name}",
            _fit_change(before.get((product.pk, need.pk)), fit),
        )
        found.writes.append(_fitting(product, need, fit))


def _fit_change(old: Decimal | None, fit: Decimal) -> str:
    if old is None:
        return f"is new, {fit:.2f}."
    return AS_IT_IS if old == fit else f"{old:.2f} becomes {fit:.2f}."


def _fitting(product: Product, need: NeedType, fit: Decimal) -> Write:
    def write() -> None:
        NeedFit.objects.update_or_create(product=product, need_type=need, defaults={"fit": fit})

    return write


def _share(cell: str) -> Decimal:
    try:
        fit = Decimal(cell)
    except InvalidOperation:
        fit = Decimal(-1)
    if not fit.is_finite() or not 0 <= fit <= 1:
        raise RuleBroken(f"“{cell}” is no fit. Write a number from 0 to 1, such as 0.95.")
    return fit.quantize(Decimal("0.01"))
