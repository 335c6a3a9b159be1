"""What did the last days' decisions mean to every group?

Three questions, each group against all others of whom the attribute is known: could they see an
offer at all (by the stored decisions), did they accept what was put to them, and was the learned
chance true for them? Figures name no customer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.contrib.postgres.aggregates import BoolOr
from django.db import connection, transaction
from django.db.models import BooleanField, Count, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from offers.fairness import measuring
from offers.fairness.groups import groups_of
from offers.fairness.measuring import Interval, Verdict
from offers.models import Decision, Offer, OfferStatus, Reward, RewardKind
from offers.models.fairness import FairnessAudit

DAYS = 90
EVERY = timedelta(days=1)
LOCK = 7_240_117  # one audit at a time
SEES_AN_OFFER = '$.ways[*] ? (@.kind == "offer")'


@dataclass(slots=True)
class Seen:
    """What is known of every customer decided on in the days."""

    could_see: dict[int, bool] = field(default_factory=dict)
    answered: dict[int, tuple[int, int]] = field(default_factory=dict)  # accepted, answered
    chances: dict[int, list[tuple[float, int]]] = field(default_factory=dict)

    @property
    def customers(self) -> set[int]:
        return self.could_see.keys() | self.answered.keys() | self.chances.keys()


def audit(*, by: User | None, at: datetime | None = None, days: int = DAYS) -> FairnessAudit:
    """Look at the last days, keep what was found, and raise what is outside the bounds."""
    at = at or timezone.now()
    since = at - timedelta(days=days)
    seen = _seen(since, at)
    figures = figures_of(seen, today=timezone.localdate(at))
    alerts = [line for attribute in figures for line in _alerts(attribute)]
    with transaction.atomic():
        kept = FairnessAudit.objects.create(
            made_at=at,
            made_by=by,
            since=since,
            customers=len(seen.customers),
            figures=figures,
            alerts=alerts,
        )
        verb = "fairness audit: alert" if alerts else "fairness audit"
        AuditEntry.record(by=by, verb=verb, subject=kept, detail={"alerts": len(alerts)})
    return kept


def audit_if_due() -> FairnessAudit | None:
    """The audit of the day; None when there was one, or somebody makes it now."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return None
        newest = FairnessAudit.objects.first()
        if newest is not None and newest.made_at > timezone.now() - EVERY:
            return None
        return audit(by=None)


def audit_asked(user_id: int) -> None:
    """The audit that somebody asked for on the page, which then shows it."""
    audit(by=User.objects.get(pk=user_id))
    panel_changed(panel="offers.fairness", user_ids=[user_id])


def figures_of(seen: Seen, *, today: Any) -> list[dict[str, Any]]:
    """For each attribute its groups, the largest first, each beside all others."""
    found = groups_of(seen.customers, today=today)
    return [
        {
            "attribute": attribute,
            "known": len(set().union(*groups.values())),
            "groups": [
                _group(name, members, set().union(*groups.values()) - members, seen)
                for name, members in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
            ],
        }
        for attribute, groups in sorted(found.items())
    ]


def _group(name: str, members: set[int], others: set[int], seen: Seen) -> dict[str, Any]:
    return {
        "group": name,
        "customers": len(members),
        "seen": _compared(_could_see(members, seen), _could_see(others, seen)),
        "accepted": _compared(_accepted(members, seen), _accepted(others, seen)),
        "chance": _chances(members, seen),
    }


def _could_see(members: Iterable[int], seen: Seen) -> tuple[int, int]:
    told = [seen.could_see[customer] for customer in members if customer in seen.could_see]
    return sum(told), len(told)


def _accepted(members: Iterable[int], seen: Seen) -> tuple[int, int]:
    told = [seen.answered[customer] for customer in members if customer in seen.answered]
    return sum(accepted for accepted, _ in told), sum(answered for _, answered in told)


def _compared(ours: tuple[int, int], theirs: tuple[int, int]) -> dict[str, Any]:
    (hits, of), (other_hits, other_of) = ours, theirs
    found = measuring.ratio(hits, of, other_hits, other_of)
    return {
        "hits": hits,
        "of": of,
        "others": other_of,
        "rate": _told(measuring.share(hits, of)),
        "ratio": _told(found),
        "verdict": measuring.of_ratio(found, cases=of, others=other_of),
    }


def _chances(members: Iterable[int], seen: Seen) -> dict[str, Any]:
    pairs = [pair for customer in sorted(members) for pair in seen.chances.get(customer, ())]
    expected = np.array([chance for chance, _ in pairs], dtype=np.float64)
    came = np.array([outcome for _, outcome in pairs], dtype=np.float64)
    found = measuring.gap(expected, came)
    return {
        "cases": len(pairs),
        "gap": _told(found),
        "ranking": _told(measuring.ranking(expected, came) if pairs else None),
        "verdict": measuring.of_gap(found, cases=len(pairs)),
    }


def _told(found: Interval | None) -> dict[str, float] | None:
    return None if found is None else {key: round(x, 6) for key, x in asdict(found).items()}


def _alerts(attribute: dict[str, Any]) -> Iterable[str]:
    name = attribute["attribute"]
    for row in attribute["groups"]:
        who = f"{name}, {row['group']}"
        for part, words in (("seen", "can see an offer"), ("accepted", "accept an offer")):
            if row[part]["verdict"] == Verdict.ALERT:
                yield f"{who}: {words} {row[part]['ratio']['value']:.2f} times as often as others"
        if row["chance"]["verdict"] == Verdict.ALERT:
            points = 100 * row["chance"]["gap"]["value"]
            yield f"{who}: the learned chance is {abs(points):.1f} points too " + (
                "high" if points > 0 else "low"
            )


# --- What is known of every customer: three statements, whatever the history -----------------


def _seen(since: datetime, until: datetime) -> Seen:
    sees = Func(
        "results",
        Value(SEES_AN_OFFER),
        function="jsonb_path_exists",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=BooleanField(),
    )
    decided = (
        Decision.objects.filter(made_at__range=(since, until), interaction__isnull=False)
        .order_by()
        .values("customer")
        .annotate(sees=Coalesce(BoolOr(sees), False))
        .values_list("customer", "sees")
    )
    answered = (
        Offer.objects.filter(presented_at__range=(since, until))
        .exclude(status=OfferStatus.PRESENTED)
        .order_by()
        .values("customer")
        .annotate(accepted=Count("pk", filter=Q(status=OfferStatus.ACCEPTED)), all=Count("pk"))
        .values_list("customer", "accepted", "all")
    )
    chances: dict[int, list[tuple[float, int]]] = defaultdict(list)
    learned = (
        Reward.objects.answers()
        .filter(happened_at__range=(since, until), offer__isnull=False)
        .order_by("pk")
        .values_list("offer__customer", "expected", "kind")
    )
    for customer, expected, kind in learned.iterator():
        if expected is not None:
            chances[customer].append((expected, int(kind == RewardKind.ACCEPTED)))
    return Seen(
        could_see=dict(decided.iterator()),
        answered={customer: (accepted, many) for customer, accepted, many in answered.iterator()},
        chances=dict(chances),
    )
