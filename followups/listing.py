"""What does the supervisor's list show: which follow-ups, and how many there are in each view?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from followups.models import Answer, FollowUp, FollowUpQuerySet, FollowUpStatus
from followups.reviewing import permitted

PAGE: Final = 50
COUNTED: Final = 1000
VIEWS: Final = {
    "due": "Due",
    "waiting": "Waiting",
    "ready": "Ready",
    "in_progress": "In progress",
    "answered": "Answered",
    "refused": "Not permitted",
    "unreachable": "Not reached",
    "lapsed": "Too late",
}
NEWEST_FIRST: Final = frozenset({"answered", "refused", "unreachable", "lapsed"})


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of follow-ups in one view; `after` is the cursor of the next page."""

    view: str
    follow_ups: list[FollowUp]
    counts: list[tuple[str, str, str]]
    after: str
    is_first: bool
    reviews: str


def listing(*, user: User, view: str, filters: Mapping[str, Any], after: str = "") -> Listing:
    """The follow-ups of the user's teams; an unknown view shows what is due."""
    shown = view if view in VIEWS else "due"
    seen = FollowUp.objects.visible_to(user)
    if filters.get("owner"):
        seen = seen.filter(owner=filters["owner"])
    if filters.get("reason"):
        seen = seen.filter(interaction__contact_reason=filters["reason"])
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
    )


def _in_view(seen: FollowUpQuerySet, view: str) -> FollowUpQuerySet:
    now = timezone.now()
    if view == "due":
        return seen.due(at=now)
    if view == "waiting":
        return seen.filter(status=FollowUpStatus.PLANNED, due_at__gt=now)
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
    rows = rows.select_related("customer", "owner", "request", "interaction__contact_reason")
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
