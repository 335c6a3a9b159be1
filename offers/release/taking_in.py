"""What would a CSV file change in the draft, line by line? And then: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from needs.models import NeedFit, NeedType
from offers import publishing
from offers.changes import plain_rule
from offers.forms import ProductForm
from offers.release.drafting import replace, rules_of
from offers.release.sheets import NO, YES, Sheet, read
from products.criteria import comparison_for
from products.fields import read_written
from products.models import Product, ProductCategory, Stage
from products.vocabulary import COMPARISONS, FACTS, WORDS

AS_IT_IS = "as it is"
Cells = dict[str, str]
Write = Callable[[], object]


class DraftChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody changed the draft since this file was tried. Try it again to see what it "
            "changes now."
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number, what it changes, or what is wrong with it."""

    number: int
    about: str
    words: str
    is_error: bool = False
    is_change: bool = False


@dataclass(slots=True)
class Tried:
    """A file tried on the draft; `mark` stands for the draft that it was tried on."""

    sheet: Sheet
    mark: str
    lines: list[Line] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(line.is_error for line in self.lines)

    @property
    def changes(self) -> int:
        return sum(line.is_change for line in self.lines)

    def wrong(self, number: int, about: str, words: str) -> None:
        self.lines.append(Line(number, about, words, is_error=True))

    def told(self, number: int, about: str, words: str) -> None:
        self.lines.append(Line(number, about, words, is_change=words != AS_IT_IS))


def tried(sheet: Sheet, text: str) -> Tried:
    """What the file would change; nothing is written. Raises NotASheet."""
    found = Tried(sheet, publishing.digest_of(publishing.draft_content()))
    rows = read(sheet, text)
    {"products": _products, "rules": _rules, "fits": _fits}[sheet.name](rows, found)
    found.lines.sort(key=lambda line: line.number)
    return found


def take_in(sheet: Sheet, text: str, *, mark: str, by: User) -> Tried:
    """Write all that the file changes. Raises RuleBroken, then nothing has changed."""
    with transaction.atomic():
        publishing.one_at_a_time()
        found = tried(sheet, text)
        if found.mark != mark:
            raise DraftChanged
        if found.errors:
            raise RuleBroken("Nothing was changed: the file has errors. Mend them first.")
        for write in found.writes:
            write()
        AuditEntry.record(
            by=by,
            verb="sheet taken in",
            subject=by,
            detail={"sheet": sheet.name, "changes": found.changes},
        )
    return found


# --- Products ---------------------------------------------------------------------------------

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


def _products(rows: list[tuple[int, Cells]], found: Tried) -> None:
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


# --- Rules: the lines of a product replace all rules that it has --------------------------------


def _rules(rows: list[tuple[int, Cells]], found: Tried) -> None:
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


# --- Fits -------------------------------------------------------------------------------------


def _fits(rows: list[tuple[int, Cells]], found: Tried) -> None:
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
