"""May we get in touch with this person once more? One budget over service, survey and marketing.

`ruling` is the rule: pure, over days. `draw` asks it under the lock of the customer's row and
writes the line of the ledger in the same transaction, so that whoever draws at the same moment,
on whichever channel, waits and then counts this line too. Two statements on purpose: one that
locked and counted would count what stood before it waited. Locks of other rows are taken before,
never after (follow-ups), or they are the contact's (offers): see docs/adr.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import (
    Count,
    F,
    Func,
    IntegerField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from customers.models import ContactDraw, Customer, Purpose

M = TypeVar("M", bound=Model)
LONGEST_PERIOD = 366  # days that a budget may look back
Drawn = tuple[str, date]  # the purpose and the local day

WORDS: Mapping[str, str] = {
    Purpose.SURVEY: "questions after a contact",
    Purpose.MARKETING: "offers",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How often within `period_days`: all contacts together, and those of one purpose."""

    period_days: int
    most: int
    most_of: Mapping[str, int]

    def most_for(self, purpose: str) -> int:
        return self.most_of.get(purpose, self.most)

    def since(self, today: date) -> date:
        """The day after which contacts still count."""
        return today - timedelta(days=self.period_days)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Allowed, or the rule that refused; `until` is the first day with room, None for never."""

    is_allowed: bool
    because: str = ""
    until: date | None = None


ALLOWED = Ruling(is_allowed=True)


def ruling(drawn: Iterable[Drawn], *, purpose: str, limits: Limits, today: date) -> Ruling:
    """Whether one more contact for that purpose has room on that day."""
    period = timedelta(days=limits.period_days)
    within = sorted((on, kind) for kind, on in drawn if on + period > today)
    everything = [on for on, _ in within]
    alike = [on for on, kind in within if kind == purpose]
    refused = [
        _refused(days, most, words, limits.period_days)
        for days, most, words in (
            (everything, limits.most, "contacts of ours"),
            (alike, limits.most_for(purpose), WORDS.get(purpose, "contacts")),
        )
        if len(days) >= most
    ]
    return max(refused, key=_lasts, default=ALLOWED)


def _refused(days: list[date], most: int, words: str, period_days: int) -> Ruling:
    until = days[-most] + timedelta(days=period_days) if most else None
    return Ruling(
        is_allowed=False,
        because=f"{most} {words} in {period_days} days are enough.",
        until=until,
    )


def _lasts(refusal: Ruling) -> date:
    return refusal.until or date.max


def draw(
    *,
    customer_id: int,
    purpose: str,
    channel: str,
    what: str,
    subject_id: int,
    limits: Limits | None,
    by: User | None,
    is_owed: bool = False,
) -> Ruling:
    """Count one contact with this customer, where the budget has room.

    What was drawn for the same thing counts once. What is owed (`is_owed`, or no `limits`) is
    counted and never refused. A refusal writes nothing.
    """
    today = timezone.localdate()
    with transaction.atomic():
        _hold(customer_id)
        standing = ContactDraw.objects.standing()
        if standing.filter(what=what, subject_id=subject_id).exists():
            return ALLOWED
        if limits is not None and not is_owed:
            refused = ruling(
                drawn_by(customer_id, today=today), purpose=purpose, limits=limits, today=today
            )
            if not refused.is_allowed:
                return refused
        ContactDraw.objects.create(
            customer_id=customer_id,
            purpose=purpose,
            channel=channel,
            what=what,
            subject_id=subject_id,
            on=today,
            is_owed=is_owed or limits is None,
            by=by,
        )
    return ALLOWED


def give_back(*, what: str, subject_id: int) -> bool:
    """Nobody was asked after all: that contact counts no longer; false when none stood."""
    standing = ContactDraw.objects.standing().filter(what=what, subject_id=subject_id)
    return bool(standing.update(given_back_at=timezone.now()))


def drawn_by(customer_id: int, *, today: date) -> list[Drawn]:
    """What counts or may count for this customer, the oldest first; one statement."""
    since = today - timedelta(days=LONGEST_PERIOD)
    lines = ContactDraw.objects.standing().of(customer_id).after(since).order_by("on", "pk")
    return list(lines.values_list("purpose", "on"))


def drawn_beside(customer: str, *, what: str, subject: str, since: date) -> ArraySubquery:
    """What was drawn after that day, for rows that lead to a customer by `customer`, within their
    own statement; `room_on` reads it.

    What was drawn for the row's own `subject` is left out: it counts once.
    """
    lines = ContactDraw.objects.standing().after(since).filter(customer=OuterRef(customer))
    others = lines.exclude(what=Value(what), subject_id=OuterRef(subject))
    line = Func(F("on"), F("purpose"), function="concat", output_field=TextField())
    return ArraySubquery(others.order_by("on", "pk").values(line=line))


def room_on(lines: list[str], *, purpose: str, limits: Limits, today: date) -> date | None:
    """The first day with room for one more contact, by what `drawn_beside` loaded.

    None where it is today; the last day that there is where it is never.
    """
    if len(lines) < min(limits.most, limits.most_for(purpose)):
        return None
    ruled = ruling(map(_line, lines), purpose=purpose, limits=limits, today=today)
    return None if ruled.is_allowed else ruled.until or date.max


@lru_cache(maxsize=4096)
def _line(text: str) -> Drawn:
    """“2026-11-23survey”: the day, and what for."""
    return text[10:], date.fromisoformat(text[:10])


def with_room(
    rows: QuerySet[M], customer: str, *, purpose: str, limits: Limits, what: str, subject: str
) -> QuerySet[M]:
    """Rows whose customers have room for one more contact: the same rule, as SQL.

    What was drawn for the row's own `subject` is left out, as `draw` counts it once.
    """
    since = timezone.localdate() - timedelta(days=limits.period_days)
    lines = ContactDraw.objects.standing().after(since).filter(customer=OuterRef(customer))
    others = lines.exclude(what=Value(what), subject_id=OuterRef(subject))
    alike = limits.most_for(purpose)
    counted = rows.annotate(
        contacts_drawn=_counted(others), alike_drawn=_counted(others.filter(purpose=purpose))
    ).filter(contacts_drawn__lt=limits.most, alike_drawn__lt=alike)
    return cast("QuerySet[M]", counted)


def _counted(lines: QuerySet[ContactDraw]) -> Coalesce:
    counts = lines.order_by().values("customer").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), Value(0))


def read_beside(drawn: Iterable[Mapping[str, Any]]) -> list[Drawn]:
    """Lines of the ledger that another statement made JSON of."""
    return [(line["purpose"], date.fromisoformat(line["on"])) for line in drawn]


def _hold(customer_id: int) -> None:
    customers = Customer.objects.select_for_update(of=("self",), no_key=True)
    customers.only("pk").get(pk=customer_id)
