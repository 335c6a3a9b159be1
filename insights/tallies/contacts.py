"""What came of contacts: saved from leaving, resolved at first?"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from customers.models import Holding
from insights.tallies.holdings import held_on
from insights.tallies.tally import AnyRecords, day_of, later, plus_days, words
from interactions.models import Direction, Intent, Interaction, Outcome
from needs.models import Need, NeedStatus

REPEAT: Final = timedelta(days=7)  # the same reason again within this time: not resolved at first
STAY_DAYS: Final = 30  # a customer who wanted to leave and is still here so much later stayed


def saved(_: bool = False) -> AnyRecords:
    """Contacts of customers who wanted to leave.

    Left: something they held was cancelled within 30 days. Saved: nothing was, and a need told
    in the contact was met, in it or within the 30 days. Undecided: they are still here and no
    need was met; that is never counted as saved, for it may be nothing but friction.
    """
    day = OuterRef("day")
    held = Holding.objects.filter(held_on(day), customer_id=OuterRef("customer_id"))
    gone = held.filter(cancelled_on__lte=plus_days(day, STAY_DAYS))
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
    ).annotate(day=day_of("closed_at"))
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
                When(gone_because__isnull=False, then=words("left")),
                When(need_met__isnull=False, then=words("saved")),
                default=words("undecided"),
            ),
            reason=Coalesce("gone_because", "need_met", words(""), output_field=CharField()),
        )
    )


def first_contact(_: bool = False) -> AnyRecords:
    """Closed inbound contacts: resolved at first, come back within 7 days, or not resolved."""
    again = Interaction.objects.filter(
        later("opened_at"),
        customer_id=OuterRef("customer_id"),
        contact_reason_id=OuterRef("contact_reason_id"),
        direction=Direction.INBOUND,
        is_follow_up=False,
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
            day=day_of("closed_at"),
            outcome=Case(
                When(Exists(again), then=words("repeated")),
                When(wrap_up_code__outcome=Outcome.RESOLVED, then=words("first")),
                default=words("not_resolved"),
            ),
            reason=words(""),
        )
    )
