"""The benefit formula says the same of a customer in memory and as SQL."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from customers.models import Customer
from offers import facts
from offers.arbitration import ARITHMETIC
from offers.benefits import FigureUnknown, NotAFormula, numeric_facts, read_formula
from offers.release.worth import TOO_LARGE, as_sql, facts_of_formula
from tests.cast import Cast
from tests.offers.test_facts import AT
from tests.offers.test_rules_as_sql import inhabit

pytestmark = pytest.mark.django_db
FORMULAS = 250
TERMS = {"rate": "4.10", "fee": "0", "limit": "1000"}


def formula(chance: Random, depth: int = 0) -> str:
    if depth == 3 or chance.random() < 0.3:
        leaves = [*numeric_facts(), *TERMS, "12", "0.5", "100", "0"]
        return chance.choice(leaves)
    left, right = formula(chance, depth + 1), formula(chance, depth + 1)
    kind = chance.choice(["+", "-", "*", "/", "min", "max", "minus"])
    if kind in ("min", "max"):
        return f"{kind}({left}, {right})"
    return f"-({left})" if kind == "minus" else f"({left}) {kind} ({right})"


def in_memory(source: str, figures: dict[str, Decimal | None]) -> Decimal | None:
    try:
        return read_formula(source, TERMS).worth(figures)
    except FigureUnknown:
        return None


def test_random_formulas_are_worth_the_same_in_memory_and_as_sql(people: Cast) -> None:
    chance = Random(4)
    inhabit(people, chance)
    known = {
        pk: facts.restored(facts.facts_of(customer_id=pk, at=AT))
        for pk in Customer.objects.values_list("pk", flat=True)
    }
    told = 0
    for _ in range(FORMULAS):
        source = formula(chance)
        base = facts.annotated(
            Customer.objects.all(), at=AT, names=facts_of_formula(source, TERMS)
        ).annotate(worth=as_sql(source, TERMS))
        in_sql = dict(base.values_list("pk", "worth"))
        for pk, figures in known.items():
            expected = in_memory(source, figures)  # type: ignore[arg-type]
            found = in_sql[pk] if in_sql[pk] is None or in_sql[pk] < TOO_LARGE else None
            assert found == expected, source
            told += expected is not None
    assert told > FORMULAS * len(known) / 3


def test_memory_and_sql_round_half_up() -> None:
    assert ARITHMETIC.prec == 28
    assert read_formula("0.125", {}).worth({}) == Decimal("0.13")


@pytest.mark.parametrize("source", ["__import__('os')", "gender * 2", "1 +", "x.y", "a" * 301])
def test_what_is_no_formula_never_becomes_sql(source: str) -> None:
    with pytest.raises(NotAFormula):
        as_sql(source, {})
