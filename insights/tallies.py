"""Which raw rows count, on which day, with which outcome and reason?

Every figure of the dashboards is a count of these querysets and of nothing else: the roll-ups
sum them (`insights.rollups`), the lists behind the figures page through them
(`insights.records`). Each yields `day`, `outcome`, `reason` and, where it has a product of its
own, `own_product`. A customer is one who holds something at the end of a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from customers.models import Holding
from followups.models import FollowUp, FollowUpStatus, Question
from insights.periods import Period
from interactions.models import Direction, Intent, Interaction, Outcome
from needs.models import Need, NeedStatus
from service.models import Promise, PromiseStatus, RequestStatus, ServiceRequest

REPEAT: Final = timedelta(days=7)  # the same reason again within this time: not resolved at first
STAY_DAYS: Final = 30  # a customer who wanted to leave and is still here so much later stayed
PROMOTER, DETRACTOR = 9, 6  # Net Promoter Score: 9 and 10; 0 to 6 (Reichheld 2003)
SETTLED: Final = (
    FollowUpStatus.ANSWERED,
    FollowUpStatus.UNREACHABLE,
    FollowUpStatus.REFUSED,
    FollowUpStatus.LAPSED,
)
AnyRecords = QuerySet[Any]


class ProductOf(Enum):
    """What choosing a product means: its own, held by the customer that day, or a stay with it."""

    OWN = "own"
    HELD = "held"
    STAY = "stay"


@dataclass(frozen=True)
class Tally:
    """Something counted day by day. `at` is the column that says when; `source` what marks it.

    `records` takes `by_product`, which matters only where a product means a stay with it: then
    "customer" reads "customer of that product".
    """

    key: str
    source: str
    at: str
    product_of: ProductOf
    records: Callable[[bool], AnyRecords]
    has_months: bool = True


def _day(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=timezone.get_default_timezone())


def _words(value: str) -> Value:
    return Value(value, output_field=CharField())


def _iso(day: Any, form: str) -> Func:
    return Func(day, Value(form), function="to_char", output_field=CharField())


def _plus_days(day: Any, days: int) -> Expression:
    """PostgreSQL: date + integer = date."""
    return Func(day, Value(days), arg_joiner=" + ", template="(%(expressions)s)", function="")


# --- Customers and what they hold -------------------------------------------------------------


def held_at_end_of(day: Any) -> Q:
    return Q(opened_on__lte=day) & (Q(cancelled_on=None) | Q(cancelled_on__gt=day))


def held_on(day: Any) -> Q:
    """At some moment of the day; also: at the end of the day before, with opened_on before it."""
    return Q(opened_on__lte=day) & (Q(cancelled_on=None) | Q(cancelled_on__gte=day))


def of_same(*, by_product: bool) -> QuerySet[Holding]:
    """The customer's holdings, or those of the same product, inside a subquery on a holding."""
    same = Holding.objects.filter(customer_id=OuterRef("customer_id"))
    return same.filter(product_id=OuterRef("product_id")) if by_product else same


def _cohort(*, by_product: bool) -> Func:
    first = of_same(by_product=by_product).order_by("opened_on", "pk").values("opened_on")[:1]
    return _iso(Subquery(first), "YYYY-MM")


def _own(records: QuerySet[Holding]) -> QuerySet[Holding]:
    return records.annotate(own_product=F("product_id"))


def opened(_: bool = False) -> AnyRecords:
    return _own(Holding.objects.all()).annotate(
        day=F("opened_on"), outcome=_words("opened"), reason=_words("")
    )


def cancelled(_: bool = False) -> AnyRecords:
    return _own(Holding.objects.filter(cancelled_on__isnull=False)).annotate(
        day=F("cancelled_on"), outcome=_words("cancelled"), reason=F("cancelled_because")
    )


def joined(by_product: bool = False) -> AnyRecords:
    """First holdings ever: the customers of a cohort."""
    earlier = of_same(by_product=by_product).filter(
        Q(opened_on__lt=OuterRef("opened_on"))
        | Q(opened_on=OuterRef("opened_on"), pk__lt=OuterRef("pk"))
    )
    return _own(Holding.objects.filter(~Exists(earlier))).annotate(
        day=F("opened_on"), outcome=_words("joined"), reason=_words("")
    )


def came(by_product: bool = False) -> AnyRecords:
    """Holdings whose opening made somebody a customer, for the first time or again."""
    return _own(_beginnings(by_product=by_product)).annotate(
        day=F("opened_on"), outcome=_words("came"), reason=_cohort(by_product=by_product)
    )


def _beginnings(*, by_product: bool) -> QuerySet[Holding]:
    others = of_same(by_product=by_product)
    day = OuterRef("opened_on")
    lasting = Q(cancelled_on=None) | Q(cancelled_on__gt=F("opened_on"))
    return Holding.objects.filter(
        lasting,
        ~Exists(others.filter(held_on(day), opened_on__lt=day)),
        ~Exists(others.filter(lasting, opened_on=day, pk__lt=OuterRef("pk"))),
    )


def losses(by_product: bool = False) -> QuerySet[Holding]:
    """Holdings whose cancellation left the customer with nothing: one for each customer lost."""
    others = of_same(by_product=by_product)
    day = OuterRef("cancelled_on")
    return _own(
        Holding.objects.filter(
            ~Exists(others.filter(held_at_end_of(day))),
            ~Exists(others.filter(cancelled_on=day, opened_on__lt=day, pk__gt=OuterRef("pk"))),
            cancelled_on__gt=F("opened_on"),
        )
    ).annotate(day=F("cancelled_on"), outcome=_words("lost"))


def lost(by_product: bool = False) -> AnyRecords:
    return losses(by_product).annotate(reason=F("cancelled_because"))


def lost_of_cohort(by_product: bool = False) -> AnyRecords:
    return losses(by_product).annotate(reason=_cohort(by_product=by_product))


def begun(by_product: bool = False) -> QuerySet[Holding]:
    """Beginnings of stays, for a subquery on a loss: those before it, of the same customer."""
    found = _beginnings(by_product=by_product).filter(
        customer_id=OuterRef("customer_id"), opened_on__lt=OuterRef("cancelled_on")
    )
    return found.filter(product_id=OuterRef("product_id")) if by_product else found


def began_on(by_product: bool = False) -> Subquery:
    """When the stay began that this loss ended."""
    newest = begun(by_product).order_by("-opened_on").values("opened_on")[:1]
    return Subquery(newest, output_field=DateField())


def lost_since(by_product: bool = False) -> AnyRecords:
    return losses(by_product).annotate(reason=_iso(began_on(by_product), "YYYY-MM-DD"))


def saved(_: bool = False) -> AnyRecords:
    """Contacts of customers who wanted to leave.

    Left: something they held was cancelled within 30 days. Saved: nothing was, and a need told
    in the contact was met, in it or within the 30 days. Undecided: they are still here and no
    need was met; that is never counted as saved, for it may be nothing but friction.
    """
    day = OuterRef("day")
    held = Holding.objects.filter(held_on(day), customer_id=OuterRef("customer_id"))
    gone = held.filter(cancelled_on__lte=_plus_days(day, STAY_DAYS))
    met = Need.objects.filter(
        Q(settled_in_id=OuterRef("pk"))
        | Q(
            interaction_id=OuterRef("pk"),
            settled_at__lte=OuterRef("closed_at") + timedelta(days=STAY_DAYS),
        ),
        customer_id=OuterRef("customer_id"),
        status=NeedStatus.MET,
    )
    contacts = Interaction.objects.filter(
        closed_at__isnull=False, is_follow_up=False, contact_reason__intent=Intent.CANCEL
    ).annotate(day=_day("closed_at"))
    return (
        contacts.filter(Exists(held))
        .annotate(
            gone_because=Subquery(
                gone.order_by("cancelled_on", "pk").values("cancelled_because")[:1]
            ),
            need_met=Subquery(met.order_by("settled_at", "pk").values("need_type__code")[:1]),
        )
        .annotate(
            outcome=Case(
                When(gone_because__isnull=False, then=_words("left")),
                When(need_met__isnull=False, then=_words("saved")),
                default=_words("undecided"),
            ),
            reason=Coalesce("gone_because", "need_met", _words(""), output_field=CharField()),
        )
    )


# --- Contacts and what customers say of them --------------------------------------------------


def first_contact(_: bool = False) -> AnyRecords:
    """Closed inbound contacts: resolved at first, come back within 7 days, or not resolved."""
    again = Interaction.objects.filter(
        Q(opened_at__gt=OuterRef("opened_at")) | Q(pk__gt=OuterRef("pk")),
        customer_id=OuterRef("customer_id"),
        contact_reason_id=OuterRef("contact_reason_id"),
        direction=Direction.INBOUND,
        is_follow_up=False,
        opened_at__gte=OuterRef("opened_at"),
        opened_at__lte=OuterRef("closed_at") + REPEAT,
    )
    return (
        Interaction.objects.filter(
            closed_at__isnull=False,
            direction=Direction.INBOUND,
            is_follow_up=False,
            contact_reason__isnull=False,
        )
        .exclude(wrap_up_code__outcome=Outcome.NOT_REACHED)
        .annotate(
            day=_day("closed_at"),
            outcome=Case(
                When(Exists(again), then=_words("repeated")),
                When(wrap_up_code__outcome=Outcome.RESOLVED, then=_words("first")),
                default=_words("not_resolved"),
            ),
            reason=_words(""),
        )
    )


def _answered(question: str) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(
        status=FollowUpStatus.ANSWERED, answers__question=question
    ).annotate(day=_day("answered_at"), reason=_words(""))


def yes_or_no(question: str) -> Callable[[bool], AnyRecords]:
    """Follow-ups in which one of the three questions was answered."""

    def records(_: bool = False) -> AnyRecords:
        return _answered(question).annotate(
            outcome=Case(When(answers__is_yes=True, then=_words("yes")), default=_words("no"))
        )

    return records


def recommendations(_: bool = False) -> AnyRecords:
    """Follow-ups in which the customer said how likely they recommend us."""
    return _answered(Question.RECOMMEND).annotate(
        score=F("answers__score"),
        outcome=Case(
            When(answers__score__gte=PROMOTER, then=_words("promoter")),
            When(answers__score__gt=DETRACTOR, then=_words("passive")),
            default=_words("detractor"),
        ),
    )


def advocates(_: bool = False) -> AnyRecords:
    """Each customer's newest recommendation: promoters who still hold something, and others."""
    newer = FollowUp.objects.filter(
        Q(answered_at__gt=OuterRef("answered_at")) | Q(pk__gt=OuterRef("pk")),
        customer_id=OuterRef("customer_id"),
        status=FollowUpStatus.ANSWERED,
        answered_at__gte=OuterRef("answered_at"),
        answers__question=Question.RECOMMEND,
    )
    stays = Exists(Holding.objects.held().filter(customer_id=OuterRef("customer_id")))
    return (
        _answered(Question.RECOMMEND)
        .filter(~Exists(newer))
        .annotate(
            score=F("answers__score"),
            outcome=Case(
                When(Q(answers__score__gte=PROMOTER) & stays, then=_words("advocate")),
                When(answers__score__gte=PROMOTER, then=_words("promoter_left")),
                default=_words("other"),
            ),
        )
    )


def follow_ups(_: bool = False) -> AnyRecords:
    """Follow-ups that came to an end, on the day they were last due."""
    return FollowUp.objects.filter(status__in=SETTLED).annotate(
        day=_day("due_at"), outcome=F("status"), reason=F("refused_because")
    )


# --- Needs and promises -----------------------------------------------------------------------


def needs(_: bool = False) -> AnyRecords:
    """Needs that were settled: met, unmet for want of anything suitable, or missed by us."""
    return Need.objects.exclude(status=NeedStatus.OPEN).annotate(
        day=_day("settled_at"), outcome=F("status"), reason=F("need_type__code")
    )


def _in_time(*, done: str, expected: str) -> Case:
    """Beside the customer's expectation: in time for them, late for them, or nobody asked."""
    return Case(
        When(**{f"{expected}__isnull": True}, then=_words("not_known")),
        When(**{f"{done}__lte": F(expected)}, then=_words("in_time")),
        default=_words("late"),
    )


def promises(_: bool = False) -> AnyRecords:
    """Promises kept or broken by our date, each beside the customer's expectation."""
    settled = Promise.objects.filter(status__in=[PromiseStatus.KEPT, PromiseStatus.BROKEN])
    return settled.annotate(
        own_product=Coalesce("product_id", "request__product_id", output_field=IntegerField()),
        day=_day("due_at"),
        outcome=F("status"),
        reason=_in_time(done="done_at", expected="expected_at"),
    )


def requests(_: bool = False) -> AnyRecords:
    """Requests done within our target or after it, each beside the customer's expectation."""
    done = ServiceRequest.objects.filter(
        status__in=[RequestStatus.RESOLVED, RequestStatus.CLOSED], resolved_at__isnull=False
    )
    return done.annotate(
        own_product=F("product_id"),
        day=_day("resolved_at"),
        outcome=Case(
            When(resolved_at__lte=F("target_at"), then=_words("kept")), default=_words("broken")
        ),
        reason=_in_time(done="resolved_at", expected="expected_at"),
    )


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
        Tally("as_expected", "answers", "answered_at", HELD, yes_or_no(Question.AS_EXPECTED)),
        Tally("as_promised", "answers", "answered_at", HELD, yes_or_no(Question.AS_PROMISED)),
        Tally("met", "answers", "answered_at", HELD, yes_or_no(Question.MET_EXPECTATIONS)),
        Tally("nps", "answers", "answered_at", HELD, recommendations),
        Tally("advocates", "advocates", "answered_at", HELD, advocates),
        Tally("follow_ups", "follow_ups", "due_at", HELD, follow_ups),
        Tally("needs", "needs", "settled_at", HELD, needs),
        Tally("promises", "promises", "due_at", OWN, promises),
        Tally("requests", "requests", "resolved_at", OWN, requests),
    )
}
SOURCES: Final = tuple(dict.fromkeys(tally.source for tally in TALLIES.values()))


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
