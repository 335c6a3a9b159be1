"""Does a value fit where it belongs? Refused here, with its column, rather than by the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import CharField

from customers.models import Customer, Holding
from intake.importing.errors import BadValue
from interactions.models import Interaction


def one_of(name: str, word: Any, known: Sequence[str]) -> str:
    if word not in known:
        raise BadValue(name, f"“{word}” is not one of {', '.join(known)}.")
    return str(word)


def check_lengths(model: type[Customer | Holding | Interaction], fields: dict[str, Any]) -> None:
    """Raises BadValue for text that does not fit."""
    for name, text in fields.items():
        limit = longest(model, name)
        if limit and len(str(text)) > limit:
            raise BadValue(name, f"It has more than {limit} characters. Shorten it.")


@cache
def longest(model: type[Customer | Holding | Interaction], name: str) -> int:
    """How many characters fit into a column; 0 where it holds no text of limited length."""
    kind = model._meta.get_field(name)
    return kind.max_length or 0 if isinstance(kind, CharField) else 0
