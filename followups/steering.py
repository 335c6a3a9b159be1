"""What may a supervisor do with follow-ups: plan anew, hand over, give up; each row or a clear no.

Each row is named with the mark that it had on the page (`mark_of`). One that has moved meanwhile is
left as it is, and the answer says where it stands now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.errors import RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, Role, User
from followups.grounds import Facts
from followups.models import FollowUp, FollowUpStatus
from followups.permission import calling_hours

MOST: Final = 50  # rows of one page
OPEN_STATUSES: Final = (FollowUpStatus.PLANNED, FollowUpStatus.READY, FollowUpStatus.PARKED)
REPLANNED: Final = (*OPEN_STATUSES, FollowUpStatus.REFUSED)


def mark_of(follow_up: FollowUp) -> str:
    """Where a row stands, so that whoever acts on it acts on what they saw."""
    at = int(follow_up.due_at.timestamp() * 1000)
    return f"{follow_up.pk}-{follow_up.status}-{follow_up.owner_id}-{at}"


@dataclass(frozen=True, slots=True)
class Row:
    """One chosen follow-up; `why_not` says why nothing is done with it, and is empty where it is.

    `due_at` is what a new plan would make of it.
    """

    follow_up: FollowUp
    why_not: str = ""
    due_at: datetime | None = None


@dataclass(slots=True)
class Steered:
    """What became of the rows that somebody chose."""

    done: list[FollowUp] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)


def chosen(*, user: User, marks: Iterable[str], statuses: Sequence[str]) -> list[Row]:
    """The rows as they stand now, each with the reason why it is not acted on; two statements."""
    by_pk = {mark.partition("-")[0]: mark for mark in marks}
    ids = [int(pk) for pk in by_pk if pk.isdecimal() and len(pk) < 19][:MOST]
    if not ids:
        raise RuleBroken("Choose at least one follow-up first.")
    rows = FollowUp.objects.visible_to(user).filter(pk__in=ids).order_by("due_at", "pk")
    related = rows.select_related("customer", "owner", "interaction")
    return [Row(one, _why_not(one, by_pk[str(one.pk)], statuses)) for one in related]


def _why_not(follow_up: FollowUp, mark: str, statuses: Sequence[str]) -> str:
    status = follow_up.standing
    if mark != mark_of(follow_up):
        return f"moved meanwhile: it is “{status}” with {follow_up.owner}. Look again"
    if follow_up.status not in statuses:
        return f"it is “{status}”, which this does not change"
    return ""


def plan_anew(rows: Sequence[Row], *, at: datetime | None) -> list[Row]:
    """Each row with the lawful moment at or after `at`; at once where it is None.

    Whatever is planned, the rules are asked again when it is due.
    """
    now = timezone.now()
    facts = FollowUp.objects.filter(pk__in=[row.follow_up.pk for row in rows]).facts()
    return [_planned(row, facts[row.follow_up.pk], at=at, now=now) for row in rows]


def _planned(row: Row, facts: Facts, *, at: datetime | None, now: datetime) -> Row:
    if row.why_not:
        return row
    due_at = at and calling_hours(facts).opening(max(at, now))
    if at is not None and due_at is None:
        return Row(row.follow_up, "no hour near that time is lawful at the customer's place")
    planned = due_at or now
    if planned >= row.follow_up.lapses_at:
        until = date_format(timezone.localtime(row.follow_up.lapses_at), "j F, H:i")
        return Row(row.follow_up, f"too late to ask: it makes no sense after {until}")
    return Row(row.follow_up, due_at=planned)


def replan(rows: Sequence[Row], *, by: User, at: datetime | None) -> Steered:
    """Let the rules be asked again, at once or at a lawful time from `at` on; parked ones too."""

    def moved(row: Row) -> dict[str, Any]:
        return {
            "status": FollowUpStatus.PLANNED,
            "due_at": row.due_at,
            "ready_at": None,
            "waits_because": f"Planned anew by {by}"[:120],
            "refused_because": "",
            "given_up_by": None,
            "failures": 0,
        }

    planned = plan_anew(rows, at=at)
    return _move(planned, by=by, verb="follow-up planned anew", moved=moved)


def hand_over(rows: Sequence[Row], *, by: User, to: User | None) -> Steered:
    """Give them to one person, or (None) to the agents of each customer's team in turn."""
    teams = {row.follow_up.customer.team_id for row in rows}
    members = defaultdict(list)
    agents = User.objects.filter(is_active=True, teams__in=teams)
    agents = agents.filter(pk=to.pk) if to else agents.filter(role=Role.AGENT)
    for pk, team in agents.order_by("pk").values_list("pk", "teams"):
        members[team].append(pk)
    turns = {team: cycle(people) for team, people in members.items()}
    given: dict[int, int] = {}
    checked = []
    for row in rows:
        turn = turns.get(row.follow_up.customer.team_id)
        if turn is not None:
            given[row.follow_up.pk] = next(turn)
        why_not = row.why_not or ("" if turn else "nobody chosen serves this customer's team")
        checked.append(Row(row.follow_up, why_not))

    def moved(row: Row) -> dict[str, Any]:
        return {"owner_id": given[row.follow_up.pk]}

    return _move(checked, by=by, verb="follow-up given", moved=moved)


def give_up(rows: Sequence[Row], *, by: User, because: str) -> Steered:
    """Nobody asks any more; the reason stays with the row."""
    words = " ".join(because.split())
    if not words:
        raise RuleBroken("Say why nobody shall ask: the reason stays with the follow-up.")

    def moved(_: Row) -> dict[str, Any]:
        return {
            "status": FollowUpStatus.REFUSED,
            "ready_at": None,
            "waits_because": "",
            "refused_because": f"Given up by {by}: {words}"[:120],
            "given_up_by": by,
        }

    return _move(rows, by=by, verb="follow-up given up", moved=moved)


def _move(
    rows: Sequence[Row], *, by: User, verb: str, moved: Callable[[Row], dict[str, Any]]
) -> Steered:
    """One conditional UPDATE a row, each with its audit entry; what moved since is left."""
    steered = Steered()
    with transaction.atomic():
        for row in rows:
            was = row.follow_up
            if row.why_not:
                steered.left.append(row)
                continue
            standing = FollowUp.objects.filter(
                pk=was.pk, status=was.status, owner=was.owner_id, due_at=was.due_at
            )
            changes = moved(row)
            if not standing.update(**changes):
                steered.left.append(Row(was, "moved just now. Look again"))
                continue
            steered.done.append(was)
            detail = {"from": was.status}
            detail |= {"owner": changes["owner_id"]} if "owner_id" in changes else {}
            AuditEntry.record(by=by, verb=verb, subject=was, detail=detail)
            owners = {was.owner_id, changes.get("owner_id", was.owner_id)}
            panel_changed(panel="console.my_work", user_ids=owners)
        teams = {one.customer.team_id for one in steered.done}
        panel_changed(panel="followups.list", team_ids=teams)
    return steered
