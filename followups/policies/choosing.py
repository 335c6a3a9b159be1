"""Which policy does a contact get, when is its follow-up due, and is it asked at all?

`decide` is pure. What it looks at, with the version in force, is read in one statement; a version
never changes, so that each process reads its policies once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.models import Customer
from customers.places import zone
from followups.grounds import Rule
from followups.models import FollowUp, FollowUpStatus, PolicyVersion
from followups.models.terms import Terms
from followups.policies.working_time import asked_from
from interactions.models import ContactReason, Interaction

RESTING: Final = 0xF0111  # the advisory lock, with the customer's number beside it
# A customer who was asked, or is going to be, rests; whom nobody reached or might ask does not.
ASKED: Final = (
    FollowUpStatus.PLANNED,
    FollowUpStatus.READY,
    FollowUpStatus.IN_PROGRESS,
    FollowUpStatus.ANSWERED,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """What policies look at. `asked_at` is when the customer's latest other follow-up is due."""

    id: int
    closed_at: datetime
    channel: str
    outcome: str
    reason: str
    segment: str
    country: str
    region: str
    time_zone: str
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The policy that fits, and when the follow-up is due; `refused` where it is not asked."""

    terms: Terms
    due_at: datetime
    refused: Rule | None = None


def decide(policies: Sequence[Terms], contact: Contact, *, version: int) -> Choice | None:
    """The first policy that fits decides; None where none does."""
    terms = next((one for one in policies if fits(one, contact)), None)
    if terms is None:
        return None
    due_at = due(terms, contact)
    refused = None
    if not is_drawn(contact.id, version=version, percent=terms.sample_percent):
        refused = Rule.NOT_IN_SAMPLE
    elif contact.asked_at and due_at < contact.asked_at + timedelta(days=terms.cool_down_days):
        refused = Rule.COOLING_DOWN
    return Choice(terms, due_at, refused)


def fits(terms: Terms, contact: Contact) -> bool:
    return (
        (not terms.reasons or contact.reason in terms.reasons)
        and (not terms.channels or contact.channel in terms.channels)
        and (not terms.outcomes or contact.outcome in terms.outcomes)
        and (not terms.segments or contact.segment in terms.segments)
    )


def due(terms: Terms, contact: Contact) -> datetime:
    """By the clock, or from the opening hour of a working day at the customer's place."""
    if terms.delay_working_days is None:
        return contact.closed_at + timedelta(minutes=terms.delay_minutes)
    own = zone(contact.time_zone) or zone(settings.TIME_ZONE)
    assert own is not None
    return asked_from(
        contact.closed_at,
        working_days=terms.delay_working_days,
        opens=terms.window_start,
        closes=terms.window_end,
        place=own,
        country=contact.country,
        region=contact.region.partition("-")[2],
    )


def is_drawn(contact: int, *, version: int, percent: int) -> bool:
    """Is this contact in the sample? The same answer for as long as the version is in force."""
    digest = sha256(f"follow-up:{version}:{contact}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < percent


def in_force(interaction: Interaction) -> tuple[PolicyVersion | None, Choice | None]:
    """The version in force and what it says of this contact; one statement, three where its policy
    lets customers rest.

    Who rests is asked again under a lock that lasts as long as the transaction: of two contacts of
    one customer that are closed at the same moment, the second waits for what the first plans.
    """
    version, choice = _said(interaction)
    if choice is None or choice.refused or not choice.terms.cool_down_days:
        return version, choice
    with connection.cursor() as cursor:
        key = interaction.customer_id & 0x7FFFFFFF
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RESTING, key])
    return _said(interaction)


def _said(interaction: Interaction) -> tuple[PolicyVersion | None, Choice | None]:
    rows = _IN_FORCE.rows(
        contact=interaction.pk,
        customer=interaction.customer_id,
        reason=interaction.contact_reason_id,
    )
    if not rows:
        return None, None
    pk, number, digest, told, reason, asked_at = rows[0]
    customer = json.loads(told) if isinstance(told, str) else told
    code = interaction.wrap_up_code
    contact = Contact(
        id=interaction.pk,
        closed_at=interaction.closed_at or timezone.now(),
        channel=interaction.channel,
        outcome=code.outcome if code else "",
        reason=reason or "",
        asked_at=asked_at,
        **customer,
    )
    version = PolicyVersion(pk=pk, number=number, digest=digest)
    return version, decide(policies_of(pk, digest), contact, version=number)


def latest() -> tuple[PolicyVersion | None, tuple[Terms, ...]]:
    """The version in force with its policies; none before anything was published."""
    version = PolicyVersion.objects.select_related("published_by").first()
    if version is None:
        return None, ()
    return version, tuple(Terms.read(kept) for kept in version.policies)


@lru_cache(maxsize=8)
def policies_of(pk: int, digest: str) -> tuple[Terms, ...]:
    """Kept by both, so that it is right even after a database was put back."""
    kept = PolicyVersion.objects.values_list("policies", flat=True)
    return tuple(Terms.read(one) for one in kept.get(pk=pk, digest=digest))


_NO_REASON: Final = -103

_IN_FORCE: Final = Prepared(
    lambda *, contact, customer, reason: PolicyVersion.objects.order_by("-number").values_list(
        "pk",
        "number",
        "digest",
        Subquery(
            Customer.objects.filter(pk=customer).values(
                told=JSONObject(
                    segment="segment", country="country", region="region", time_zone="time_zone"
                )
            )
        ),
        Subquery(ContactReason.objects.filter(pk=reason).values("code")),
        Subquery(
            FollowUp.objects.filter(customer=customer, status__in=ASKED)
            .exclude(interaction=contact)
            .order_by("-due_at")
            .values("due_at")[:1]
        ),
    )[:1],
    {"contact": NO_CONTACT_AT_ALL, "customer": NOBODY, "reason": _NO_REASON},
)
