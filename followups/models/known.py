"""What do the rules look at of many follow-ups and their customers, in one statement?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from customers.budget import Limits, drawn_beside, read_beside, ruling
from customers.contact_points import Channel
from customers.models import Consent, ContactPoint, DrawnFor, Purpose
from followups.models.attempt import Attempt, AttemptOutcome
from followups.permission import ALWAYS, Facts, Reach, Try, Word
from offers import catalogue
from service.models import ServiceRequest
from telephony.models import SuppressionEntry

CHANNELS: Final = (Channel.VOICE, Channel.SMS, Channel.EMAIL)
OWN: Final = (
    "attempts_made",
    "max_attempts",
    "lapses_at",
    "window_start",
    "window_end",
    "way",
    "ways",
)
OF_THE_CUSTOMER: Final = (
    "country",
    "region",
    "time_zone",
    "born_on",
    "bereaved_since",
    "left_on",
)
READ: Final = (
    *("points", "words", "has_open_complaint", "is_vulnerable"),
    *(f"customer__{name}" for name in OF_THE_CUSTOMER),
)


def facts_of(follow_ups: QuerySet[Any]) -> dict[int, Facts]:
    """The facts of each follow-up by its id."""
    today = timezone.localdate()
    limits = catalogue.in_force().policy.limits
    rows = known_of(follow_ups, purpose=Purpose.SURVEY).annotate(
        drawn=drawn_beside(
            "customer_id", what=DrawnFor.FOLLOW_UP, subject="interaction_id", today=today
        ),
        tries=_tries(),
    )
    names = ("pk", *OWN, "drawn", "tries", "policy__paused_at", "policy__paused_until", *READ)
    found = {}
    for row in rows.values_list(*names):
        told = dict(zip(names, row, strict=True))
        found[told["pk"]] = Facts(
            **{name: told[name] for name in OWN},
            **read(told),
            tries=[
                Try(one["outcome"], datetime.fromisoformat(one["ended_at"]))
                for one in told["tries"]
            ],
            room_on=room_on(told["drawn"], limits=limits, today=today),
            paused_until=_paused_until(told),
        )
    return found


def known_of(rows: QuerySet[Any], *, purpose: str) -> QuerySet[Any]:
    """Rows that lead to a customer by `customer`, with what `read` makes facts of."""
    complaints = ServiceRequest.objects.open().complaints()
    told: QuerySet[Any] = rows.annotate(
        points=_points(),
        words=_words(purpose),
        has_open_complaint=Exists(complaints.filter(customer=OuterRef("customer_id"))),
        is_vulnerable=ExpressionWrapper(
            Q(customer__vulnerable_since__isnull=False), output_field=BooleanField()
        ),
    )
    return told


def read(told: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the facts that `known_of` loaded, by the names in READ."""
    return {
        "reaches": _reaches(told["points"]),
        "words": {
            one["channel"]: Word(one["is_granted"], datetime.fromisoformat(one["at"]))
            for one in told["words"]
        },
        "has_open_complaint": told["has_open_complaint"],
        "is_vulnerable": told["is_vulnerable"],
        **{name: told[f"customer__{name}"] for name in OF_THE_CUSTOMER},
    }


def room_on(drawn: Iterable[Mapping[str, Any]], *, limits: Limits, today: date) -> date | None:
    """The first day with room for one more question; None where it is today."""
    ruled = ruling(read_beside(drawn), purpose=Purpose.SURVEY, limits=limits, today=today)
    return None if ruled.is_allowed else ruled.until or date.max


def _paused_until(told: Mapping[str, Any]) -> datetime | None:
    if told["policy__paused_at"] is None:
        return None
    return told["policy__paused_until"] or ALWAYS


def _reaches(points: Iterable[Mapping[str, Any]]) -> dict[str, Reach]:
    """The best address of each channel: the first, as they come in that order."""
    found: dict[str, Reach] = {}
    for point in points:
        if point["channel"] not in found:
            listed = {
                one["layer"]: datetime.fromisoformat(one["at"]) for one in point["layers"] or ()
            }
            found[point["channel"]] = Reach(point["value"], point["id"], listed)
    return found


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
    return ArraySubquery(
        points.order_by("-is_preferred", "pk").values(
            json=JSONObject(
                id="pk",
                channel="channel",
                value="value",
                layers=ArraySubquery(layers.values(json=JSONObject(layer="layer", at="at"))),
            )
        )
    )


def _words(purpose: str) -> ArraySubquery:
    """The newest word of the customer on that purpose, for each channel."""
    newest = Consent.objects.filter(
        customer=OuterRef("customer_id"), purpose=purpose, channel__in=CHANNELS
    ).order_by("channel", "-recorded_at", "-pk")
    return ArraySubquery(
        newest.distinct("channel").values(
            json=JSONObject(channel="channel", is_granted="is_granted", at="recorded_at")
        )
    )


def _tries() -> ArraySubquery:
    """How the attempts so far ended, the oldest first."""
    ended = Attempt.objects.filter(follow_up=OuterRef("pk"), ended_at__isnull=False)
    return ArraySubquery(
        ended.order_by("number").values(json=JSONObject(outcome="outcome", ended_at="ended_at"))
    )
