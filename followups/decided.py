"""What was asked of the rules about one follow-up, when, and which rule answered?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from followups.grounds import Rule
from followups.models import Attempt, FollowUp, PermissionCheck
from followups.models.policy import Way
from routing.models import DialDecision, OutboundCall
from routing.outbound import key_of
from telephony.models import Purpose

CALLS: Final = (Purpose.FOLLOW_UP, Purpose.SURVEY)
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history: a question to the rules with its answer, or a try."""

    at: datetime
    kind: str  # "asked", "dialling" or "tried"
    what: str
    answer: str
    is_allowed: bool | None = None
    until: datetime | None = None
    number: str = ""


def history(follow_up: FollowUp) -> list[Step]:
    """All of them, the oldest first; four statements."""
    attempts = list(Attempt.objects.filter(follow_up=follow_up).select_related("by")[:MOST])
    steps = [*_asked(follow_up), *_tried(attempts), *_dialled(attempts)]
    return sorted(steps, key=lambda step: step.at)


def _asked(follow_up: FollowUp) -> list[Step]:
    checks = PermissionCheck.objects.filter(follow_up=follow_up).order_by("-at", "-pk")[:MOST]
    return [
        Step(
            at=check.at,
            kind="asked",
            what=f"May it go out{_by(check.way)}?",
            answer=str(Rule(check.rule).label),
            is_allowed=check.is_allowed,
            until=check.until,
        )
        for check in checks
    ]


def _by(way: str) -> str:
    return f" ({Way(way).label.lower()})" if way in Way.values else ""


def _tried(attempts: list[Attempt]) -> list[Step]:
    return [
        Step(
            at=attempt.started_at,
            kind="tried",
            what=f"Try {attempt.number}, {attempt.by or 'an automatic voice'}",
            answer=attempt.get_outcome_display() or "under way",
        )
        for attempt in attempts
    ]


def _dialled(attempts: list[Attempt]) -> list[Step]:
    """Of calls that were asked for, also of those that never came to be."""
    ids = [attempt.pk for attempt in attempts]
    calls = OutboundCall.objects.filter(about__in=ids, call__purpose__in=CALLS)
    keys = {key_of(purpose, pk) for purpose in CALLS for pk in ids}
    for asked in calls.select_related("call"):
        keys |= {asked.call.key, key_of(asked.call.purpose, asked.about, after=asked.call)}
    decisions = DialDecision.objects.filter(call_key__in=keys).order_by("-pk")[:MOST]
    return [
        Step(
            at=decision.at,
            kind="dialling",
            what=f"May the phone ring? {decision.get_when_display()}",
            answer=decision.words,
            is_allowed=decision.is_allowed,
            number=decision.number,
        )
        for decision in decisions
    ]
