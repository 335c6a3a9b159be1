"""What do the lines of a file change in the rules? Those of a product replace all that it has."""

from __future__ import annotations

from typing import Any

from accounts.errors import RuleBroken
from offers.changes import plain_rule
from offers.release.drafting import replace, rules_of
from offers.release.lines import AS_IT_IS, Cells, Tried
from products.criteria import comparison_for
from products.fields import read_written
from products.models import Product, Stage
from products.vocabulary import COMPARISONS, FACTS, WORDS


def looked_at(rows: list[tuple[int, Cells]], found: Tried) -> None:
    known = {product.code: product for product in Product.objects.prefetch_related("rules")}
    of_product: dict[str, list[dict[str, Any]]] = {}
    before = {
        code: [plain_rule(rule, product.currency) for rule in rules_of(product)]
        for code, product in known.items()
        if code in {cells["product"] for _, cells in rows}
    }
    for number, cells in rows:
        product = known.get(cells["product"])
        try:
            if product is None:
                raise RuleBroken(f"There is no product “{cells['product']}”.")
            rule = _rule(cells)
        except RuleBroken as error:
            found.wrong(number, cells["product"], str(error))
            continue
        of_product.setdefault(product.code, []).append(rule)
        words = plain_rule(rule, product.currency)
        is_known = words in before[product.code]
        found.told(number, product.name, AS_IT_IS if is_known else f"new rule – {words}.")
    last = max((number for number, _ in rows), default=1)
    for code, rules in of_product.items():
        _replacing(known[code], rules, before[code], found, last)


def _replacing(
    product: Product, rules: list[dict[str, Any]], before: list[str], found: Tried, last: int
) -> None:
    after = [plain_rule(rule, product.currency) for rule in rules]
    for words in before:
        if words not in after:
            found.told(last + 1, product.name, f"rule gone – {words}.")
    found.writes.append(lambda: replace(product, rules))


def _rule(cells: Cells) -> dict[str, Any]:
    fact = FACTS.get(cells["fact"])
    if cells["stage"] not in Stage.values:
        raise RuleBroken(f"There is no stage “{cells['stage']}”. Write one of {', '.join(Stage)}.")
    if fact is None:
        raise RuleBroken(f"There is no fact “{cells['fact']}”. Known are: {', '.join(FACTS)}.")
    comparison = next(
        (
            one.value
            for one in COMPARISONS[fact.kind]
            if cells["comparison"] in (WORDS[one], one.value)
        ),
        cells["comparison"],
    )
    comparison_for(fact, comparison)
    if not 0 < len(cells["because"]) <= 200:
        raise RuleBroken("“because” tells the agent why, in at most 200 characters.")
    return {
        "stage": cells["stage"],
        "fact": fact.name,
        "comparison": comparison,
        "value": read_written(fact.name, cells["value"]),
        "either": _group(cells["any of"]),
        "because": cells["because"],
    }


def _group(cell: str) -> int | None:
    if not cell:
        return None
    if not cell.isascii() or not cell.isdigit() or int(cell[:6]) > 32_000:
        raise RuleBroken("“any of” is empty, or a number that alternatives share, such as 1.")
    return int(cell)
