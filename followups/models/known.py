"""What do the rules look at of many follow-ups and their customers, in one statement?

What belongs to a row comes beside it as a list of short texts, their parts divided by “|”: ten
times cheaper to read than JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.budget import drawn_beside, room_on
from customers.contact_points import Channel
from customers.models import Consent, ContactPoint, DrawnFor, Purpose
from followups.grounds import ALWAYS, Facts, Reach, Try, Word
from followups.models.attempt import Attempt, AttemptOutcome
from offers import catalogue
from service.models import ServiceRequest
from telephony.models import SuppressionEntry

CHANNELS: Final = (Channel.VOICE, Channel.SMS, Channel.EMAIL)
OF_THE_CUSTOMER: Final = (
    "country",
    "region",
    "time_zone",
    "born_on",
    "bereaved_since",
    "left_on",
)
OWN: Final = (
    "attempts_made",
    "max_attempts",
    "lapses_at",
    "window_start",
    "window_end",
    "way",
    "ways",
)
PLAIN: Final = ("has_open_complaint", "is_vulnerable", *OWN, *OF_THE_CUSTOMER)  # as they come
MADE: Final = (  # these are made into facts
    *("pk", "drawn", "tries", "policy__paused_at", "policy__paused_until", "points", "words"),
)
COLUMNS: Final = (
    *(*MADE, "has_open_complaint", "is_vulnerable", *OWN),
    *(f"customer__{name}" for name in OF_THE_CUSTOMER),
)
Row = Sequence[Any]


def facts_of(follow_ups: QuerySet[Any]) -> dict[int, Facts]:
    """The facts of each follow-up by its id."""
    return facts_in(partial(told, follow_ups))


def facts_in(rows: Callable[[date], Iterable[Row]]) -> dict[int, Facts]:
    """The same of rows of COLUMNS: those that `told` has, by the day since which it is asked."""
    today = timezone.localdate()
    limits = catalogue.in_force().policy.limits
    found = {}
    made = len(MADE)
    for row in rows(limits.since(today)):
        pk, drawn, tries, paused_at, paused_until, points, words = row[:made]
        found[pk] = Facts(
            **dict(zip(PLAIN, row[made:], strict=True)),
            reaches=_reaches(points),
            words=dict(map(_word, words)),
            tries=list(map(_try, tries)),
            room_on=room_on(drawn, purpose=Purpose.SURVEY, limits=limits, today=today),
            paused_until=None if paused_at is None else paused_until or ALWAYS,
        )
    return found


def told(follow_ups: QuerySet[Any], since: date) -> QuerySet[Any, Any]:
    """COLUMNS of each follow-up, with the contacts drawn after that day."""
    drawn = drawn_beside(
        "customer_id", what=DrawnFor.FOLLOW_UP, subject="interaction_id", since=since
    )
    rows = known_of(follow_ups, purpose=Purpose.SURVEY).annotate(drawn=drawn, tries=_tries())
    columns: QuerySet[Any, Any] = rows.values_list(*COLUMNS)
    return columns


def known_of(rows: QuerySet[Any], *, purpose: str) -> QuerySet[Any]:
    """Rows that lead to a customer by `customer`, with what `read` makes facts of."""
    complaints = ServiceRequest.objects.open().complaints()
    known: QuerySet[Any] = rows.annotate(
        points=_points(),
        words=_words(purpose),
        has_open_complaint=Exists(complaints.filter(customer=OuterRef("customer_id"))),
        is_vulnerable=ExpressionWrapper(
            Q(customer__vulnerable_since__isnull=False), output_field=BooleanField()
        ),
    )
    return known


def read(told: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the facts that `known_of` loaded, and of the customer's columns."""
    return {
        "reaches": _reaches(told["points"]),
        "words": dict(_word(one) for one in told["words"]),
        "has_open_complaint": told["has_open_complaint"],
        "is_vulnerable": told["is_vulnerable"],
        **{name: told[f"customer__{name}"] for name in OF_THE_CUSTOMER},
    }


def _reaches(points: Iterable[str]) -> dict[str, Reach]:
    """The best address of each channel: the first, as they come in that order."""
    found: dict[str, Reach] = {}
    for point in points:
        channel, pk, layers, address = point.split("|", 3)
        if channel not in found:
            listed = dict(_layer(one) for one in layers.split("&")) if layers else {}
            found[channel] = Reach(address, int(pk), listed)
    return found


@lru_cache(maxsize=16384)
def _layer(text: str) -> tuple[str, datetime]:
    layer, at = text.split("=")
    return layer, datetime.fromisoformat(at)


def _word(text: str) -> tuple[str, Word]:
    channel, is_granted, at = text.split("|")
    return channel, Word(is_granted == "t", datetime.fromisoformat(at))


def _try(text: str) -> Try:
    outcome, at = text.split("|")
    return Try(outcome, datetime.fromisoformat(at))


def _told(*parts: Any, divided_by: str = "|") -> Func:
    """These columns as one text; a moment always tells its offset."""
    columns = [F(part) if isinstance(part, str) else part for part in parts]
    return Func(Value(divided_by), *columns, function="concat_ws", output_field=TextField())


@lru_cache(maxsize=1)
def _points() -> ArraySubquery:
    """The customer's addresses: the preferred ones first, then the oldest, never a wrong one."""
    reported_wrong = Attempt.objects.filter(
        contact_point=OuterRef("pk"),
        outcome=AttemptOutcome.WRONG_NUMBER,
        ended_at__gt=Coalesce(OuterRef("verified_at"), Value("-infinity")),
    )
    layers = SuppressionEntry.objects.filter(number=OuterRef("value")).order_by()
    points = ContactPoint.objects.filter(
        customer=OuterRef("customer_id"), channel__in=CHANNELS
    ).exclude(Exists(reported_wrong))
    listed = Func(
        ArraySubquery(layers.values(told=_told("layer", "at", divided_by="="))),
        Value("&"),
        function="array_to_string",
        output_field=TextField(),
    )
    # The address comes last: an e-mail address may hold the sign that divides.
    told = _told("channel", "pk", listed, "value")
    return ArraySubquery(points.order_by("-is_preferred", "pk").values(told=told))


@lru_cache(maxsize=8)
def _words(purpose: str) -> ArraySubquery:
    """The newest word of the customer on that purpose, for each channel."""
    newest = Consent.objects.filter(
        customer=OuterRef("customer_id"), purpose=purpose, channel__in=CHANNELS
    ).order_by("channel", "-recorded_at", "-pk")
    told = _told("channel", "is_granted", "recorded_at")
    return ArraySubquery(newest.distinct("channel").values(told=told))


@lru_cache(maxsize=1)
def _tries() -> ArraySubquery:
    """How the attempts so far ended, the oldest first."""
    ended = Attempt.objects.filter(follow_up=OuterRef("pk"), ended_at__isnull=False)
    return ArraySubquery(ended.order_by("number").values(told=_told("outcome", "ended_at")))
