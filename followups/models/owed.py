"""Which follow-ups are due, what do the rules have to know of them, and what did they decide?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Self, cast

from django.db import connection, models
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import User
from accounts.scoping import TeamScopedQuerySet
from customers.budget import Limits, drawn_beside, read_beside, ruling
from customers.contact_points import Channel
from customers.models import Consent, ContactPoint, Customer, DrawnFor, Purpose
from followups.models.attempt import Attempt, AttemptOutcome
from followups.models.policy import BY_MESSAGE, Way
from followups.permission import Facts, Permission, Rule
from offers import catalogue
from service.models import ServiceRequest
from telephony.models import SuppressionEntry

if TYPE_CHECKING:
    from followups.models.follow_up import FollowUp  # noqa: F401  named below as text


class FollowUpStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    READY = "ready", "Ready to call"
    IN_PROGRESS = "in_progress", "In progress"
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Not permitted"
    UNREACHABLE = "unreachable", "Not reached"
    LAPSED = "lapsed", "Too late to ask"
    PARKED = "parked", "Parked: needs a look"


PARKED_AFTER: Final = 6  # failures in a row, through no doing of the customer's
OPT_OUT_WORDING: Final = "follow-up-opt-out-1"

WAITING = (FollowUpStatus.PLANNED, FollowUpStatus.READY)

# The columns of Facts, in its order.
FACTS: Final = (
    "attempts_made",
    "max_attempts",
    "lapses_at",
    "window_start",
    "window_end",
    "customer__country",
    "customer__time_zone",
    "phone",
    "phone_id",
    "consent",
    "has_open_complaint",
    "is_vulnerable",
    "is_suppressed",
)

# Decided rows move, and the decision is kept, in one statement however many they are.
DECIDE = """
WITH decided AS (
    SELECT * FROM unnest(
        %(ids)s::bigint[], %(statuses)s::text[], %(rules)s::text[], %(reasons)s::text[],
        %(untils)s::timestamptz[]
    ) AS row (id, status, rule, reason, until)
), moved AS (
    UPDATE followups_followup AS follow_up SET
        status = decided.status,
        due_at = coalesce(decided.until, follow_up.due_at),
        ready_at = CASE WHEN decided.status = 'ready' THEN %(at)s END,
        waits_because = CASE WHEN decided.status = 'planned' THEN decided.reason ELSE '' END,
        refused_because = CASE
            WHEN decided.status IN ('planned', 'ready') THEN '' ELSE decided.reason
        END
    FROM decided
    WHERE follow_up.id = decided.id AND follow_up.status = ANY(%(from_statuses)s)
    RETURNING follow_up.id, follow_up.owner_id, follow_up.status, decided.rule, decided.until
), kept AS (
    INSERT INTO followups_permissioncheck (follow_up_id, at, is_allowed, rule, until)
    SELECT id, %(at)s, status = 'ready', rule, until FROM moved
)
SELECT id, owner_id FROM moved
"""


def status_after(permission: Permission) -> FollowUpStatus:
    """Where a decision takes a follow-up."""
    if permission.is_allowed:
        return FollowUpStatus.READY
    if permission.until is not None:
        return FollowUpStatus.PLANNED
    return {
        Rule.LAPSED: FollowUpStatus.LAPSED,
        Rule.ATTEMPTS_USED: FollowUpStatus.UNREACHABLE,
    }.get(permission.rule, FollowUpStatus.REFUSED)


class FollowUpQuerySet(TeamScopedQuerySet["FollowUp"]):
    def due(self, *, at: datetime) -> Self:
        return self.filter(status=FollowUpStatus.PLANNED, due_at__lte=at)

    def waiting_for(self, owner: User) -> Self:
        """Ready for this person to call; one under way is an open contact of its own."""
        return self.filter(owner=owner, status=FollowUpStatus.READY, way=Way.AGENT)

    def next_due(self, *, before: datetime) -> datetime | None:
        """The moment at which the next one comes due, where that is before."""
        planned = self.filter(status=FollowUpStatus.PLANNED, due_at__lt=before)
        return planned.order_by("due_at", "pk").values_list("due_at", flat=True).first()

    def parked(self) -> Self:
        """Failed so often that a person has to look; the longest due first."""
        return self.filter(status=FollowUpStatus.PARKED).order_by("due_at", "pk")

    def put_off(self, pk: int, *, because: str, at: datetime) -> bool:
        """What waits and cannot be worked on is tried again later, and parked in the end."""
        follow_up = self.filter(pk=pk, status__in=WAITING).select_for_update(of=("self",)).first()
        if follow_up is not None:
            follow_up._put_off(at, because=because)
        return follow_up is not None

    def for_the_voice(self) -> Self:
        """Ready for an automatic voice to call; what was due first goes first."""
        ready = self.filter(status=FollowUpStatus.READY, way=Way.VOICE)
        return ready.order_by("due_at", "pk")

    def by_message(self) -> Self:
        """Ready for a link to be sent; the longest ready first."""
        ready = self.filter(status=FollowUpStatus.READY, way__in=BY_MESSAGE)
        return ready.order_by("ready_at", "pk")

    def facts(self) -> dict[int, Facts]:
        """What the rules have to know of each of these follow-ups, by its id; one statement, and
        one for the figures of the contact budget.

        A locked and limited queryset claims its rows by the same statement.
        """
        today = timezone.localdate()
        limits = catalogue.in_force().policy.limits
        rows = self.annotate(
            drawn=drawn_beside(
                "customer_id", what=DrawnFor.FOLLOW_UP, subject="interaction_id", today=today
            ),
            phone=Coalesce(best_phone("value"), Value("")),
            phone_id=best_phone("pk"),
            consent=Subquery(
                Consent.objects.filter(
                    customer=OuterRef("customer_id"), purpose=Purpose.SURVEY, channel=Channel.VOICE
                )
                .order_by("-recorded_at", "-pk")
                .values("is_granted")[:1]
            ),
            has_open_complaint=Exists(
                ServiceRequest.objects.open().complaints().filter(customer=OuterRef("customer_id"))
            ),
            is_vulnerable=ExpressionWrapper(
                Q(customer__vulnerable_since__isnull=False), output_field=BooleanField()
            ),
            is_suppressed=Coalesce(best_phone("is_suppressed"), Value(value=False)),
        ).values_list("pk", "drawn", *FACTS)
        return {
            pk: replace(Facts(*known), room_on=room_on(drawn, limits=limits, today=today))
            for pk, drawn, *known in rows
        }

    def opt_out(self, *, customer: Customer, by: User | None, source: str) -> None:
        """The customer does not want to be asked: from now on, and nothing that waits is
        (89 FR 15756).
        """
        customer.record_consent(
            by=by,
            purpose=Purpose.SURVEY,
            channel=Channel.VOICE,
            is_granted=False,
            source=source,
            wording_version=OPT_OUT_WORDING,
        )
        waiting = self.filter(customer=customer, status__in=WAITING).values_list("pk", flat=True)
        moved = self.decide(
            dict.fromkeys(waiting, Permission(Rule.CONSENT_WITHDRAWN)),
            at=timezone.now(),
            from_statuses=WAITING,
        )
        panel_changed(panel="console.my_work", user_ids={owner for _, owner in moved})

    def decide(
        self,
        decisions: Mapping[int, Permission],
        *,
        at: datetime,
        from_statuses: Iterable[str] = (FollowUpStatus.PLANNED,),
    ) -> list[tuple[int, int]]:
        """Apply what the rules decided and keep each decision; one statement.

        Returns (follow-up, owner) of the rows that stood in `from_statuses` and so moved.
        """
        if not decisions:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                DECIDE,
                {
                    "ids": list(decisions),
                    "statuses": [status_after(one).value for one in decisions.values()],
                    "rules": [one.rule.value for one in decisions.values()],
                    "reasons": [str(one.rule.label) for one in decisions.values()],
                    "untils": [one.until for one in decisions.values()],
                    "at": at,
                    "from_statuses": list(from_statuses),
                },
            )
            return cast("list[tuple[int, int]]", cursor.fetchall())


def room_on(drawn: Iterable[Mapping[str, Any]], *, limits: Limits, today: date) -> date | None:
    """The first day with room for one more question; None where it is today."""
    ruled = ruling(read_beside(drawn), purpose=Purpose.SURVEY, limits=limits, today=today)
    return None if ruled.is_allowed else ruled.until or date.max


def best_phone(column: str) -> Subquery:
    """A column of the customer's number to call: the preferred one, else the oldest, never a wrong
    one; `is_suppressed`: whether it stands on the do-not-call list.
    """
    reported_wrong = Attempt.objects.filter(
        contact_point=OuterRef("pk"),
        outcome=AttemptOutcome.WRONG_NUMBER,
        ended_at__gt=Coalesce(OuterRef("verified_at"), Value("-infinity")),
    )
    points = ContactPoint.objects.filter(
        customer=OuterRef("customer_id"), channel=Channel.VOICE
    ).annotate(is_suppressed=Exists(SuppressionEntry.objects.filter(number=OuterRef("value"))))
    best = points.exclude(Exists(reported_wrong)).order_by("-is_preferred", "pk")
    return Subquery(best.values(column)[:1])
