"""How do follow-ups go: who is reached, what do customers say, how soon is a problem fixed?

Every figure is of one period, read over its index by a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Aggregate,
    Avg,
    Case,
    Count,
    F,
    FloatField,
    Max,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Extract
from django.utils import timezone

from followups.models import Answer, FollowUp, FollowUpQuerySet, FollowUpStatus, Question
from followups.models.policy import Way
from service.models import RequestStatus

PERIODS: Final = {"7": "7 days", "30": "30 days", "90": "90 days"}
FIXED: Final = (RequestStatus.RESOLVED, RequestStatus.CLOSED)
NEVER: Final = float("inf")
PROMOTER, PASSIVE = 9, 7
HOUR, DAY = 3600, 86400
STANDSTILL: Final = timedelta(minutes=2)
SETTLED: Final = (
    FollowUpStatus.ANSWERED,
    FollowUpStatus.REFUSED,
    FollowUpStatus.UNREACHABLE,
    FollowUpStatus.LAPSED,
)


class PercentileDisc(Aggregate):
    """The value below or at which that share of the rows lies; always one that occurred."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Line:
    """How the follow-ups of one policy and way that were settled in the period went."""

    policy: str
    way: str
    settled: int
    answered: int
    refused: int
    given_up: int
    unreachable: int
    lapsed: int

    @property
    def reached(self) -> float | None:
        """The share answered of those that it was permitted to ask; None without any."""
        asked = self.settled - self.refused
        return 100 * self.answered / asked if asked else None


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered to one question in the period."""

    question: str
    count: int
    figure: str


@dataclass(frozen=True, slots=True)
class Fixing:
    """From the bad answer to the fix; in seconds, `None` where that many are not fixed yet."""

    count: int
    still_open: int
    median: float | None
    p90: float | None
    oldest_open: float | None

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """Median and nine of ten, as people say lengths of time."""
        return [("Median", _length(self.median)), ("Nine of ten within", _length(self.p90))]

    @property
    def oldest_in_words(self) -> str:
        return _length(self.oldest_open)


def _length(seconds: float | None) -> str:
    """In the largest unit that says enough: 40 min, 5 h, 3 days."""
    if seconds is None:
        return "not fixed yet"
    for unit, length in (("days", DAY), ("h", HOUR)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} min"


@dataclass(frozen=True, slots=True)
class Reckoning:
    lines: list[Line]
    said: list[Said]
    fixing: Fixing


def reckoning(seen: FollowUpQuerySet, *, days: int, at: datetime | None = None) -> Reckoning:
    """The figures of the follow-ups given, over the last `days`; three statements."""
    now = at or timezone.now()
    since = now - timedelta(days=days)
    answered = seen.filter(answered_at__gte=since)
    return Reckoning(_lines(seen, since, now), _said(answered), _fixing(answered, now))


def _lines(seen: FollowUpQuerySet, since: datetime, now: datetime) -> list[Line]:
    counted = {status.value: Count("pk", filter=Q(status=status)) for status in SETTLED}
    is_refused = Q(status=FollowUpStatus.REFUSED)
    counted["refused"] = Count("pk", filter=is_refused & Q(given_up_by=None))
    counted["given_up"] = Count("pk", filter=is_refused & Q(given_up_by__isnull=False))
    rows: QuerySet[Any, Any] = (
        seen.filter(status__in=SETTLED, due_at__gte=since, due_at__lte=now)
        .order_by()
        .values("policy__name", "way")
        .annotate(settled=Count("pk"), **counted)
        .order_by("policy__name", "way")
    )
    return [
        Line(
            policy=row["policy__name"] or "No policy",
            way=str(Way(row["way"]).label),
            settled=row["settled"],
            **{name: row[name] for name in counted},
        )
        for row in rows
    ]


def _said(answered: FollowUpQuerySet) -> list[Said]:
    rows = (
        Answer.objects.filter(follow_up__in=answered)
        .values("question")
        .annotate(
            count=Count("pk"),
            yes=Count("pk", filter=Q(is_yes=True)),
            mean=Avg("score"),
            promoters=Count("pk", filter=Q(score__gte=PROMOTER)),
            detractors=Count("pk", filter=Q(score__lt=PASSIVE)),
        )
    )
    by_question = {row["question"]: row for row in rows}
    return [
        Said(str(question.label), row["count"], _figure(question, row))
        for question in Question
        if (row := by_question.get(question))
    ]


def _figure(question: Question, row: Mapping[str, Any]) -> str:
    if row["mean"] is None:
        return f"{100 * row['yes'] / row['count']:.0f} % yes"
    if question == Question.RECOMMEND:
        return f"NPS {100 * (row['promoters'] - row['detractors']) / row['count']:+.0f}"
    if question == Question.EXPECTED_DAYS:
        return f"{row['mean']:.1f} days expected"
    return f"{row['mean']:.1f} of 7"


def _fixing(answered: FollowUpQuerySet, now: datetime) -> Fixing:
    """One that is open counts as longer than any that is fixed, and never as nothing."""
    is_fixed = Q(request__status__in=FIXED, request__resolved_at__isnull=False)
    took = Case(
        When(is_fixed, then=Extract(F("request__resolved_at") - F("answered_at"), "epoch")),
        default=Value(NEVER),
        output_field=FloatField(),
    )
    open_for = Extract(Value(now) - F("answered_at"), "epoch")
    found = (
        answered.filter(request__isnull=False)
        .exclude(request__status=RequestStatus.WITHDRAWN)
        .aggregate(
            count=Count("pk"),
            still_open=Count("pk", filter=~is_fixed),
            median=PercentileDisc(took, share=0.5),
            p90=PercentileDisc(took, share=0.9),
            oldest_open=Max(open_for, filter=~is_fixed),
        )
    )
    for name in ("median", "p90"):
        found[name] = None if found[name] == NEVER else found[name]
    return Fixing(**found)


def standstill(*, at: datetime) -> datetime | None:
    """Since when due follow-ups wait that a beat and a worker would have settled; None: none do."""
    waits = FollowUp.objects.due(at=at - STANDSTILL).order_by("due_at")
    return waits.values_list("due_at", flat=True).first()
