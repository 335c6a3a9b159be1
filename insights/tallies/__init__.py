"""Which raw rows count, on which day, with which outcome and reason?

Every figure of the dashboards is a count of these querysets and of nothing else: the roll-ups
sum them (`insights.recount`), the lists behind the figures page through them
(`insights.records`). Each yields `day`, `outcome`, `reason` and, where it has a product of its
own, `own_product`. A customer is one who holds something at the end of a day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Exists, OuterRef

from customers.models import Holding
from followups.models import Question
from insights.periods import Period
from insights.tallies.answers import advocates, follow_ups, of_question, spoken
from insights.tallies.contacts import first_contact, saved
from insights.tallies.holdings import (
    came,
    cancelled,
    held_on,
    joined,
    lost,
    lost_of_cohort,
    lost_since,
    opened,
)
from insights.tallies.our_word import needs, promises, requests
from insights.tallies.tally import AnyRecords, ProductOf, Tally

OWN, HELD, STAY = ProductOf.OWN, ProductOf.HELD, ProductOf.STAY
TALLIES: Final = {
    tally.key: tally
    for tally in (
        Tally("opened", "holdings", "opened_on", OWN, opened),
        Tally("cancelled", "holdings", "cancelled_on", OWN, cancelled),
        Tally("joined", "holdings", "opened_on", STAY, joined),
        Tally("came", "holdings", "opened_on", STAY, came),
        Tally("lost", "holdings", "cancelled_on", STAY, lost),
        Tally("lost_of_cohort", "holdings", "cancelled_on", STAY, lost_of_cohort),
        Tally("lost_since", "holdings", "cancelled_on", STAY, lost_since, has_months=False),
        Tally("saved", "saves", "closed_at", HELD, saved),
        Tally("first_contact", "contacts", "closed_at", HELD, first_contact),
        Tally("as_expected", "answers", "answered_at", HELD, of_question(Question.AS_EXPECTED)),
        Tally("as_promised", "answers", "answered_at", HELD, of_question(Question.AS_PROMISED)),
        Tally("met", "answers", "answered_at", HELD, of_question(Question.MET_EXPECTATIONS)),
        Tally("nps", "answers", "answered_at", HELD, of_question(Question.RECOMMEND)),
        Tally("advocates", "advocates", "answered_at", HELD, advocates),
        Tally("follow_ups", "follow_ups", "due_at", HELD, follow_ups),
        Tally("needs", "needs", "settled_at", HELD, needs),
        Tally("promises", "promises", "due_at", OWN, promises),
        Tally("requests", "requests", "resolved_at", OWN, requests),
    )
}
# Sources whose tallies are counted in one pass: each record names its `tally`.
IN_ONE_PASS: Final[Mapping[str, Callable[[bool], AnyRecords]]] = {"answers": spoken}
OF_SOURCE: Final = {
    source: [tally for tally in TALLIES.values() if tally.source == source]
    for source in dict.fromkeys(tally.source for tally in TALLIES.values())
}


def is_a_day(tally: Tally) -> bool:
    """Whether its `at` is a date rather than a moment."""
    return tally.at.endswith("_on")


def between(records: AnyRecords, tally: Tally, *, first: Any, last: Any) -> AnyRecords:
    """Those of the days from `first` to `last`, both included, through the index on `at`."""
    period = Period(first, last)
    if is_a_day(tally):
        return records.filter(**{f"{tally.at}__gte": first, f"{tally.at}__lte": last})
    return records.filter(**{f"{tally.at}__gte": period.start, f"{tally.at}__lt": period.end})


def of_product(records: AnyRecords, tally: Tally, product_id: int) -> AnyRecords:
    """Those that concern a product, in the sense of the tally."""
    if tally.product_of is not ProductOf.HELD:
        return records.filter(own_product=product_id)
    held = Holding.objects.filter(
        held_on(OuterRef("day")), customer_id=OuterRef("customer_id"), product_id=product_id
    )
    return records.filter(Exists(held))
