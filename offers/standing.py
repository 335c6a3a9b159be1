"""Which decision stands in a contact, and does it still speak of how things are? One statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.prepared import NO_CONTACT_AT_ALL, NOBODY, Prepared
from customers.contact_points import Channel
from customers.models import Consent, Purpose
from interactions.models import Interaction
from offers.catalogue import is_in_share, trial_of
from offers.history import heard_as, heard_in, newest_answer, newest_event
from offers.models import Decision, Offer, OfferStatus
from offers.outcomes import TAKEN_BACK_WITHIN
from products.models import CatalogueVersion


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer given last in the contact, while it can still be taken back.

    `may_call`: sales calls are permitted, so that a later day leads to one.
    """

    product: str
    title: str
    status: str
    said: str
    later_on: date | None
    may_call: bool
    request_id: int | None
    promise: str
    due_at: datetime | None
    owner: str

    @property
    def words(self) -> str:
        return str(OfferStatus(self.status).label)


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest decision of a contact, without the bulk of what it excludes."""

    decision_id: int
    ways: list[dict[str, Any]]
    waits: list[dict[str, Any]]
    settled: dict[str, str] | None
    is_current: bool
    answered: Answered | None = None


def standing(interaction: Interaction) -> Standing | None:
    """The decision that stands; expects `customer` and `contact_reason` to be loaded."""
    found = _LATEST.rows(contact=interaction.pk, customer=interaction.customer_id)
    if not found:
        return None
    pk, *parts = found[0]
    read = [json.loads(part) if isinstance(part, str) else part for part in parts]
    number, ways, waits, settled, today, seen, heard, reason, vulnerable, *rest = read
    event, answer, offer, *rest = rest
    called, said, *versions = rest
    now = timezone.now()
    is_current = (
        number == _deciding(interaction.customer_id, *versions)
        and today == timezone.localdate(now).isoformat()
        and seen == [event, answer]
        and heard == heard_as(called, said)
        and reason == (interaction.contact_reason.code if interaction.contact_reason else None)
        and vulnerable == (interaction.customer.vulnerable_since is not None)
        and not any(_has_run_late(entry, now) for entry in ways)
    )
    return Standing(pk, ways, waits, settled, is_current, _answered(offer, now))


def _answered(offer: dict[str, Any] | None, now: datetime) -> Answered | None:
    """The answer as the panel tells it; None when it stands for good."""
    if offer is None or _moment(offer["at"]) < now - TAKEN_BACK_WITHIN:
        return None
    return Answered(
        product=offer["product"],
        title=offer["title"],
        status=offer["status"],
        said=": ".join(words for words in (offer["reason"], offer["because"]) if words),
        later_on=date.fromisoformat(offer["later_on"]) if offer["later_on"] else None,
        may_call=bool(offer["may_call"]),
        request_id=offer["request"],
        promise=offer["promise"] or "",
        due_at=_moment(offer["due_at"]) if offer["due_at"] else None,
        owner=" ".join(part for part in (offer["first"], offer["last"]) if part),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _deciding(customer_id: int, in_force: int | None, trial: int | None) -> int:
    """The number of the catalogue that decides for this customer now."""
    if trial is not None and is_in_share(customer_id, trial):
        return trial
    return in_force or 0


def _has_run_late(entry: dict[str, Any], now: datetime) -> bool:
    due_at = entry.get("due_at")
    if entry["kind"] not in ("request", "promise") or entry["state"] == "late" or not due_at:
        return False
    return datetime.fromisoformat(due_at) < now.replace(microsecond=0)


def _newest_offer(contact: int) -> QuerySet[Any, Any]:
    permits = Consent.objects.filter(
        customer=OuterRef("customer"), purpose=Purpose.MARKETING, channel=Channel.VOICE
    ).order_by("-recorded_at", "-pk")
    told = JSONObject(
        product="product__code",
        title="product__name",
        status="status",
        at="answered_at",
        reason="reason__name",
        because="because",
        later_on="later_on",
        request="request",
        promise="promise__text",
        due_at="promise__due_at",
        first="promise__owner__first_name",
        last="promise__owner__last_name",
        may_call=Subquery(permits.values("is_granted")[:1]),
    )
    given = Offer.objects.filter(interaction=contact, answered_at__isnull=False)
    return given.order_by("-answered_at", "-pk").values(json=told)[:1]


def _latest_of(*, contact: int, customer: int) -> QuerySet[Any, Any]:
    in_force = CatalogueVersion.objects.published().values("number")[:1]
    return (
        Decision.objects.filter(interaction=contact)
        .newest()
        .values_list(
            "pk",
            "catalogue_number",
            "results__ways",
            "results__waits",
            "results__settled",
            "inputs__today",
            "inputs__seen",
            "inputs__heard",
            "inputs__contact__reason",
            "inputs__facts__is_vulnerable",
            Subquery(newest_event(customer)),
            Subquery(newest_answer(contact)),
            Subquery(_newest_offer(contact)),
            *heard_in(contact),
            Subquery(in_force),
            *trial_of("number"),
        )[:1]
    )


_LATEST = Prepared(_latest_of, {"contact": NO_CONTACT_AT_ALL, "customer": NOBODY})
