"""What happens at the telephone now, and how was it today? The supervisors' live board.

Read from rows by a fixed number of statements, however many queues, callers and agents there are.
Agents stand in the order of how long they have been as they are; nothing ranks them (product
rule 12).

Service level: of the callers who came today and were answered, or left after more than
`SHORT` seconds of waiting, the share that was answered within their queue's bound. Who asked to
be called back, who left sooner, and whom a fault of ours cut off are in neither part.
Abandoned: callers who left after more than `SHORT` seconds and had not been answered.
Handling: from the answer to the end of the call, and to the end of the wrap-up where it is over.
Transfers per issue: calls handed over to a colleague, over the calls that were answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import Presence, Role, User
from interactions.models import Interaction
from routing.models import AgentPhone, Consultation, Place, PlaceState, Queue
from routing.models.phones import FRESH
from telephony.models import Leg
from telephony.protocol import Cause, Party
from telephony.states import LegState

SHORT: Final = timedelta(seconds=5)  # who leaves sooner has not waited
CALLERS_SHOWN: Final = 50
BY_OUR_FAULT: Final = (Cause.SWITCH_GONE.value, Cause.FAILED.value)


def clock(lasted: timedelta | None) -> str:
    """A length of time in minutes and seconds: 1:05. A dash where there is none."""
    if lasted is None:
        return "–"
    minutes, seconds = divmod(round(lasted.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One queue: who waits now, and how today went. Shares are 0 to 100; None without callers."""

    queue: Queue
    waiting: int = 0
    oldest: datetime | None = None
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    short: int = 0
    cut_off: int = 0
    wait: timedelta | None = None
    handling: timedelta | None = None
    hold: timedelta | None = None
    handed_over: int = 0

    @property
    def service_level(self) -> int | None:
        counted = self.answered + self.abandoned
        return round(100 * self.within / counted) if counted else None

    @property
    def transfers(self) -> float | None:
        return round(self.handed_over / self.answered, 2) if self.answered else None

    @property
    def clocks(self) -> tuple[str, str, str]:
        """Mean wait, handling and hold."""
        return clock(self.wait), clock(self.handling), clock(self.hold)

    @property
    def is_late(self) -> bool:
        """Whether the oldest caller has waited beyond the bound."""
        bound = timedelta(seconds=self.queue.answered_within)
        return self.oldest is not None and timezone.now() - self.oldest > bound


@dataclass(frozen=True, slots=True)
class AgentNow:
    """One agent: the word for what they do, since when, and the call to listen to, if any."""

    user: User
    state: str
    words: str
    since: datetime
    call_id: int | None = None
    queue: str = ""

    @property
    def may_be_made_available(self) -> bool:
        return self.user.presence == Presence.MISSED

    @property
    def tone(self) -> str:
        return {"available": "good", "talking": "info", "ringing": "warn"}.get(self.state, "")


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows."""

    queues: list[QueueNow]
    callers: list[tuple[int, Place]]
    further: int
    agents: list[AgentNow] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.queues)

    @property
    def available(self) -> int:
        return sum(one.state == "available" for one in self.agents)


def board(user: User) -> Board:
    """The board of this person's teams; administrators see every team's."""
    queues = list(Queue.objects.in_use().visible_to(user).select_related("team"))
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    now, transfers = _figures(queues, today), _handed_over(queues, today)
    holds = _holds(queues, today)
    waiting = Place.objects.visible_to(user).filter(
        state__in=[PlaceState.WAITING, PlaceState.OFFERED], queue__in=queues
    )
    related = ("queue", "customer", "contact_reason")
    callers = list(waiting.select_related(*related).order_by("entered_at", "pk")[:CALLERS_SHOWN])
    rows = [
        QueueNow(
            queue=queue,
            **now.get(queue.pk, {}),
            hold=holds.get(queue.pk),
            handed_over=transfers.get(queue.pk, 0),
        )
        for queue in queues
    ]
    total = sum(row.waiting for row in rows)
    return Board(rows, _with_places(callers), max(total - len(callers), 0), agents(user))


def _with_places(callers: Iterable[Place]) -> list[tuple[int, Place]]:
    """Each with their place in their own queue, the first being 1."""
    counted: dict[int, int] = defaultdict(int)
    numbered = []
    for place in callers:
        counted[place.queue_id] += 1
        numbered.append((counted[place.queue_id], place))
    return numbered


def _lasting(begun: Any, ended: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(ended - begun, output_field=DurationField())


def _figures(queues: list[Queue], today: datetime) -> dict[int, dict[str, Any]]:
    """By queue: who waits now, whenever they came, and how those fared who came today."""
    still = Q(state__in=[PlaceState.WAITING, PlaceState.OFFERED])
    came = Q(entered_at__gte=today)
    answered = came & Q(answered_at__isnull=False)
    waited = _lasting(F("entered_at"), Coalesce("answered_at", "ended_at"))
    left = came & Q(state=PlaceState.LEFT, answered_at=None)
    ours = Q(call__cause__in=BY_OUR_FAULT)
    bound = _lasting(F("entered_at"), F("answered_at"))
    end = Greatest("ended_at", Coalesce("interaction__closed_at", "ended_at"))
    # A stored number of seconds against a length of time: one second, times the number.
    within = ExpressionWrapper(
        F("queue__answered_within") * timedelta(seconds=1), output_field=DurationField()
    )
    talked = _lasting(F("answered_at"), end)
    counted: dict[str, Any] = {
        "waiting": Count("pk", filter=still),
        "oldest": Min("entered_at", filter=still),
        "answered": Count("pk", filter=answered),
        "within": Count("pk", filter=answered & Q(to_answer__lte=F("within_bound"))),
        "abandoned": Count("pk", filter=left & ~ours & Q(waited__gt=SHORT)),
        "short": Count("pk", filter=left & ~ours & Q(waited__lte=SHORT)),
        "cut_off": Count("pk", filter=left & ours),
        "wait": Avg("to_answer", filter=answered),
        "handling": Avg(talked, filter=answered & Q(ended_at__isnull=False)),
    }
    rows: Any = (
        Place.objects.filter(still | came, queue__in=queues)
        .annotate(waited=waited, within_bound=within, to_answer=bound)
        .order_by()
        .values("queue")
        .annotate(**counted)
    )
    return {row.pop("queue"): row for row in rows}


def _holds(queues: list[Queue], today: datetime) -> dict[int, timedelta]:
    """By queue, how long callers who were answered today heard music in their call."""
    calls = Place.objects.filter(
        queue__in=queues, entered_at__gte=today, answered_at__isnull=False, ended_at__isnull=False
    )
    held = calls.filter(call__legs__party=Party.CUSTOMER).order_by().values("queue")
    return dict(held.annotate(held=Avg("call__legs__held_for")).values_list("queue", "held"))


def _handed_over(queues: list[Queue], today: datetime) -> dict[int, int]:
    calls = Place.objects.filter(queue__in=queues, entered_at__gte=today)
    queue = calls.filter(call=OuterRef("call")).values("queue")[:1]
    done = Consultation.objects.filter(handed_over_at__isnull=False, call__in=calls.values("call"))
    counted = done.order_by().annotate(queue=Subquery(queue)).values("queue")
    return dict(counted.annotate(many=Count("pk")).values_list("queue", "many"))


def agents(user: User) -> list[AgentNow]:
    """Each agent of these teams once, whoever has been as they are for longest first."""
    rows = sorted((_now(row) for row in _rows(user)), key=lambda one: (one.since, one.user.pk))
    return [one for one in rows if one.state != "offline"] + [
        one for one in rows if one.state == "offline"
    ]


def led_by(user: User) -> QuerySet[User]:
    """The agents whom this person leads."""
    everybody = User.objects.filter(role=Role.AGENT, is_active=True)
    if user.is_administrator:
        return everybody
    return everybody.filter(
        Exists(User.teams.through.objects.filter(user=OuterRef("pk"), team__in=user.team_ids))
    )


def _rows(user: User) -> QuerySet[User]:
    leg = Leg.objects.filter(user=OuterRef("pk"), party=Party.AGENT).exclude(state=LegState.LEFT)
    leg = leg.order_by("-pk")
    after = Interaction.objects.filter(
        agent=OuterRef("pk"), closed_at=None, call__ended_at__isnull=False
    ).order_by("call__ended_at")
    fresh = AgentPhone.objects.filter(user=OuterRef("pk"), seen_at__gte=timezone.now() - FRESH)
    return led_by(user).annotate(
        leg_state=Subquery(leg.values("state")[:1]),
        leg_since=Subquery(leg.values("answered_at")[:1]),
        leg_begun=Subquery(leg.values("call__created_at")[:1]),
        leg_call=Subquery(leg.values("call")[:1]),
        leg_line=Subquery(leg.values("call__line")[:1]),
        ended_at=Subquery(after.values("call__ended_at")[:1]),
        has_phone=Exists(fresh),
    )


def _now(row: Any) -> AgentNow:
    if row.leg_state in {LegState.RINGING, LegState.INVITED}:
        return AgentNow(row, "ringing", "Ringing", row.leg_begun, queue=row.leg_line)
    if row.leg_state:
        words = {LegState.HELD: "Holding", LegState.LOST: "Reconnecting"}
        said = words.get(row.leg_state, "Talking")
        since = row.leg_since or row.leg_begun
        return AgentNow(row, "talking", said, since, row.leg_call, row.leg_line)
    if row.ended_at:
        return AgentNow(row, "wrap-up", "Wrap-up", row.ended_at)
    state, said = _presence(row)
    return AgentNow(row, state, said, row.presence_at)


def _presence(row: Any) -> tuple[str, str]:
    """What an agent in no call said of themselves, and whether their phone can ring."""
    if row.presence == Presence.OFFLINE:
        return "offline", "Offline"
    if row.presence != Presence.AVAILABLE:
        return "not-ready", f"Not ready: {row.get_presence_display().lower()}"
    if not row.has_phone:
        return "no-phone", "No phone open"
    return "available", "Available"
