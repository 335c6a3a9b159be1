"""May this contact sell? A follow-up only where the law and the customer permit it, now."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from customers.contact_points import Channel
from customers.lawful import Bar, bar_of_number, bar_of_person, law_at
from customers.models import Consent, Customer, Purpose
from customers.places import CallingHours, candidate_places
from interactions.models import Interaction
from telephony.models import RegisterImport, SuppressionEntry

EARLIEST, LATEST = time(8), time(21)  # no sales call outside, at the customer's place
NO_CONSENT: Final = "marketing calls are not permitted"
HOURS: Final = "it is too early or too late for the customer"
PERMITTED: Final = "marketing calls are permitted"
LISTED: Final = "the number is on a list against such calls"
WORDS: Final = {
    Bar.BEREAVED: "a bereavement was notified",
    Bar.MINOR: "the customer is not of age",
    Bar.LEFT: "they are no longer a customer",
    Bar.DO_NOT_CALL: LISTED,
    Bar.REGISTERED: LISTED,
    Bar.REGISTER_TOO_OLD: "the public register on file is too old to go by",
}


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
    if bar := _bar(customer, number, consent, at):
        return WORDS[bar]
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


def _bar(customer: Customer, number: str, consent: Consent, at: datetime) -> Bar | None:
    """What stands against it: the rules that follow-ups ask, for marketing."""
    law = law_at(customer.country, customer.region, at.date())
    entries = SuppressionEntry.objects.filter(number=number)
    return bar_of_person(
        law,
        born_on=customer.born_on,
        bereaved_since=customer.bereaved_since,
        left_on=customer.left_on,
        at=at,
    ) or bar_of_number(
        law,
        purpose=Purpose.MARKETING,
        layers={entry.layer: entry.at for entry in entries.order_by("pk")},
        told_at=consent.recorded_at,
        register_days=RegisterImport.days_of(),
        at=at,
    )
