"""Would a draft offer every protected group alike, and what did each accept?

Groups come from the audit's store by its one way in, after all was decided; no decision reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone

from offers.fairness.groups import groups_of
from offers.fairness.measuring import FEWEST, Interval, of_ratio, ratio, share
from offers.models import Offer, OfferStatus
from offers.release.comparing import Pair, offered

AT_ONCE = 5_000


@dataclass(slots=True)
class Alike:
    """Customers who get an offer, by group: now and by the draft; answers by customer."""

    name: str = "groups"
    customers: set[int] = field(default_factory=set)
    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)
    kept: dict[int, frozenset[str]] = field(default_factory=dict)

    def see(self, pair: Pair) -> None:
        self.customers.add(pair.customer)
        if offered(pair.before):
            self.before.add(pair.customer)
        if after := offered(pair.after):
            self.after.add(pair.customer)
        self.kept[pair.decision] = frozenset(after)

    def figures(self) -> Any:
        """One row for each group: shares with intervals, and the draft's ratio to all others."""
        answers = list(self._answers())
        known = groups_of(self.customers, today=timezone.localdate())
        return [
            {"attribute": attribute, "group": group, **self._row(members, groups, answers)}
            for attribute, groups in sorted(known.items())
            for group, members in sorted(groups.items())
        ]

    def _row(
        self, members: set[int], groups: dict[str, set[int]], answers: list[tuple[int, bool, bool]]
    ) -> dict[str, Any]:
        """Groups too small to say anything of are counted and told no figures."""
        others = set().union(*groups.values()) - members
        row: dict[str, Any] = {"customers": len(members), "is_few": len(members) < FEWEST}
        if row["is_few"]:
            return row
        hits, other_hits = len(self.after & members), len(self.after & others)
        compared = ratio(hits, len(members), other_hits, len(others))
        mine = [(accepted, is_kept) for one, accepted, is_kept in answers if one in members]
        kept = [accepted for accepted, is_kept in mine if is_kept]
        return row | {
            "before": _told(share(len(self.before & members), len(members))),
            "after": _told(share(hits, len(members))),
            "ratio": _told(compared),
            "verdict": of_ratio(compared, cases=len(members), others=len(others)).value,
            "accepted": _told(share(sum(accepted for accepted, _ in mine), len(mine))),
            "accepted_kept": _told(share(sum(kept), len(kept))),
        }

    def _answers(self) -> Iterator[tuple[int, bool, bool]]:
        """Answered offers: the customer, was it accepted, would the draft make it too."""
        decisions = sorted(self.kept)
        for start in range(0, len(decisions), AT_ONCE):
            offers = Offer.objects.filter(decision__in=decisions[start : start + AT_ONCE])
            answered = offers.exclude(status=OfferStatus.PRESENTED)
            rows = answered.values_list("customer", "status", "decision", "product__code")
            for customer, status, decision, code in rows:
                yield customer, status == OfferStatus.ACCEPTED, code in self.kept[decision]


def _told(found: Interval | None) -> dict[str, float] | None:
    return asdict(found) if found else None
