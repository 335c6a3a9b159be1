"""How are money, rates and numbers written in sentences for people?"""

from __future__ import annotations

from decimal import Decimal

from products.vocabulary import Kind

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
MINUS = "\N{MINUS SIGN}"
CENT = Decimal("0.01")


def money(amount: Decimal, currency: str) -> str:
    """£8,500.00; without a sign of its own the currency stands behind: 8,500.00 CHF."""
    minus = MINUS if amount < 0 else ""
    figures = f"{abs(amount):,.2f}"
    if sign := SIGNS.get(currency):
        return f"{minus}{sign}{figures}"
    return f"{minus}{figures}\N{NO-BREAK SPACE}{currency}"


def percent(rate: Decimal) -> str:
    """Two places, more where they are needed: 4.10, 0.125."""
    exact = rate.normalize()
    exponent = exact.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{rate:,.{places}f}".replace("-", MINUS)


def number(count: Decimal) -> str:
    """As few digits as tell it: 3, 2.5."""
    return f"{count.normalize():,f}".replace("-", MINUS)


def figure(value: Decimal, kind: Kind, currency: str) -> str:
    """The figure alone, without its unit, except that money carries its sign."""
    if kind == Kind.MONEY:
        return money(value, currency)
    if kind == Kind.PERCENT:
        return percent(value)
    return number(value)
