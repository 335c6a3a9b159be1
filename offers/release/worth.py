"""What is a product worth a year to each customer of the base: the benefit formula as SQL?

`offers.benefits` has read and allowed the formula before; a property test holds both together.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    Expression,
    F,
    Func,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Greatest, Least, NullIf, Round
from django.db.models.lookups import Exact, IsNull

from offers.benefits import read_formula, read_terms
from offers.rules import PREFIX

FIGURE: Any = DecimalField(max_digits=40, decimal_places=16)
SIGNS: dict[type[ast.operator], str] = {
    ast.Add: CombinedExpression.ADD,
    ast.Sub: CombinedExpression.SUB,
    ast.Mult: CombinedExpression.MUL,
}
CHOICES: dict[str, type[Func]] = {"min": Least, "max": Greatest}
TOO_LARGE = Decimal(10) ** 26  # what memory cannot tell to the cent, it does not tell at all


def facts_of_formula(source: str, terms: Mapping[str, object]) -> frozenset[str]:
    """Raises NotAFormula."""
    return read_formula(source, terms).facts


def as_sql(source: str, terms: Mapping[str, object]) -> Expression:
    """The benefit to the cent over customers annotated by `offers.facts`; NULL where unknown.

    Raises NotAFormula.
    """
    read_formula(source, terms)
    tree = ast.parse(source.strip(), mode="eval")
    return Round(_part(tree.body, read_terms(terms)), precision=2, output_field=FIGURE)


def is_worth(column: str, least: Decimal) -> Q:
    """Whether that column of `as_sql` is at least so much and not too large; worked out once.

    Two comparisons would work it out twice: PostgreSQL puts the formula where its name stands.
    """
    bounds = Func(_number(least), _number(TOO_LARGE), template="ARRAY[%(expressions)s]")
    place = Func(F(column), bounds, function="width_bucket", output_field=IntegerField())
    return Q(Exact(place, 1))


def _part(node: ast.expr, terms: Mapping[str, Decimal]) -> Expression:  # noqa: PLR0911
    match node:
        case ast.Constant(value=value):
            return _number(Decimal(str(value)))
        case ast.Name(id=name) if name in terms:
            return _number(terms[name])
        case ast.Name(id=name):
            return Func(F(f"{PREFIX}{name}"), template="%(expressions)s", output_field=FIGURE)
        case ast.UnaryOp(operand=operand):
            return _combined("-", _number(Decimal(0)), _part(operand, terms))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            divisor = NullIf(_part(right, terms), _number(Decimal(0)))
            return _combined("/", _part(left, terms), divisor)
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(SIGNS[type(op)], _part(left, terms), _part(right, terms))
        case ast.Call(func=ast.Name(id=name), args=args):
            parts = [_part(arg, terms) for arg in args]
            return reduce(lambda one, other: _chosen(CHOICES[name], one, other), parts)
    raise TypeError(f"{type(node).__name__} is no part of a formula that was read")


def _number(value: Decimal) -> Expression:
    """Never an integer, which PostgreSQL would divide without a rest."""
    return Func(Value(value), template="(%(expressions)s)::numeric", output_field=FIGURE)


def _combined(sign: str, left: Expression, right: Expression) -> Expression:
    return CombinedExpression(left, sign, right, output_field=FIGURE)


def _chosen(choice: type[Func], one: Expression, other: Expression) -> Expression:
    """The smaller or larger of both; unknown where either is, as in memory."""
    return Case(
        When(IsNull(one, True), then=None),
        When(IsNull(other, True), then=None),
        default=choice(one, other, output_field=FIGURE),
        output_field=FIGURE,
    )
