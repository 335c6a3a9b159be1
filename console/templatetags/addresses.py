"""How are the addresses of pages written? `{% url %}` that works each route out once a process.

Fifty stand on the desk's page, and Django searches all routes for each: a ninth of its cost.
Only routes whose parts are ids are kept; Django answers every other one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as by_django
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import conditional_escape

register = template.Library()

FIRST = 7_000_000_000_000_001  # an id that stands nowhere else in an address


@cache
def _pattern(route: str, ids: int, prefix: str) -> str:  # noqa: ARG001  (the address begins with it)
    """The address with {} for each id."""
    found = reverse(route, args=range(FIRST, FIRST + ids)).replace("{", "{{").replace("}", "}}")
    for number in range(ids):
        found = found.replace(str(FIRST + number), f"{{{number}}}")
    return found


class Address(URLNode):
    """One `{% url 'route' id id %}`."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        named = not self.view_name.is_var and not self.kwargs
        self.route = self.view_name.resolve(Context()) if named else None

    def render(self, context: Context) -> str:
        ids = [arg.resolve(context) for arg in self.args]
        if not self.route or any(type(one) is not int for one in ids):
            return str(super().render(context))
        try:
            found = _pattern(self.route, len(ids), get_script_prefix()).format(*ids)
        except NoReverseMatch:
            return str(super().render(context))
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Address:
    node = by_django(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)
