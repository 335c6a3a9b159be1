"""Which queues take Northgate Bank's calls?"""

from __future__ import annotations

from datetime import date, time

from accounts.models import Team
from intake.seeding import people
from interactions.models import ContactReason
from routing.models import Queue, RecordingPolicy
from telephony.models import CallerId

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def open_queues() -> None:
    """One queue a team; the everyday one takes whatever no other takes."""
    teams = {team.name: team for team in Team.objects.all()}
    everyday, _ = Queue.objects.get_or_create(
        name="Everyday banking",
        defaults={
            "team": teams[people.EVERYDAY],
            "is_default": True,
            "opens_at": time(0),
            "closes_at": time(23, 59),
            "days": EVERY_DAY,
            "position": 1,
            "recording": RecordingPolicy.CONSENTED,
        },
    )
    everyday.contact_reasons.set(ContactReason.objects.all())
    Queue.objects.get_or_create(
        name="Business banking",
        defaults={"team": teams[people.BUSINESS], "position": 2, "overflow_to": everyday},
    )
    CallerId.objects.get_or_create(
        number="+442079460000",
        defaults={"name": "Northgate Bank", "verified_on": date(2026, 1, 5)},
    )
