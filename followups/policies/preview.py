"""Which follow-ups would last week's contacts have made under the draft, and what is different?

The same `decide` as at wrap-up, over the newest contacts of the week in their order, so that one
customer's second contact finds them asked already. Nothing is written; the number of statements is
fixed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Q

from accounts.models import User
from followups.models import FollowUp, Way
from followups.models.terms import Terms
from followups.policies.choosing import ASKED, Choice, Contact, decide, latest
from interactions.models import Interaction, Outcome

DAYS: Final = 7
SAMPLE: Final = 2000
EXAMPLES: Final = 12


@dataclass(frozen=True, slots=True)
class Line:
    """So many contacts under one name: in force, and in the draft."""

    name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Example:
    """One contact of the week, and what would become of it."""

    contact: Interaction
    before: Choice | None
    after: Choice | None

    @property
    def way(self) -> str:
        return str(Way(self.after.terms.ways[0]).label) if self.after else ""

    @property
    def is_changed(self) -> bool:
        return _told(self.before) != _told(self.after)


@dataclass(frozen=True, slots=True)
class Preview:
    """`count` contacts were closed in the week; the figures are of the `sampled` newest."""

    count: int
    sampled: int
    version: int
    asked: Line
    policies: list[Line]
    ways: list[Line]
    rules: list[Line]
    examples: list[Example]
    changed: int


def preview(*, user: User, draft: Sequence[Terms], at: datetime) -> Preview:
    """Of the contacts that the user may see; five statements and none for the rules."""
    since = at - timedelta(days=DAYS)
    closed = Interaction.objects.visible_to(user).filter(
        ~Q(wrap_up_code__outcome=Outcome.NOT_REACHED),
        is_follow_up=False,
        closed_at__gte=since,
        closed_at__lt=at,
    )
    count = closed.count()
    newest = closed.select_related("customer", "contact_reason", "wrap_up_code")
    rows = list(newest.order_by("-closed_at", "-pk")[:SAMPLE])[::-1]
    asked = _asked_before(rows)
    version, in_force = latest()
    number = version.number if version else 0
    before = simulate(in_force, rows, asked, version=number)
    after = simulate(draft, rows, asked, version=number + 1)
    examples = [Example(*three) for three in zip(rows, before, after, strict=True)]
    changed = [one for one in examples if one.is_changed]
    unchanged = [one for one in examples if not one.is_changed]
    names = {one.id: one.name for one in (*in_force, *draft)}
    return Preview(
        count=count,
        sampled=len(rows),
        version=number,
        asked=Line("Follow-ups", len(_kept(before)), len(_kept(after))),
        policies=_lines(before, after, lambda one: names[one.terms.id]),
        ways=_lines(_kept(before), _kept(after), lambda one: str(Way(one.terms.ways[0]).label)),
        rules=_lines(before, after, lambda one: str(one.refused.label) if one.refused else ""),
        examples=[*changed[::-1], *unchanged[::-1]][:EXAMPLES],
        changed=len(changed),
    )


def simulate(
    policies: Sequence[Terms],
    rows: Sequence[Interaction],
    asked: Mapping[int, datetime],
    *,
    version: int,
) -> list[Choice | None]:
    """What each contact would get, in the order in which they were closed."""
    latest_of = dict(asked)
    choices = []
    for row in rows:
        contact = replace(_contact(row), asked_at=latest_of.get(row.customer_id))
        choice = decide(policies, contact, version=version)
        if choice and not choice.refused:
            known = latest_of.get(row.customer_id)
            latest_of[row.customer_id] = max(known, choice.due_at) if known else choice.due_at
        choices.append(choice)
    return choices


def _asked_before(rows: Sequence[Interaction]) -> dict[int, datetime]:
    """When the latest follow-up from before these contacts is due, by customer."""
    if not rows:
        return {}
    before = FollowUp.objects.filter(
        customer__in={row.customer_id for row in rows},
        status__in=ASKED,
        interaction__closed_at__lt=rows[0].closed_at,
    )
    return dict(before.values_list("customer").annotate(Max("due_at")))


def _contact(row: Interaction) -> Contact:
    assert row.closed_at is not None  # by the filter
    return Contact(
        id=row.pk,
        closed_at=row.closed_at,
        channel=row.channel,
        outcome=row.wrap_up_code.outcome if row.wrap_up_code else "",
        reason=row.contact_reason.code if row.contact_reason else "",
        segment=row.customer.segment,
        country=row.customer.country,
        region=row.customer.region,
        time_zone=row.customer.time_zone,
        asked_at=None,
    )


def _kept(choices: Sequence[Choice | None]) -> list[Choice | None]:
    return [one for one in choices if one and not one.refused]


def _told(choice: Choice | None) -> object:
    if choice is None:
        return None
    return choice.terms.id, choice.due_at, choice.refused, choice.terms.ways, choice.terms.questions


def _lines(
    before: Sequence[Choice | None], after: Sequence[Choice | None], name: Callable[[Choice], str]
) -> list[Line]:
    was = Counter(name(one) for one in before if one)
    now = Counter(name(one) for one in after if one)
    names = [one for one in dict.fromkeys((*now, *was)) if one]
    return [Line(one, was[one], now[one]) for one in names]
