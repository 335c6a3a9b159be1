"""Which sections of the product may this person open?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import NoReverseMatch, reverse

from accounts.models import Role, User

EVERYBODY: Final = frozenset(Role.values)
SERVING: Final = frozenset({Role.AGENT.value})
LEADING: Final = frozenset({Role.SUPERVISOR.value, Role.ADMINISTRATOR.value})
ADMINISTERING: Final = frozenset({Role.ADMINISTRATOR.value})

SECTIONS: Final = (
    ("Desk", "console:desk", EVERYBODY),
    ("Your customers", "insights:served", SERVING),
    ("Live board", "routing:board", LEADING),
    ("Retention", "insights:retention", LEADING),
    ("Follow-ups", "followups:list", LEADING),
    ("Catalogue", "catalogue:home", ADMINISTERING),
    ("Needs from words", "needs:examples", ADMINISTERING),
    ("Learning", "learning:learning", ADMINISTERING),
    ("Administration", "admin:index", ADMINISTERING),
)


@dataclass(frozen=True)
class Section:
    name: str
    address: str
    is_current: bool


def sections_for(*, user: User, path: str) -> list[Section]:
    """The sections of the user's role; `path` marks the one that is open."""
    sections = []
    for name, route, roles in SECTIONS:
        if user.role not in roles:
            continue
        address = _address(route)
        if address is None:
            continue
        sections.append(Section(name, address, path.startswith(address)))
    return sections


@cache
def _address(route: str) -> str | None:
    """Where a section begins; None for one that this installation leaves out."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return None
