"""Who is this customer, and what is the contact that is open? One statement for the desk's head."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, cached_property, partial
from typing import Any, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import User
from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, PreparedModels
from customers.models import Consent, ContactPoint, Customer, Holding, Purpose
from customers.places import zone
from followups.models import Answer, Question
from interactions.models import Interaction

M = TypeVar("M", bound=Model)
PROMOTER, PASSIVE = 9, 7


def teams_of(user: User) -> dict[str, int]:
    """The teams whose rows the user sees, by the names they have in prepared statements."""
    if user.is_administrator:
        return {}
    return {f"team_{number}": pk for number, pk in enumerate(user.team_ids)}


def nowhere(teams: int) -> dict[str, int]:
    return {f"team_{number}": NOBODY - 100 - number for number in range(teams)}


def somebody_of(role: str, teams: dict[str, int], pk: int = NOBODY) -> User:
    somebody = User(pk=pk, role=role)
    somebody.team_ids = list(teams.values())
    return somebody


@dataclass(frozen=True)
class Who:
    """The head of the desk: the customer, how to reach them, what they hold and permitted."""

    customer: Customer
    reach: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    holdings: list[dict[str, Any]]
    last_contact_at: datetime | None
    score: int | None

    @cached_property
    def years(self) -> int | None:
        since = self.customer.customer_since
        return (timezone.localdate() - since).days // 365 if since else None

    @property
    def standing(self) -> list[tuple[str, Decimal, str]]:
        """The two holdings with the most money in them, as (name, balance, currency)."""
        valued = [
            (holding["name"], Decimal(str(holding["balance"])), holding["currency"])
            for holding in self.holdings
        ]
        return sorted((line for line in valued if line[1]), key=lambda line: -abs(line[1]))[:2]

    @property
    def may_hear_offers(self) -> list[str]:
        """The channels on which offers are permitted."""
        return [
            consent["channel"]
            for consent in self.consents
            if consent["purpose"] == Purpose.MARKETING and consent["granted"]
        ]

    @property
    def loyalty(self) -> str:
        """The NPS word for the newest score; empty when never asked."""
        if self.score is None:
            return ""
        if self.score >= PROMOTER:
            return "promoter"
        return "passive" if self.score >= PASSIVE else "detractor"

    @property
    def local_time(self) -> datetime | None:
        """The clock at the customer's place, where it is known and differs from the agent's."""
        place = zone(self.customer.time_zone)
        if place is None:
            return None
        there = timezone.now().astimezone(place)
        return None if there.utcoffset() == timezone.localtime().utcoffset() else there


def contact(*, user: User, pk: int) -> Interaction | None:
    """A contact that the user may see, with all that the head of the desk reads; one statement."""
    for row in _found(_contact, user, pk):
        for name in ("reach", "consents_given", "held"):
            setattr(row, name, [json.loads(one) for one in getattr(row, name)])
        return row
    return None


def contact_alone(*, user: User, pk: int) -> Interaction | None:
    """The same with nothing but its customer and its reason."""
    return next(iter(_found(_contact_alone, user, pk)), None)


def _found(
    statement: Callable[[str, int], PreparedModels[Interaction]], user: User, pk: int
) -> list[Interaction]:
    teams = teams_of(user)
    if not teams and not user.is_administrator:
        return []
    return statement(user.role, len(teams)).rows(contact=pk, **teams)


def _visible(role: str, *, contact: int, **teams: int) -> QuerySet[Interaction]:
    return Interaction.objects.visible_to(somebody_of(role, teams)).filter(pk=contact)


@cache
def _contact(role: str, teams: int) -> PreparedModels[Interaction]:
    return PreparedModels(
        Interaction,
        lambda **values: with_standing(_visible(role, **values), "customer"),
        {"contact": NO_CONTACT_AT_ALL, **nowhere(teams)},
        related=["customer", "customer__team", "contact_reason", "agent", "wrap_up_code"],
        extra=["reach", "consents_given", "held", "last_contact_at", "score"],
    )


@cache
def _contact_alone(role: str, teams: int) -> PreparedModels[Interaction]:
    return PreparedModels(
        Interaction,
        partial(_visible, role),
        {"contact": NO_CONTACT_AT_ALL, **nowhere(teams)},
        related=["customer", "contact_reason"],
    )


def with_standing(rows: QuerySet[M], customer: str) -> QuerySet[M]:
    """Add what `who` reads to rows that lead to a customer by `customer`, in the same statement."""
    points = ContactPoint.objects.filter(customer=OuterRef(customer))
    consents = Consent.objects.filter(customer=OuterRef(customer)).current()
    holdings = Holding.objects.filter(customer=OuterRef(customer)).held()
    contacts = Interaction.objects.filter(customer=OuterRef(customer), closed_at__isnull=False)
    scores = Answer.objects.filter(
        follow_up__customer=OuterRef(customer), question=Question.RECOMMEND
    )
    loaded = rows.annotate(
        reach=ArraySubquery(
            points.order_by("-is_preferred", "pk").values(
                json=JSONObject(channel="channel", value="value")
            )
        ),
        consents_given=ArraySubquery(
            consents.values(
                json=JSONObject(purpose="purpose", channel="channel", granted="is_granted")
            )
        ),
        held=ArraySubquery(
            holdings.order_by("opened_on").values(
                json=JSONObject(name="product__name", balance="balance", currency="currency")
            )
        ),
        last_contact_at=Subquery(contacts.order_by("-opened_at", "-pk").values("opened_at")[:1]),
        score=Subquery(scores.order_by("-at").values("score")[:1]),
    )
    return cast("QuerySet[M]", loaded)


def who(row: Any, customer: Customer) -> Who:
    """The head from a row that `with_standing` loaded."""
    return Who(
        customer=customer,
        reach=row.reach,
        consents=row.consents_given,
        holdings=row.held,
        last_contact_at=row.last_contact_at,
        score=row.score,
    )
