"""What does the supervisor's list show: which follow-ups, and how many there are in each view?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from accounts.beating import LateBeat, late_beats
from accounts.models import User
from followups.models import Answer, FollowUp, FollowUpPolicy, FollowUpQuerySet, FollowUpStatus
from followups.models.policy import Way, ways_in_words
from followups.models.record import GIVEN_UP
from followups.reckoning import standstill
from followups.reviewing import permitted
from followups.steering import mark_of
from messaging.models import Reply

PAGE: Final = 50
COUNTED: Final = 1000
REPLIES: Final = 20
WORDS: Final = {
    FollowUpStatus.READY: "Ready",
    FollowUpStatus.LAPSED: "Too late",
    FollowUpStatus.PARKED: "Parked",
}
VIEWS: Final = {
    "due": "Due",
    "waiting": "Waiting",
    **{
        status.value: WORDS.get(status, str(status.label))
        for status in FollowUpStatus
        if status != FollowUpStatus.PLANNED
    },
    "given_up": GIVEN_UP,
}
FILTERS: Final = {
    "owner": "owner",
    "reason": "interaction__contact_reason",
    "team": "customer__team",
    "policy": "policy",
    "way": "way",
}
DAYS: Final = 30
MOVED_BY: Final = frozenset({"worker", "follow-ups"})  # whose silence lets follow-ups stand still
NEWEST_FIRST: Final = frozenset({"answered", "refused", "given_up", "unreachable", "lapsed"})


READY: Final = {
    Way.AGENT: "{owner} calls: it stands in My work",
    Way.VOICE: "The automatic voice calls next",
    Way.SMS: "A link goes out by SMS next",
    Way.EMAIL: "A link goes out by e-mail next",
    Way.PORTAL: "It stands on the customer's page",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of follow-ups in one view; `after` is the cursor of the next page."""

    view: str
    follow_ups: list[FollowUp]
    counts: list[tuple[str, str, str]]
    after: str
    is_first: bool
    reviews: str
    policies: list[tuple[FollowUpPolicy, str]]
    days: int
    stands_since: datetime | None
    silent: list[LateBeat]
    replies: list[Reply]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens by itself to what this view shows."""
        return self.view in NEWEST_FIRST

    @property
    def rows(self) -> list[tuple[FollowUp, str, str]]:
        """Each with the mark that says where it stands, and its next step with why, in words."""
        return [(one, mark_of(one), next_step(one)) for one in self.follow_ups]


def seen_by(user: User, filters: Mapping[str, Any]) -> FollowUpQuerySet:
    """The follow-ups of the user's teams that the filters let through."""
    chosen = {path: filters[name] for name, path in FILTERS.items() if filters.get(name)}
    return FollowUp.objects.visible_to(user).filter(**chosen)


def listing(*, user: User, view: str, filters: Mapping[str, Any], after: str = "") -> Listing:
    """The follow-ups of the user's teams; an unknown view shows what is due."""
    shown = view if view in VIEWS else "due"
    seen = seen_by(user, filters)
    views = {name: _in_view(seen, name) for name in VIEWS}
    cursor = _read(after)
    page = list(_page(views[shown], view=shown, cursor=cursor)[: PAGE + 1])
    by = _ordered_by(shown)
    last = page[PAGE - 1] if len(page) > PAGE else None
    counts = _counts({**views, "reviews": permitted(user=user, on=timezone.localdate())})
    reviews = counts.pop("reviews")
    return Listing(
        view=shown,
        follow_ups=page[:PAGE],
        counts=[(name, VIEWS[name], _shown(count)) for name, count in counts.items()],
        after=f"{getattr(last, by).isoformat()}~{last.pk}" if last else "",
        is_first=cursor is None,
        reviews=_shown(reviews),
        policies=_policies(),
        days=int(filters.get("days") or DAYS),
        stands_since=standstill(at=timezone.now()),
        silent=[one for one in late_beats(timezone.now()) if one.name in MOVED_BY],
        replies=list(Reply.objects.unknown()[:REPLIES]),
    )


def _policies() -> list[tuple[FollowUpPolicy, str]]:
    """Each with its ways in words."""
    policies = FollowUpPolicy.objects.in_order().select_related("paused_by")
    return [(policy, ways_in_words(policy.ways)) for policy in policies]


def next_step(follow_up: FollowUp) -> str:
    """What happens next to a follow-up, and why."""
    return NEXT[FollowUpStatus(follow_up.status)](follow_up).strip()


def _when_planned(follow_up: FollowUp) -> str:
    because = follow_up.waits_because
    if follow_up.due_at <= timezone.now():
        return f"The rules are asked next. {because}"
    at = date_format(timezone.localtime(follow_up.due_at), "D j M, H:i")
    return f"The rules are asked again {at}. {because}"


def _when_ready(follow_up: FollowUp) -> str:
    return READY[Way(follow_up.way)].format(owner=follow_up.owner)


def _when_under_way(follow_up: FollowUp) -> str:
    who = follow_up.owner if follow_up.way == Way.AGENT else "itself"
    return f"Being made by {who}"


def _when_answered(follow_up: FollowUp) -> str:
    request = follow_up.request
    return f"Request #{request.pk}: {request.get_status_display()}" if request else ""


def _when_lapsed(follow_up: FollowUp) -> str:
    late = date_format(timezone.localtime(follow_up.lapses_at), "j F, H:i")
    return f"Nobody asks: too late after {late}"


def _when_parked(follow_up: FollowUp) -> str:
    return f"Parked until somebody looks and plans it anew. {follow_up.refused_because}"


NEXT: Final[Mapping[FollowUpStatus, Callable[[FollowUp], str]]] = {
    FollowUpStatus.PLANNED: _when_planned,
    FollowUpStatus.READY: _when_ready,
    FollowUpStatus.IN_PROGRESS: _when_under_way,
    FollowUpStatus.ANSWERED: _when_answered,
    FollowUpStatus.REFUSED: lambda one: f"Nobody asks. {one.refused_because}",
    FollowUpStatus.UNREACHABLE: lambda one: f"No further try. {one.refused_because}",
    FollowUpStatus.LAPSED: _when_lapsed,
    FollowUpStatus.PARKED: _when_parked,
}


def _in_view(seen: FollowUpQuerySet, view: str) -> FollowUpQuerySet:
    now = timezone.now()
    if view == "due":
        return seen.due(at=now)
    if view == "waiting":
        return seen.filter(status=FollowUpStatus.PLANNED, due_at__gt=now)
    if view in ("refused", "given_up"):
        is_refused = Q(given_up_by=None) if view == "refused" else Q(given_up_by__isnull=False)
        return seen.filter(is_refused, status=FollowUpStatus.REFUSED)
    return seen.filter(status=view)


def _ordered_by(view: str) -> str:
    return "answered_at" if view == "answered" else "due_at"


def _page(
    rows: FollowUpQuerySet, *, view: str, cursor: tuple[datetime, int] | None
) -> QuerySet[FollowUp]:
    by, down = _ordered_by(view), view in NEWEST_FIRST
    if cursor is not None:
        step = "lt" if down else "gt"
        further = Q(**{f"{by}__{step}": cursor[0]})
        further |= Q(**{by: cursor[0], f"pk__{step}": cursor[1]})
        rows = rows.filter(further)
    rows = rows.order_by(*(f"{'-' if down else ''}{name}" for name in (by, "pk")))
    rows = rows.select_related(
        "customer", "owner", "policy", "request", "interaction__contact_reason"
    )
    if view == "answered":
        rows = rows.prefetch_related(Prefetch("answers", Answer.objects.order_by("pk")))
    return rows


def _counts(views: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many stand in each view, counted up to a limit, in one statement."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in views.values():
        sql, given = rows.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  our own SQL
        values.extend(given)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(views, cursor.fetchone(), strict=True))


def _shown(count: int) -> str:
    return f"{COUNTED}+" if count > COUNTED else str(count)


def _read(cursor: str) -> tuple[datetime, int] | None:
    at, _, pk = cursor.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(pk)) if moment.tzinfo else None
    except ValueError:
        return None
