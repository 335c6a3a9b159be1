"""Which promises will break unless somebody acts: found, told of, and settled, many at a time?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.scoping import TeamScopedQuerySet
from service.models.request import StatusChange
from service.models.status import LIVE, PromiseStatus

if TYPE_CHECKING:
    from service.models.early_warning import EarlyWarning  # noqa: F401  named below as text


class AtRisk(models.TextChoices):
    """What the watch saw, in words."""

    STILL = "still", "Nothing has moved, and little time is left"
    SHORT = "short", "It has moved, but hardly any time is left"


class WarningOutcome(models.TextChoices):
    ACTED = "acted", "Somebody acted"
    ON_IT = "on_it", "It will be done in time"
    NEW_PROMISE = "new_promise", "Told; a new promise was agreed"
    TOLD = "told", "Told; no new time was agreed"
    NOT_REACHED = "not_reached", "Not reached"
    TOO_LATE = "too_late", "Its time came first"


# One statement raises, so that two watches at once raise each warning once.
RAISE_PROMISES: Final = """
INSERT INTO service_earlywarning
    (promise_id, customer_id, owner_id, due_at, raised_at, because, escalates_at, outcome)
SELECT promise.id, promise.customer_id, promise.owner_id, promise.due_at, %(at)s,
    CASE WHEN moved.so THEN 'short' ELSE 'still' END, %(at)s + (promise.due_at - %(at)s) / 2, ''
FROM service_promise AS promise
LEFT JOIN service_servicerequest AS request ON request.id = promise.request_id
LEFT JOIN service_requesttype AS type ON type.id = request.request_type_id
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM service_statuschange AS step
    WHERE step.request_id = promise.request_id AND step.from_status <> ''
        AND step.at >= promise.made_at
) AS so) AS moved
WHERE promise.status = 'open' AND promise.due_at > %(at)s
    AND promise.due_at - %(at)s <= (promise.due_at - promise.made_at) * (
        CASE WHEN moved.so THEN %(moving)s ELSE coalesce(type.warning_share, %(still)s) END
    )::float8
    AND NOT EXISTS (SELECT FROM service_earlywarning AS one WHERE one.promise_id = promise.id)
ON CONFLICT DO NOTHING
RETURNING owner_id
"""
# A request with an open promise is watched by that promise.
RAISE_REQUESTS: Final = """
INSERT INTO service_earlywarning
    (request_id, customer_id, owner_id, due_at, raised_at, because, escalates_at, outcome)
SELECT request.id, request.customer_id, request.owner_id, request.target_at, %(at)s,
    CASE WHEN moved.so THEN 'short' ELSE 'still' END, %(at)s + (request.target_at - %(at)s) / 2, ''
FROM service_servicerequest AS request
JOIN service_requesttype AS type ON type.id = request.request_type_id
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM service_statuschange AS step
    WHERE step.request_id = request.id AND step.from_status <> ''
) AS so) AS moved
WHERE request.status = ANY(%(live)s) AND request.target_at > %(at)s
    AND request.target_at - %(at)s <= (request.target_at - request.opened_at) * (
        CASE WHEN moved.so THEN %(moving)s ELSE coalesce(type.warning_share, %(still)s) END
    )::float8
    AND NOT EXISTS (SELECT FROM service_earlywarning AS one WHERE one.request_id = request.id)
    AND NOT EXISTS (
        SELECT FROM service_promise AS promise
        WHERE promise.request_id = request.id AND promise.status = 'open'
    )
ON CONFLICT DO NOTHING
RETURNING owner_id
"""


class EarlyWarningQuerySet(TeamScopedQuerySet["EarlyWarning"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def waiting(self) -> Self:
        """Nobody has answered it, and nobody calls the customer."""
        return self.open().filter(contact=None)

    def of_owner(self, owner: User) -> Self:
        return self.filter(owner=owner)

    def escalated(self) -> Self:
        return self.filter(escalated_at__isnull=False)

    def raise_due(self, *, at: datetime) -> list[int]:
        """Warn of every promise, and every target, that is at risk now; whose each new one is.

        At risk: of the whole time the share is left that the request's type says (else the
        settings) and nothing has moved; or next to nothing is left, moved or not. Each is warned
        of once, also by two watches at the same moment.
        """
        figures: dict[str, Any] = {
            "at": at,
            "live": [status.value for status in LIVE],
            "still": settings.PROMISE_WATCH["share_left_when_still"],
            "moving": settings.PROMISE_WATCH["share_left_when_moving"],
        }
        owners: list[int] = []
        with connection.cursor() as cursor:
            for statement in (RAISE_PROMISES, RAISE_REQUESTS):
                cursor.execute(statement, figures)
                owners += [owner for (owner,) in cursor.fetchall()]
        return owners

    def settle_moved(self, *, at: datetime) -> int:
        """Those that need nobody any more: somebody acted since, or the time has come."""
        steps = StatusChange.objects.filter(at__gt=OuterRef("raised_at")).exclude(from_status="")
        of_promise = steps.filter(request=OuterRef("promise__request"))
        waiting = self.waiting()
        settled = waiting.filter(
            Q(promise__status__in=[PromiseStatus.KEPT, PromiseStatus.WITHDRAWN])
            | Q(promise__done_at__isnull=False)
            | Q(request__isnull=False) & ~Q(request__status__in=LIVE)
            | Q(Exists(of_promise))
            | Q(Exists(steps.filter(request=OuterRef("request"))))
        )
        acted = self._settle(settled, outcome=WarningOutcome.ACTED, at=at)
        late = waiting.filter(due_at__lte=at)
        return acted + self._settle(late, outcome=WarningOutcome.TOO_LATE, at=at)

    def _settle(self, rows: Self, *, outcome: WarningOutcome, at: datetime) -> int:
        chosen = rows.values("pk")
        return self.waiting().filter(pk__in=chosen).update(settled_at=at, outcome=outcome)

    def escalate_due(self, *, at: datetime) -> set[int]:
        """Tell the supervisors of those that nobody acted on in time; the teams, once each."""
        due = self.waiting().filter(escalates_at__lte=at, escalated_at=None)
        with transaction.atomic():
            claimed = list(
                due.select_for_update(of=("self",), skip_locked=True).values_list(
                    "pk", "customer__team_id"
                )
            )
            self.filter(pk__in=[pk for pk, _ in claimed]).update(escalated_at=at)
        return {team for _, team in claimed}
