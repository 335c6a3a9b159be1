"""How is a day written in a decision? The same whatever language is set: decisions replay."""

from __future__ import annotations

from datetime import date

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
