"""May this contact sell? A follow-up only where the law and the customer permit it, now."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from customers.contact_points import Channel
from customers.lawful import law_at
from customers.models import Consent, Customer, Purpose
from customers.places import CallingHours, candidate_places
from interactions.models import Interaction
from telephony.models import SuppressionEntry

EARLIEST, LATEST = time(8), time(21)  # no sales call outside, at the customer's place
NO_CONSENT: Final = "marketing calls are not permitted"
LISTED: Final = "the number is on a list against such calls"
HOURS: Final = "it is too early or too late for the customer"
BEREAVED: Final = "a bereavement was notified"
PERMITTED: Final = "marketing calls are permitted"


def marketing(
    customer: Customer, interaction: Interaction | None, at: datetime
) -> dict[str, Any] | None:
    """Whether a follow-up may turn to offers now; None in every other contact.

    For the number that is called, else the one at which the customer is called; at every place
    where that phone may ring.
    """
    if interaction is None or not interaction.is_follow_up:
        return None
    refused = _refused(customer, _number(customer, interaction), at)
    return {"is_permitted": not refused, "because": refused or PERMITTED}


def _refused(customer: Customer, number: str, at: datetime) -> str:
    consent = (
        Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING, channel=Channel.VOICE)
        .order_by("-recorded_at", "-pk")
        .first()
    )
    if consent is None or not consent.is_granted:
        return NO_CONSENT
    if customer.bereaved_since is not None:
        return BEREAVED
    if _is_listed(customer, number, consent, at):
        return LISTED
    places = candidate_places(
        country=customer.country,
        region=customer.region,
        time_zone=customer.time_zone,
        phone=number,
    )
    is_open = bool(places) and CallingHours(places, EARLIEST, LATEST).is_open(at)
    return "" if is_open else HOURS


def _number(customer: Customer, interaction: Interaction) -> str:
    if interaction.call is not None and interaction.call.remote_number:
        return str(interaction.call.remote_number)
    points = customer.contact_points.filter(channel=Channel.VOICE).order_by("-is_preferred", "pk")
    return points.values_list("value", flat=True).first() or ""


def _is_listed(customer: Customer, number: str, consent: Consent, at: datetime) -> bool:
    law = law_at(customer.country, customer.region, at.date())
    told_at = consent.recorded_at
    return any(
        law.bars(entry.layer, purpose=Purpose.MARKETING, since=entry.at, told_at=told_at)
        for entry in SuppressionEntry.objects.filter(number=number)
    )
