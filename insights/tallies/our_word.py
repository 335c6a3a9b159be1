"""Did we do what was needed and promised: needs, promises, requests?"""

from __future__ import annotations

from django.db.models import Case, F, IntegerField, When
from django.db.models.functions import Coalesce

from insights.tallies.tally import AnyRecords, day_of, words
from needs.models import Need, NeedStatus
from service.models import Promise, PromiseStatus, RequestStatus, ServiceRequest


def needs(_: bool = False) -> AnyRecords:
    """Needs that were settled: met, unmet for want of anything suitable, or missed by us."""
    return Need.objects.exclude(status=NeedStatus.OPEN).annotate(
        day=day_of("settled_at"), outcome=F("status"), reason=F("need_type__code")
    )


def _in_time(*, done: str, expected: str) -> Case:
    """Beside the customer's expectation: in time for them, late for them, or nobody asked."""
    return Case(
        When(**{f"{expected}__isnull": True}, then=words("not_known")),
        When(**{f"{done}__lte": F(expected)}, then=words("in_time")),
        default=words("late"),
    )


def promises(_: bool = False) -> AnyRecords:
    """Promises kept or broken by our date, each beside the customer's expectation."""
    settled = Promise.objects.filter(status__in=[PromiseStatus.KEPT, PromiseStatus.BROKEN])
    return settled.annotate(
        own_product=Coalesce("product_id", "request__product_id", output_field=IntegerField()),
        day=day_of("due_at"),
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
        day=day_of("resolved_at"),
        outcome=Case(
            When(resolved_at__lte=F("target_at"), then=words("kept")), default=words("broken")
        ),
        reason=_in_time(done="resolved_at", expected="expected_at"),
    )
