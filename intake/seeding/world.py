"""Which configuration does a past refer to? Read once, with the moment at which the day stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.models import Role, User
from followups.models import FollowUpPolicy
from intake.seeding.clock import DAY, second_of
from interactions.models import ContactReason, WrapUpCode
from needs.models import NeedType
from products.models import Product
from service.models import RequestType


@dataclass(frozen=True, slots=True)
class Coded:
    """A configured row as the past needs it; target and expectation in seconds."""

    pk: int
    name: str
    target: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """Configured rows by code, agents by team; `second` is `now` on the past's own clock."""

    now: datetime
    agents: dict[int, list[int]]
    reasons: dict[str, Coded]
    wrap_ups: dict[str, int]
    request_types: dict[str, Coded]
    products: dict[str, Coded]
    needs: dict[str, Coded]
    policy: int
    second: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "second", second_of(self.now))

    @classmethod
    def load(cls, *, now: datetime, agents: dict[int, list[int]]) -> World:
        return cls(
            now=now,
            agents=agents,
            reasons={row.code: Coded(row.pk, row.name) for row in ContactReason.objects.all()},
            wrap_ups={row.code: row.pk for row in WrapUpCode.objects.all()},
            request_types={row.code: _request_type(row) for row in RequestType.objects.all()},
            products={row.code: Coded(row.pk, row.name) for row in Product.objects.all()},
            needs={row.code: Coded(row.pk, row.name) for row in NeedType.objects.all()},
            policy=FollowUpPolicy.objects.get(reasons=[]).pk,
        )


def _request_type(row: RequestType) -> Coded:
    return Coded(row.pk, row.name, _seconds(row.target_days), _seconds(row.expected_days))


def _seconds(days: Decimal) -> int:
    return int(days * DAY)


def agents_by_team() -> dict[int, list[int]]:
    """Who serves the customers of each team."""
    found: dict[int, list[int]] = {}
    for user in User.objects.filter(role=Role.AGENT).order_by("pk").prefetch_related("teams"):
        for team in user.teams.all():
            found.setdefault(team.pk, []).append(user.pk)
    return found
