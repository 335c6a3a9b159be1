"""What would this product be worth a year to this customer, in the customer's own figures?

A formula is arithmetic over named figures: + - * /, brackets, min and max. It is read once into
closures over Decimal; nothing in it is ever run as code, and a sentence is never a template.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial, reduce
from operator import add, mul, sub, truediv
from typing import NamedTuple

from accounts.errors import RuleBroken
from products.figures import CENT, figure, money
from products.vocabulary import FACTS, NUMERIC, Kind

Figures = Mapping[str, Decimal | None]
Working = Callable[[Figures], Decimal]
Operation = Callable[[Decimal, Decimal], Decimal]

LONGEST_FORMULA = 300
NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
LITERAL = re.compile(r"^\d{1,12}(\.\d{1,6})?$")
PLACE = re.compile(r"\{([^{}]*)\}")
OPERATORS: dict[type[ast.operator], Operation] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: truediv,
}
FUNCTIONS: dict[str, Operation] = {"min": min, "max": max}
FORMS = {"money": Kind.MONEY, "percent": Kind.PERCENT, "number": Kind.NUMBER}


class NotAFormula(RuleBroken):
    """The formula cannot be worked out; the message says where and what would do."""


class NotASentence(RuleBroken):
    """The benefit sentence names something that is not known; the message says what is."""


class FigureUnknown(Exception):
    """The customer's figure is not known, so the benefit is not known either."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def numeric_facts() -> list[str]:
    return sorted(fact.name for fact in FACTS.values() if fact.kind in NUMERIC)


def read_terms(terms: Mapping[str, object]) -> dict[str, Decimal]:
    """The product's own figures. Raises NotAFormula in plain words."""
    figures: dict[str, Decimal] = {}
    for name, raw in terms.items():
        if not NAME.match(name) or name in FACTS or name in FUNCTIONS or name == "benefit":
            raise NotAFormula(
                f"“{name}” cannot name a term. Use small letters and underscores, "
                "and no name of a fact."
            )
        try:
            if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
                raise InvalidOperation
            value = Decimal(raw)
        except InvalidOperation:
            raise NotAFormula(f"The term “{name}” is no number. Write it like 4.10.") from None
        if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
            raise NotAFormula(f"The term “{name}” is too large. Write it like 4.10.")
        figures[name] = value
    return figures


@dataclass(frozen=True, slots=True)
class Formula:
    """A benefit a year; `facts` are the customer's figures that it needs."""

    working: Working
    facts: frozenset[str]

    def worth(self, figures: Figures) -> Decimal | None:
        """The gain a year in the product's currency, to the cent, half up (`basis`).

        Money stands in that currency, rates in per cent a year, counts as they are. None when it
        divides by zero.

        Raises FigureUnknown.
        """
        try:
            return self.working(figures).quantize(CENT, ROUND_HALF_UP)
        except ArithmeticError:
            return None


def basis(currency: str) -> str:
    """Unit, currency and rounding of every benefit, as people read them beside it."""
    return f"a year, in {currency}, rounded half up to 0.01 {currency}"


def read_formula(source: str, terms: Mapping[str, object]) -> Formula:
    """Read a formula over facts and the product's terms. Raises NotAFormula."""
    if not source.strip():
        raise NotAFormula("The benefit formula is empty. Write 0 when there is no gain in figures.")
    if len(source) > LONGEST_FORMULA:
        raise NotAFormula(f"The benefit formula is longer than {LONGEST_FORMULA} characters.")
    own = read_terms(terms)
    try:
        tree = ast.parse(source.strip(), mode="eval")
        part = _Reading(source.strip(), own).read(tree.body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise NotAFormula(
            "The benefit formula cannot be read. Use names, numbers, + - * / and brackets, like "
            "idle_balance * (rate - current_rate) / 100."
        ) from None
    return Formula(part.working, part.facts)


class _Part(NamedTuple):
    """A part of a formula; `constant` when it needs no figure of the customer."""

    working: Working
    facts: frozenset[str] = frozenset()
    constant: Decimal | None = None


def _constant(value: Decimal) -> _Part:
    return _Part(lambda _: value, frozenset(), value)


class _Reading:
    """One walk over the formula's tree; whatever is not expected is refused."""

    def __init__(self, source: str, terms: Mapping[str, Decimal]) -> None:
        self.source = source
        self.terms = terms

    def read(self, node: ast.expr) -> _Part:
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _operation(sub, _constant(Decimal(0)), self.read(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return _operation(OPERATORS[type(op)], self.read(left), self.read(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return self._function(name, args)
        raise NotAFormula(
            f"“{self._text(node)}” cannot stand in a benefit formula. "
            "Use names, numbers, + - * /, brackets, min and max."
        )

    def _text(self, node: ast.expr) -> str:
        return (ast.get_source_segment(self.source, node) or "this")[:60]

    def _literal(self, node: ast.Constant) -> _Part:
        text = self._text(node)
        if not LITERAL.match(text):
            raise NotAFormula(f"“{text}” is no number that can be used. Write it like 4.10.")
        return _constant(Decimal(text))

    def _name(self, name: str) -> _Part:
        if name in self.terms:
            return _constant(self.terms[name])
        if name not in FACTS or FACTS[name].kind not in NUMERIC:
            known = ", ".join([*self.terms, *numeric_facts()])
            raise NotAFormula(f"“{name}” is not a figure that is known. Known are: {known}.")

        def fact(figures: Figures) -> Decimal:
            value = figures[name]
            if value is None:
                raise FigureUnknown(name)
            return value

        return _Part(fact, frozenset({name}))

    def _function(self, name: str, args: list[ast.expr]) -> _Part:
        if len(args) < 2:
            raise NotAFormula(f"{name} compares at least two figures, like {name}(rate, 5).")
        return reduce(partial(_operation, FUNCTIONS[name]), [self.read(arg) for arg in args])


def _operation(operate: Operation, left: _Part, right: _Part) -> _Part:
    """Two parts as one; what is constant is worked out now, once."""
    facts = left.facts | right.facts
    first, second, constant = left.working, right.working, right.constant
    if constant is None:
        return _Part(lambda figures: operate(first(figures), second(figures)), facts)
    if left.constant is not None:
        try:
            return _constant(operate(left.constant, constant))
        except ArithmeticError:  # told when it is worked out, like any other division by zero
            pass
    return _Part(lambda figures: operate(first(figures), constant), facts)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and figures in turn; a figure is a name and how it is written."""

    pieces: tuple[str | tuple[str, Kind], ...]
    terms: Mapping[str, Decimal]

    def told(self, *, figures: Figures, benefit: Decimal, currency: str) -> str:
        """The sentence with the customer's figures."""
        return "".join(
            piece if isinstance(piece, str) else self._figure(piece, figures, benefit, currency)
            for piece in self.pieces
        )

    def _figure(
        self, place: tuple[str, Kind], figures: Figures, benefit: Decimal, currency: str
    ) -> str:
        name, kind = place
        if name == "benefit":
            return money(benefit, currency)
        value = self.terms[name] if name in self.terms else figures.get(name)
        return "unknown" if value is None else figure(value, kind, currency)


def read_sentence(text: str, terms: Mapping[str, object]) -> Sentence:
    """Read a sentence with {names}; `{fee:money}` says how a term is written.

    Facts are written by their kind, terms as rates unless told otherwise. Raises NotASentence.
    """
    own = read_terms(terms)
    pieces: list[str | tuple[str, Kind]] = []
    for index, piece in enumerate(PLACE.split(text)):
        if index % 2 == 0:
            if "{" in piece or "}" in piece:
                raise NotASentence("A brace in the benefit sentence is open. Write {name}.")
            pieces.append(piece)
            continue
        pieces.append(_place(piece, own))
    return Sentence(tuple(pieces), own)


def _place(text: str, terms: Mapping[str, Decimal]) -> tuple[str, Kind]:
    name, _, form = text.partition(":")
    known = name == "benefit" or name in terms
    if not known and (name not in FACTS or FACTS[name].kind not in NUMERIC):
        names = ", ".join(["benefit", *terms, *numeric_facts()])
        raise NotASentence(f"“{{{text}}}” is not a figure that is known. Known are: {names}.")
    if form and form not in FORMS:
        raise NotASentence(f"“{{{text}}}” can be written as money, percent or number only.")
    if form:
        return name, FORMS[form]
    return name, FACTS[name].kind if name in FACTS else Kind.PERCENT
