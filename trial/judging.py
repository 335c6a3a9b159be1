"""What came of it: every acknowledged contact against its rows, every row against the witness.

The rules are judged from the trial's own list of people and the witness's times.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from followups.models import Attempt, FollowUp, FollowUpStatus
from interactions.models import Interaction
from trial.closing import Closing
from trial.people import CHANGES, MAY_BE_CALLED, RETRY_MINUTES, TRIES, WINDOW, Person

ON_ITS_WAY: Final = 5.0  # seconds that an order may be on its way when somebody says no
EXPLAINED: Final = ("refused", "lapsed", "parked")


# A follow-up's id, status, what it waits for, why it was refused, when it is due.
Row = tuple[int, str, str, str, datetime]


@dataclass(slots=True)
class Order:
    """A dial order that the provider accepted."""

    at: float
    label: str


@dataclass
class Judgement:
    """Each finding in words, by what it is."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    latest_order_after_no: float = 0.0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.twice or self.outside)


def orders(witness: Path) -> dict[str, list[Order]]:
    """By number, the earliest first."""
    found: dict[str, list[Order]] = defaultdict(list)
    for line in witness.read_text().splitlines() if witness.exists() else []:
        told = json.loads(line)
        found[told["to"]].append(Order(told["at"], told["label"]))
    return found


def unsettled() -> int:
    """How many follow-ups somebody or something is still to act on within the next minutes."""
    soon = timezone.now() + timedelta(minutes=30)
    waiting = Q(status=FollowUpStatus.PLANNED, due_at__lt=soon)
    under_way = Q(status=FollowUpStatus.IN_PROGRESS)
    return (
        FollowUp.objects.filter(waiting | under_way).count()
        + FollowUp.objects.for_the_voice().count()
    )


def judge(people: list[Person], closing: Closing, witness: Path) -> Judgement:
    found, dialled = Judgement(), orders(witness)
    rows = FollowUp.objects.values_list(
        *("interaction_id", "pk", "status", "waits_because", "refused_because", "due_at")
    )
    by_contact = {row[0]: row[1:] for row in rows}
    closed = set(Interaction.objects.exclude(closed_at=None).values_list("pk", flat=True))
    tries = Counter(
        Attempt.objects.exclude(outcome="not_called").values_list("follow_up", flat=True)
    )
    for one in people:
        mine = dialled.pop(one.number, [])
        found.counts["dialled"] += len(mine)
        _judge_orders(found, one, mine)
        row = by_contact.get(one.interaction)
        if one.interaction in closing.acknowledged and one.interaction not in closed:
            found.lost.append(f"contact {one.interaction}: acknowledged and open")
        if (row is None) != (one.interaction not in closed):
            found.lost.append(f"contact {one.interaction}: its follow-up or its closing is missing")
        if row is not None:
            found.statuses[row[1]] += 1
            _judge_row(found, one, row, len(mine), tries[row[0]])
    found.outside += [f"{number}: nobody's number" for number in dialled]
    found.counts["closed"] = sum(one.interaction in closed for one in people)
    found.counts["follow-ups"] = len(by_contact)
    return found


def _judge_orders(found: Judgement, one: Person, mine: list[Order]) -> None:
    who = f"{one.number} ({one.kind})"
    labels = [order.label for order in mine]
    if len(set(labels)) != len(labels):
        found.twice.append(f"{who}: the same call twice")
    if len(mine) > TRIES.get(one.kind, 1):
        found.twice.append(f"{who}: {len(mine)} calls")
    for before, after in pairwise(mine):
        if after.at - before.at < RETRY_MINUTES * 60:
            found.twice.append(f"{who}: again after {after.at - before.at:.0f} s")
    for order in mine:
        at = datetime.fromtimestamp(order.at, tz=UTC).astimezone(ZoneInfo(one.time_zone))
        if not WINDOW[0] <= at.time() < WINDOW[1]:
            found.outside.append(f"{who}: at {at:%H:%M} local time")
        if one.kind in CHANGES:
            late = order.at - one.changed_at if one.changed_at else 0.0
            found.latest_order_after_no = max(found.latest_order_after_no, late)
            if late > ON_ITS_WAY:
                found.outside.append(f"{who}: {late:.1f} s after they said no")
        elif one.kind not in MAY_BE_CALLED:
            found.outside.append(f"{who}: dialled")


def _judge_row(found: Judgement, one: Person, row: Row, dialled: int, tries: int) -> None:
    pk, status, waits, refused, due_at = row
    who = f"follow-up {pk} ({one.kind})"
    if status == "ready" and FollowUp.objects.for_the_voice().filter(pk=pk).exists():
        found.lost.append(f"{who}: waits for the voice")
        return
    if status == "in_progress":
        found.lost.append(f"{who}: under way for ever")
    if status == "planned" and due_at <= timezone.now():
        found.lost.append(f"{who}: due and not looked at")
    if dialled != tries:
        found.lost.append(f"{who}: {dialled} calls, {tries} known to us")
    if dialled:
        return
    whom = "not dialled" if one.kind in MAY_BE_CALLED else f"refused, {one.kind}"
    if status in EXPLAINED and refused:
        found.counts[f"{whom}: {status}: {refused}"] += 1
    elif status in {"ready", "planned"} and waits:
        found.counts[f"{whom}: {status}: {waits}"] += 1
    else:
        found.lost.append(f"{who}: {status}, never dialled, and without a reason")
