"""What does the desk itself show: my work, what waits, and who the customer is?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Final, NamedTuple, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf
from django.utils import timezone

from accounts.models import User
from accounts.prepared import NEVER, NO_CONTACT_AT_ALL, NOBODY, Prepared, PreparedModels
from customers.models import Consent, ContactPoint, Customer, Holding, Purpose
from followups.models import Answer, FollowUp, Question
from interactions.models import Interaction
from service.models import Promise, ServiceRequest

M = TypeVar("M", bound=Model)

SHOWN: Final = 30
OWED_SHOWN: Final = 12  # the page of an open contact has 40 KiB
WAITING_COUNTED: Final = 200
PROMOTER, PASSIVE = 9, 7
COLUMNS: Final = ("kind", "id", "at", "who", "note", "line_channel", "customer_id")


class Work(NamedTuple):
    """One line of My work; `at` is when it began (contacts) or is due (what is owed)."""

    kind: str
    pk: int
    at: datetime
    who: str
    note: str
    channel: str
    customer_id: int


@dataclass(frozen=True, slots=True)
class MyWork:
    """The agent's open contacts, what they owe today, and which contacts wait for anybody."""

    contacts: list[Work]
    owed: list[Work]
    waiting: list[Work]
    open_pk: int | None = None

    @property
    def late(self) -> list[Work]:
        now = timezone.now()
        return [work for work in self.owed if work.at < now]

    @property
    def further(self) -> int:
        """How many more are owed than the panel shows."""
        return max(len(self.owed) - OWED_SHOWN, 0)

    @property
    def waiting_by_channel(self) -> list[tuple[str, int]]:
        return Counter(work.channel for work in self.waiting).most_common()


def my_work(*, user: User, open_pk: int | None = None) -> MyWork:
    """Everything of one agent in one statement, the soonest first; `open_pk` is on the desk now."""
    teams = _teams(user)
    if not teams and not user.is_administrator:
        return MyWork([], [], [], open_pk)
    found = _work(user.role, len(teams)).rows(user=user.pk, midnight=_midnight(), **teams)
    rows = [Work(*row) for row in found]
    return MyWork(
        contacts=[row for row in rows if row.kind == "contact"],
        waiting=[row for row in rows if row.kind == "waiting"],
        owed=[row for row in rows if row.kind not in ("contact", "waiting")],
        open_pk=open_pk,
    )


def _teams(user: User) -> dict[str, int]:
    """The teams whose rows the user sees, by the names they have in prepared statements."""
    if user.is_administrator:
        return {}
    return {f"team_{number}": pk for number, pk in enumerate(user.team_ids)}


def _nowhere(teams: int) -> dict[str, int]:
    return {f"team_{number}": NOBODY - 100 - number for number in range(teams)}


def _somebody(role: str, teams: dict[str, int], pk: int = NOBODY) -> User:
    somebody = User(pk=pk, role=role)
    somebody.team_ids = list(teams.values())
    return somebody


@cache
def _work(role: str, teams: int) -> Prepared:
    """The statement for somebody of that role with so many teams, built once a process."""

    def build(*, user: int, midnight: datetime, **teams: int) -> QuerySet[Any, Any]:
        somebody = _somebody(role, teams, user)
        parts = [*_contacts(somebody), *_owed(somebody, midnight)]
        return cast("QuerySet[Any, Any]", parts[0].union(*parts[1:], all=True).order_by("at", "id"))

    return Prepared(build, {"user": NOBODY, "midnight": NEVER, **_nowhere(teams)})


def _midnight() -> datetime:
    """When the agent's day ends."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))


def _contacts(user: User) -> list[Any]:
    rows = Interaction.objects.visible_to(user).open().annotate(line_channel=F("channel"))
    about = Coalesce(NullIf("subject", Value("")), "contact_reason__name", Value(""))
    mine, waiting = rows.of_agent(user), rows.filter(agent=None)
    return [
        _lines(mine, kind="contact", at="opened_at", note=about, limit=SHOWN),
        _lines(waiting, kind="waiting", at="opened_at", note=about, limit=WAITING_COUNTED),
    ]


def _owed(user: User, midnight: datetime) -> list[Any]:
    """Follow-ups that are ready, and what of mine is due before midnight."""
    about = Coalesce(
        NullIf("interaction__subject", Value("")),
        "interaction__contact_reason__name",
        Value(""),
    )
    follow_ups = FollowUp.objects.visible_to(user).waiting_for(user)
    promises = Promise.objects.visible_to(user).owned_by(user).owed()
    requests = ServiceRequest.objects.visible_to(user).owned_by(user).open()
    none = {"line_channel": Value("")}
    return [
        _lines(follow_ups.annotate(**none), kind="follow_up", at="due_at", note=about),
        _lines(
            promises.filter(due_at__lt=midnight).annotate(**none),
            kind="promise",
            at="due_at",
            note=F("text"),
        ),
        _lines(
            requests.filter(target_at__lt=midnight).annotate(**none),
            kind="request",
            at="target_at",
            note=F("subject"),
        ),
    ]


def _lines(rows: QuerySet[M], *, kind: str, at: str, note: Any, limit: int = SHOWN) -> Any:
    named = rows.annotate(
        kind=Value(kind), at=F(at), who=F("customer__name"), note=Cast(note, CharField())
    )
    return named.order_by("at", "id").values_list(*COLUMNS)[:limit]


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
        """The clock at the customer's place, where it differs from the agent's."""
        with timezone.override(self.customer.time_zone):
            there = timezone.localtime()
        return None if there.utcoffset() == timezone.localtime().utcoffset() else there


def contact(*, user: User, pk: int) -> Interaction | None:
    """A contact that the user may see, with all that the head of the desk reads; one statement."""
    teams = _teams(user)
    if not teams and not user.is_administrator:
        return None
    for row in _contact(user.role, len(teams)).rows(contact=pk, **teams):
        for name in ("reach", "consents_given", "held"):
            setattr(row, name, [json.loads(one) for one in getattr(row, name)])
        return row
    return None


@cache
def _contact(role: str, teams: int) -> PreparedModels[Interaction]:
    def build(*, contact: int, **teams: int) -> QuerySet[Interaction]:
        seen = Interaction.objects.visible_to(_somebody(role, teams)).filter(pk=contact)
        return with_standing(seen, "customer")

    return PreparedModels(
        Interaction,
        build,
        {"contact": NO_CONTACT_AT_ALL, **_nowhere(teams)},
        related=["customer", "customer__team", "contact_reason", "agent", "wrap_up_code"],
        extra=["reach", "consents_given", "held", "last_contact_at", "score"],
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
