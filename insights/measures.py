"""What is measured, in which words, and which records stand behind each figure?

A measure is an object: its denominator and numerator are querysets over raw rows, its words tell
a supervisor what is counted. None of them ranks people, and none counts sales or speed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import (
    CharField,
    Exists,
    Expression,
    F,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat

from accounts.models import User
from customers.models import Customer, Holding
from insights.figures import Sums
from insights.periods import DAY, Period, month_end, shift
from insights.tallies import TALLIES, between, of_product
from insights.tallies.holdings import begun, held_at_end_of, joined, losses
from insights.tallies.tally import Tally

AnyRecords = QuerySet[Any]
UNDERSTOOD = {"yes": "Yes", "no": "No"}
YARDSTICK: Final = {
    "in_time": "in time for the customer",
    "late": "too late for the customer",
    "not_known": "expectation not known",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for: days, and perhaps one team and one product."""

    period: Period
    team_id: int | None = None
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: so many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> float | None:
        return 100 * self.hits / self.of if self.of else None


@dataclass(frozen=True)
class Measure:
    """One thing a supervisor steers by.

    `hits` are the outcomes of the numerator, `base` those of the denominator (all when empty).
    `what` shows a record in a few words; `columns` are further facts of it, by their heading;
    `listed_as` names all records together, where the name speaks of some.
    """

    key: str
    name: str
    meaning: str
    outcomes: Mapping[str, str]
    hits: tuple[str, ...]
    what: Expression | F
    listed_as: str = ""
    base: tuple[str, ...] = ()
    more_is_better: bool | None = True
    columns: Mapping[str, str] = field(default_factory=dict)
    reason_words: Mapping[str, str] | None = None

    @property
    def tally(self) -> Tally:
        return TALLIES[self.key]

    def rate(self, sums: Sums) -> Rate:
        return Rate(sums.of(self.key, *self.hits), sums.of(self.key, *self.base))

    def count(self, sums: Sums, *, outcome: str = "", reason: str | None = None) -> int:
        outcomes = (outcome,) if outcome else tuple(self.outcomes)
        if reason is None:
            return sums.of(self.key, *outcomes)
        return sums.reasons(self.key, *outcomes).get(reason, 0)

    def records(
        self, user: User, filters: Filters, *, outcome: str = "", reason: str | None = None
    ) -> AnyRecords:
        """The records of the denominator, or those with one outcome, or one reason."""
        found = self.tally.records(filters.product_id is not None)
        found = between(found, self.tally, first=filters.period.first, last=filters.period.last)
        found = visible(found, user, filters, self.tally)
        if outcome:
            found = found.filter(outcome=outcome)
        return found if reason is None else found.filter(reason=reason)

    def denominator(self, user: User, filters: Filters) -> AnyRecords:
        found = self.records(user, filters)
        return found.filter(outcome__in=self.base) if self.base else found

    def numerator(self, user: User, filters: Filters) -> AnyRecords:
        return self.records(user, filters).filter(outcome__in=self.hits)


def visible(records: AnyRecords, user: User, filters: Filters, tally: Tally) -> AnyRecords:
    """Those of the user's teams, narrowed to the team and product asked for."""
    seen: AnyRecords = records.visible_to(user)  # type: ignore[attr-defined]
    if filters.team_id is not None:
        seen = seen.filter(customer__team_id=filters.team_id)
    return seen if filters.product_id is None else of_product(seen, tally, filters.product_id)


def _joined_words(*parts: str) -> Concat:
    pieces: list[Any] = []
    for part in parts:
        pieces += [Value(" · "), Cast(F(part), CharField())] if pieces else [F(part)]
    return Concat(*pieces, output_field=CharField())


CONTACT = F("contact_reason__name")
PRODUCT = F("product__name")
ABOUT = F("interaction__contact_reason__name")
ANSWER = {"About": "interaction__contact_reason__name"}

MEASURES: Final = {
    measure.key: measure
    for measure in (
        Measure(
            key="lost",
            name="Customers lost",
            meaning="Customers whose last holding ended: at the end of that day they held nothing.",
            outcomes={"lost": "Lost"},
            hits=("lost",),
            what=PRODUCT,
            more_is_better=False,
            columns={"Held since": "opened_on"},
        ),
        Measure(
            key="came",
            name="Customers who came",
            meaning="Customers who held nothing the day before, for the first time or again.",
            outcomes={"came": "Came"},
            hits=("came",),
            what=PRODUCT,
        ),
        Measure(
            key="saved",
            name="Saved",
            meaning=(
                "Contacts of customers who wanted to leave. Saved: 30 days later, or until now, "
                "they have kept everything, because a need told in the contact was met. Those who "
                "are still here without that are not counted as saved: it may be friction."
            ),
            outcomes={
                "saved": "Saved: a need was met",
                "undecided": "Still here, no need met",
                "left": "Left within 30 days",
            },
            hits=("saved",),
            listed_as="Customers who wanted to leave",
            what=CONTACT,
        ),
        Measure(
            key="opened",
            name="Holdings opened",
            meaning="Products that customers began to hold.",
            outcomes={"opened": "Opened"},
            hits=("opened",),
            what=PRODUCT,
            more_is_better=None,
        ),
        Measure(
            key="cancelled",
            name="Holdings cancelled",
            meaning="Products that customers gave up, with the reason recorded.",
            outcomes={"cancelled": "Cancelled"},
            hits=("cancelled",),
            what=PRODUCT,
            more_is_better=False,
            columns={"Held since": "opened_on"},
        ),
        Measure(
            key="first_contact",
            name="Resolved at first contact",
            meaning=(
                "Inbound contacts wrapped up as resolved after which the same customer did not "
                "come back for the same reason within 7 days. The last 7 days may still change."
            ),
            outcomes={
                "first": "Resolved at once",
                "repeated": "Came back in 7 days",
                "not_resolved": "Not resolved",
            },
            hits=("first",),
            listed_as="Inbound contacts",
            what=CONTACT,
            columns={"Opened": "opened_at", "Wrap-up": "wrap_up_code__name"},
        ),
        Measure(
            key="as_expected",
            name="As expected",
            meaning="“Did everything go as expected?” Customers who said yes.",
            outcomes=UNDERSTOOD,
            hits=("yes",),
            what=ABOUT,
            columns={"Their words": "answers__words"},
        ),
        Measure(
            key="as_promised",
            name="As promised",
            meaning="“Have we delivered as promised?” Customers who said yes.",
            outcomes=UNDERSTOOD,
            hits=("yes",),
            what=ABOUT,
            columns={"Their words": "answers__words"},
        ),
        Measure(
            key="met",
            name="Met expectations",
            meaning="“Have we met your expectations?” Customers who said yes.",
            outcomes=UNDERSTOOD,
            hits=("yes",),
            what=ABOUT,
            columns={"Their words": "answers__words"},
        ),
        Measure(
            key="nps",
            name="Net Promoter Score",
            meaning=(
                "Promoters (9 or 10) less detractors (0 to 6), in points of all who said how "
                "likely they recommend us."
            ),
            outcomes={"promoter": "Promoter", "passive": "Passive", "detractor": "Detractor"},
            hits=("promoter",),
            listed_as="How likely customers recommend us",
            what=ABOUT,
            columns={"Score": "score", "Their words": "answers__words"},
        ),
        Measure(
            key="advocates",
            name="Advocates",
            meaning=(
                "Customers whose newest word is 9 or 10 and who have stayed. Each customer "
                "counts once, on the day of that word."
            ),
            outcomes={
                "advocate": "Advocate",
                "promoter_left": "Promoter, has left",
                "other": "Not a promoter",
            },
            hits=("advocate",),
            listed_as="Newest word of each customer",
            what=ABOUT,
            columns={"Score": "score"},
        ),
        Measure(
            key="follow_ups",
            name="Follow-ups reached",
            meaning="Follow-ups that ended: answered, not reached, not permitted or too late.",
            outcomes={
                "answered": "Answered",
                "unreachable": "Not reached",
                "refused": "Not permitted",
                "lapsed": "Too late to ask",
            },
            hits=("answered",),
            listed_as="Follow-ups that ended",
            what=ABOUT,
            columns={"Attempts": "attempts_made"},
        ),
        Measure(
            key="needs",
            name="Needs met",
            meaning=(
                "Needs that were settled: met, unmet because nothing suitable exists, or missed "
                "although a suitable way to help existed."
            ),
            outcomes={"met": "Met", "unmet": "Unmet", "missed": "Missed"},
            hits=("met",),
            listed_as="Needs settled",
            what=F("evidence"),
            columns={"Settled because": "settled_because"},
        ),
        Measure(
            key="promises",
            name="Promises kept",
            meaning=(
                "Promises that fell due: kept or broken by our date, each beside the day the "
                "customer expected."
            ),
            outcomes={"kept": "Kept by our date", "broken": "Broken"},
            hits=("kept",),
            listed_as="Promises that fell due",
            what=F("text"),
            columns={"Our date": "due_at", "Expected by": "expected_at", "Done": "done_at"},
            reason_words=YARDSTICK,
        ),
        Measure(
            key="requests",
            name="Requests done in time",
            meaning=(
                "Requests that were resolved: within our target or after it, each beside the day "
                "customers expect."
            ),
            outcomes={"kept": "Within our target", "broken": "After our target"},
            hits=("kept",),
            listed_as="Requests done",
            what=F("subject"),
            columns={"Our target": "target_at", "Expected by": "expected_at"},
            reason_words=YARDSTICK,
        ),
    )
}


# --- Figures that are not sums of days --------------------------------------------------------


def _customers(user: User, filters: Filters) -> QuerySet[Customer]:
    found = Customer.objects.visible_to(user)
    return found if filters.team_id is None else found.filter(team_id=filters.team_id)


def _theirs(filters: Filters) -> QuerySet[Holding]:
    """Holdings of the customer of the outer query, of the product asked for."""
    found = Holding.objects.filter(customer_id=OuterRef("pk"))
    return found if filters.product_id is None else found.filter(product=filters.product_id)


def customers_at(user: User, filters: Filters, *, day: date) -> QuerySet[Customer]:
    """Who held something at the end of the day."""
    return _customers(user, filters).filter(Exists(_theirs(filters).filter(held_at_end_of(day))))


def customers_before(user: User, filters: Filters) -> AnyRecords:
    return customers_at(user, filters, day=filters.period.first - DAY)


def customers_after(user: User, filters: Filters) -> AnyRecords:
    return customers_at(user, filters, day=filters.period.last)


def retained(user: User, filters: Filters) -> AnyRecords:
    """Customers when the period began who held something at the end of each of its days."""
    gone = losses(filters.product_id is not None).filter(
        customer_id=OuterRef("pk"),
        cancelled_on__gte=filters.period.first,
        cancelled_on__lte=filters.period.last,
    )
    if filters.product_id is not None:
        gone = gone.filter(product=filters.product_id)
    return customers_before(user, filters).filter(~Exists(gone))


def leavers(user: User, filters: Filters) -> AnyRecords:
    """The losses that ended stays which began before the period."""
    by_product = filters.product_id is not None
    tally = TALLIES["lost"]
    found: AnyRecords = losses(by_product)
    found = between(found, tally, first=filters.period.first, last=filters.period.last)
    newer = begun(by_product).filter(opened_on__gte=filters.period.first)
    stayed: AnyRecords = visible(found, user, filters, tally).filter(~Exists(newer))
    return stayed.annotate(reason=Value(""))  # type: ignore[no-any-return]


def cohort(user: User, filters: Filters, *, month: date, after: int | None) -> AnyRecords:
    """The customers of a cohort; with `after`, those who held something so many months on."""
    by_product = filters.product_id is not None
    found = joined(by_product).filter(opened_on__gte=month, opened_on__lte=month_end(month))
    found = visible(found, user, filters, TALLIES["joined"])
    if after is None:
        return found
    holdings = Holding.objects.filter(customer_id=OuterRef("customer_id"))
    if by_product:
        holdings = holdings.filter(product=filters.product_id)
    return found.filter(Exists(holdings.filter(held_at_end_of(month_end(shift(month, after))))))


@dataclass(frozen=True)
class Standing:
    """A list of customers that is no sum of days, with its words."""

    key: str
    name: str
    meaning: str
    records: Callable[[User, Filters], AnyRecords]


STANDINGS: Final = {
    standing.key: standing
    for standing in (
        Standing(
            "customers-before",
            "Customers when the period began",
            "Who held something at the end of the day before.",
            customers_before,
        ),
        Standing(
            "customers-after",
            "Customers when the period ended",
            "Who held something at the end of its last day.",
            customers_after,
        ),
        Standing(
            "retained",
            "Customers retained",
            "Customers when the period began who stayed customers throughout.",
            retained,
        ),
        Standing(
            "leavers",
            "Customers of the beginning who left",
            "Customers when the period began whose stay ended within it.",
            leavers,
        ),
    )
}
