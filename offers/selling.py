"""May this contact sell? A follow-up only with consent to marketing, and within lawful hours."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from customers.contact_points import Channel
from customers.models import Consent, Customer, Purpose
from interactions.models import Interaction

EARLIEST, LATEST = time(8), time(21)  # no sales call outside, at the customer's place


def marketing(
    customer: Customer, interaction: Interaction | None, at: datetime
) -> dict[str, Any] | None:
    """Whether a follow-up may turn to offers now; None in every other contact."""
    if interaction is None or not interaction.is_follow_up:
        return None
    consent = (
        Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING, channel=Channel.VOICE)
        .order_by("-recorded_at", "-pk")
        .values_list("is_granted", flat=True)
        .first()
    )
    if not consent:
        return {"is_permitted": False, "because": "marketing calls are not permitted"}
    if not _within_hours(at, customer.time_zone):
        return {"is_permitted": False, "because": "it is too early or too late for the customer"}
    return {"is_permitted": True, "because": "marketing calls are permitted"}


def _within_hours(at: datetime, time_zone: str) -> bool:
    """Whether sales calls are lawful now at the customer's place; false where that is unknown."""
    try:
        local = at.astimezone(ZoneInfo(time_zone)).time()
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return EARLIEST <= local < LATEST
