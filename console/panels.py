"""What does the desk itself show: my work, and what waits?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, cast

from django.db.models import CharField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from accounts.models import User
from accounts.prepared import NEVER, NOBODY, Prepared
from console.standing import nowhere, somebody_of, teams_of
from customers.models import Customer
from followups.models import FollowUp
from interactions.models import Interaction
from needs.models import Need
from routing.models import Consultation, Match, Place, PlaceState
from service.models import Promise, RequestStatus, ServiceRequest

M = TypeVar("M", bound=Model)

SHOWN: Final = 30
OWED_SHOWN: Final = 12  # the page of an open contact has 40 KiB
WAITING_COUNTED: Final = 200
CALLER_SHOWN: Final = 2  # of each kind; the card that rings is read in a second
# Between two bounds PostgreSQL takes few to be due, and keeps its plan; under one, a third of all.
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
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

    @property
    def slot(self) -> str:
        """What the customer's page opens from the start: follow_up=7."""
        return f"{self.kind}={self.pk}"

    @property
    def told(self) -> str:
        """What is owed, in a line."""
        match self.kind:
            case "follow_up":
                return f"Follow-up · {self.note}"
            case "request":
                return f"#{self.pk} {self.note}"
        return self.note


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


@dataclass(frozen=True, slots=True)
class Caller:
    """Why somebody may call: told of a customer who is certain, to whoever is rung."""

    customer: Customer
    last: Interaction | None
    requests: list[ServiceRequest]
    promises: list[Promise]
    needs: list[Need]

    @property
    def is_new(self) -> bool:
        return not (self.last or self.requests or self.promises or self.needs)


def caller(*, user: User, place: Place) -> Caller | None:
    """What is open with the caller; None unless it is certain who calls, and calls this user."""
    asked = Consultation.open_in(place.call)
    is_theirs = place.state in {PlaceState.OFFERED, PlaceState.TALKING} and (
        place.agent_id == user.pk or (asked is not None and asked.to_id == user.pk)
    )
    if not is_theirs or place.match != Match.CERTAIN or place.customer is None:
        return None
    customer = place.customer
    contacts = Interaction.objects.filter(customer=customer, closed_at__isnull=False)
    promises = Promise.objects.of(customer).owed().order_by("due_at")
    requests = ServiceRequest.objects.of(customer).open().order_by("target_at")
    needs = Need.objects.of(customer).open().select_related("need_type")
    return Caller(
        customer=customer,
        last=contacts.select_related("contact_reason").order_by("-opened_at").first(),
        requests=list(requests[:CALLER_SHOWN]),
        promises=list(promises[:CALLER_SHOWN]),
        needs=list(needs[:CALLER_SHOWN]),
    )


def my_work(*, user: User, open_pk: int | None = None) -> MyWork:
    """Everything of one agent in one statement, the soonest first; `open_pk` is on the desk now."""
    teams = teams_of(user)
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


@cache
def _work(role: str, teams: int) -> Prepared:
    """The statement for somebody of that role with so many teams, built once a process."""

    def build(*, user: int, midnight: datetime, **teams: int) -> QuerySet[Any, Any]:
        somebody = somebody_of(role, teams, user)
        parts = [*_contacts(somebody), *_owed(somebody, midnight)]
        return cast("QuerySet[Any, Any]", parts[0].union(*parts[1:], all=True).order_by("at", "id"))

    return Prepared(build, {"user": NOBODY, "midnight": NEVER, **nowhere(teams)})


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
    """Follow-ups that are ready, what of mine is due before midnight, and what a customer said to
    be wrong and nobody has taken up.
    """
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
            promises.filter(due_at__gt=LONG_AGO, due_at__lt=midnight).annotate(**none),
            kind="promise",
            at="due_at",
            note=F("text"),
        ),
        _lines(
            requests.filter(
                Q(target_at__gt=LONG_AGO, target_at__lt=midnight)
                | Q(needs_confirmation=True, status=RequestStatus.OPEN)
            ).annotate(**none),
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
