"""What would publishing the draft change? In plain words, against what is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from accounts.errors import RuleBroken
from products.criteria import sentence
from products.figures import money
from products.models import Stage

NAMES = {
    "name": "name",
    "category": "category",
    "summary": "summary",
    "currency": "currency",
    "benefit_formula": "benefit formula",
    "benefit_sentence": "benefit sentence",
    "minimum_benefit": "least benefit a year",
    "lever": "lever",
}
POLICY = {
    "max_offers": "offers to one customer within the period",
    "max_surveys": "questions to one customer within the period",
    "max_contacts": "contacts of ours with one customer within the period",
    "period_days": "days of that period",
    "cooling_off_days": "days before a declined product is offered again",
    "need_floor": "need floor",
}
Row = Mapping[str, Any]


def changes(*, before: Row, after: Row) -> list[str]:
    """Every difference between two contents, one sentence each."""
    return [
        *_products(before, after),
        *_questions(before, after),
        *_pairs("The contact policy", POLICY, before["policy"], after["policy"]),
        *_need_types(before, after),
    ]


def product_changes(before: Row | None, after: Row) -> list[str]:
    """What is different about one product; `before` is None where it was not in force."""
    if before is None:
        return [f"{after['name']} is new."]
    return list(_product(before, after))


def plain_rule(rule: Row, currency: str) -> str:
    """A rule in words; what is wrong with it when it makes no sense."""
    try:
        words = sentence(
            fact=rule["fact"],
            comparison=rule["comparison"],
            value=rule["value"],
            currency=currency,
        )
    except RuleBroken as error:
        return str(error)
    either = f" (or another of group {rule['either']})" if rule["either"] is not None else ""
    return f"{Stage(rule['stage']).name.lower()}: {words}{either}, else “{rule['because']}”"


def _products(before: Row, after: Row) -> Iterator[str]:
    old = {row["code"]: row for row in before["products"]}
    new = {row["code"]: row for row in after["products"]}
    for code, row in new.items():
        yield from product_changes(old.get(code), row)
    for code, row in old.items():
        if code not in new:
            yield f"{row['name']} is withdrawn."


def _product(before: Row, after: Row) -> Iterator[str]:
    name = after["name"]
    for key, words in NAMES.items():
        if before[key] != after[key]:
            yield f"{name}: {words} {_told(key, before)} becomes {_told(key, after)}."
    if before["safe_for_vulnerable"] != after["safe_for_vulnerable"]:
        yield f"{name}: {'' if after['safe_for_vulnerable'] else 'no longer '}safe for vulnerable."
    yield from _pairs(name, None, before["terms"], after["terms"])
    yield from _pairs(f"{name}: fit for", None, before["fits"], after["fits"])
    if before["fulfilment"] != after["fulfilment"]:
        yield f"{name}: what accepting it starts is different."
    old = [plain_rule(rule, before["currency"]) for rule in before["rules"]]
    new = [plain_rule(rule, after["currency"]) for rule in after["rules"]]
    yield from (f"{name}: new rule – {rule}." for rule in new if rule not in old)
    yield from (f"{name}: rule gone – {rule}." for rule in old if rule not in new)


def _told(key: str, row: Row) -> str:
    if key == "minimum_benefit":
        return money(Decimal(row[key]), row["currency"])
    return f"“{row[key]}”"


def _pairs(about: str, names: Mapping[str, str] | None, before: Row, after: Row) -> Iterator[str]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        words = (names or {}).get(key, key)
        joint = " " if about.endswith("for") else ": "
        if old is None:
            yield f"{about}{joint}{words} is new, {new}."
        elif new is None:
            yield f"{about}{joint}{words} is gone."
        else:
            yield f"{about}{joint}{words} {old} becomes {new}."


def _questions(before: Row, after: Row) -> Iterator[str]:
    old = {row["code"]: row for row in before["questions"]}
    new = {row["code"]: row for row in after["questions"]}
    for code, row in new.items():
        if code not in old:
            yield f"The question “{row['text']}” is new."
        elif row != old[code]:
            yield f"The question “{row['text']}” or its answers are different."
    for code, row in old.items():
        if code not in new:
            yield f"The question “{row['text']}” is no longer asked."


def _need_types(before: Row, after: Row) -> Iterator[str]:
    old, new = before["need_types"], after["need_types"]
    for code, row in new.items():
        if code not in old:
            yield f"The kind of need “{row['name']}” is new."
        elif row != old[code]:
            yield f"The kind of need “{row['name']}” is described differently."
    for code, row in old.items():
        if code not in new:
            yield f"The kind of need “{row['name']}” is retired."
