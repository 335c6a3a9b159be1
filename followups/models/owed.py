"""Which follow-ups are due, what do the rules have to know of them, and what did they decide?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Self, cast

from django.db import connection, models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.scoping import TeamScopedQuerySet
from customers.contact_points import Channel
from customers.models import Consent, ContactPoint, Customer, Purpose
from followups.models.attempt import Attempt, AttemptOutcome
from followups.permission import Facts, Permission, Rule
from service.models import ServiceRequest

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


WAITING = (FollowUpStatus.PLANNED, FollowUpStatus.READY)

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
        return self.filter(
            owner=owner, status__in=[FollowUpStatus.READY, FollowUpStatus.IN_PROGRESS]
        )

    def facts(self) -> dict[int, Facts]:
        """What the rules have to know of each of these follow-ups, by its id.

        Five statements however many follow-ups; the first is this queryset's own, so that a
        locked and limited one claims its rows.
        """
        rows = list(
            self.values_list(
                "pk",
                "customer_id",
                "attempts_made",
                "max_attempts",
                "lapses_at",
                "window_start",
                "window_end",
            )
        )
        if not rows:
            return {}
        people = list({row[1] for row in rows})
        places = _places(people)
        phones = _phones(people)
        consents = _consents(people)
        complaining = _complaining(people)
        facts = {}
        for pk, person, attempts_made, max_attempts, lapses_at, start, end in rows:
            country, time_zone, vulnerable_since = places[person]
            phone_id, phone = phones.get(person, (None, ""))
            facts[pk] = Facts(
                attempts_made=attempts_made,
                max_attempts=max_attempts,
                lapses_at=lapses_at,
                window_start=start,
                window_end=end,
                country=country,
                time_zone=time_zone,
                phone=phone,
                phone_id=phone_id,
                consent=consents.get(person),
                has_open_complaint=person in complaining,
                is_vulnerable=vulnerable_since is not None,
            )
        return facts

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


def _places(people: list[int]) -> dict[int, tuple[str, str, object]]:
    found = Customer.objects.filter(pk__in=people).values_list(
        "pk", "country", "time_zone", "vulnerable_since"
    )
    return {pk: (country, time_zone, since) for pk, country, time_zone, since in found}


def _phones(people: list[int]) -> dict[int, tuple[int, str]]:
    """The number to call: the preferred one, else the oldest; never one reported as wrong."""
    reported_wrong = Attempt.objects.filter(
        contact_point=OuterRef("pk"),
        outcome=AttemptOutcome.WRONG_NUMBER,
        ended_at__gt=Coalesce(OuterRef("verified_at"), Value("-infinity")),
    )
    found = (
        ContactPoint.objects.filter(customer__in=people, channel=Channel.VOICE)
        .exclude(Exists(reported_wrong))
        .order_by("customer_id", "-is_preferred", "pk")
        .distinct("customer_id")
        .values_list("customer_id", "pk", "value")
    )
    return {person: (pk, value) for person, pk, value in found}


def _consents(people: list[int]) -> dict[int, bool]:
    found = (
        Consent.objects.filter(customer__in=people, purpose=Purpose.SURVEY, channel=Channel.VOICE)
        .current()
        .values_list("customer_id", "is_granted")
    )
    return dict(found)


def _complaining(people: list[int]) -> set[int]:
    found = ServiceRequest.objects.open().complaints().filter(customer__in=people)
    return set(found.values_list("customer_id", flat=True))
