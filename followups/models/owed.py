"""Which follow-ups are due, what do the rules have to know of them, and what did they decide?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self, cast

from django.db import connection, models
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import User
from accounts.scoping import TeamScopedQuerySet
from customers.contact_points import Channel
from customers.models import Customer, Purpose
from followups.grounds import Facts, Permission, Rule
from followups.models import known
from followups.models.policy import BY_MESSAGE, Way

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
ASKED_ON: Final = (Channel.VOICE, Channel.SMS, Channel.EMAIL)

WAITING = (FollowUpStatus.PLANNED, FollowUpStatus.READY)

# Decided rows move, and the decision is kept, in one statement however many they are. Most of them
# are decided alike, so that each kind of decision is told once.
DECIDE = """
WITH decision AS (
    SELECT * FROM unnest(
        %(statuses)s::text[], %(rules)s::text[], %(reasons)s::text[],
        %(untils)s::timestamptz[], %(ways)s::text[], %(laws)s::text[]
    ) WITH ORDINALITY AS kind (status, rule, reason, until, way, law, number)
), decided AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(kinds)s::bigint[]) AS row (id, number)
    JOIN decision USING (number)
), moved AS (
    UPDATE followups_followup AS follow_up SET
        status = decided.status,
        due_at = coalesce(decided.until, follow_up.due_at),
        way = coalesce(nullif(decided.way, ''), follow_up.way),
        max_attempts = CASE
            WHEN decided.way IN ('', follow_up.way) THEN follow_up.max_attempts
            ELSE follow_up.attempts_made + follow_up.tries_each
        END,
        ready_at = CASE WHEN decided.status = 'ready' THEN %(at)s END,
        waits_because = CASE WHEN decided.status = 'planned' THEN decided.reason ELSE '' END,
        refused_because = CASE
            WHEN decided.status IN ('planned', 'ready') THEN '' ELSE decided.reason
        END
    FROM decided
    WHERE follow_up.id = decided.id AND follow_up.status = ANY(%(from_statuses)s)
    RETURNING follow_up.id, follow_up.owner_id, follow_up.status, follow_up.way,
        decided.rule, decided.until, decided.law
), kept AS (
    INSERT INTO followups_permissioncheck (follow_up_id, at, is_allowed, rule, until, way, law)
    SELECT id, %(at)s, status = 'ready', rule, until, way, law FROM moved
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

    def oldest(self, most: int) -> Self:
        """What was due first; at most so many."""
        return self.order_by("due_at", "pk")[:most]

    def claimed(self, most: int) -> Self:
        """The same, locked; what somebody else has claimed is left to them."""
        return self.select_for_update(skip_locked=True, of=("self",)).oldest(most)

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
        """Ready for a link to be sent, or to go on, since there is no page; longest ready first."""
        ready = self.filter(status=FollowUpStatus.READY, way__in=[*BY_MESSAGE, Way.PORTAL])
        return ready.order_by("ready_at", "pk")

    def facts(self) -> dict[int, Facts]:
        """What the rules have to know of each of these follow-ups, by its id; one statement, and
        one for the figures of the contact budget.

        A locked and limited queryset claims its rows by the same statement.
        """
        return known.facts_of(self)

    def opt_out(self, *, customer: Customer, by: User | None, source: str) -> None:
        """The customer does not want to be asked: from now on, in no way, and nothing that waits
        is (89 FR 15756).
        """
        for channel in ASKED_ON:
            customer.record_consent(
                by=by,
                purpose=Purpose.SURVEY,
                channel=channel,
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
        found: dict[tuple[Rule, datetime | None, str, str], int] = {}
        kinds = [
            found.setdefault((one.rule, one.until, one.way, one.law), len(found) + 1)
            for one in decisions.values()
        ]
        alike = [Permission(*told) for told in found]
        with connection.cursor() as cursor:
            cursor.execute(
                DECIDE,
                {
                    "ids": list(decisions),
                    "kinds": kinds,
                    "statuses": [status_after(one).value for one in alike],
                    "rules": [one.rule.value for one in alike],
                    "reasons": [str(one.rule.label) for one in alike],
                    "untils": [one.until for one in alike],
                    "ways": [one.way for one in alike],
                    "laws": [one.law for one in alike],
                    "at": at,
                    "from_statuses": list(from_statuses),
                },
            )
            return cast("list[tuple[int, int]]", cursor.fetchall())
