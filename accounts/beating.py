"""Which background process has not been heard of for too long?

Each writes a row of its own again and again. Whoever is silent for two of its periods is late, and
a supervisor is told: people can work meanwhile, but nobody is followed up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.models import Heartbeat

PERIODS: Final = {
    "worker": timedelta(seconds=15),
    "follow-ups": timedelta(seconds=10),
    "calls": timedelta(seconds=15),
}
WORDS: Final = {
    "worker": "Beat or the worker does not run: nothing happens by itself",
    "follow-ups": "Due follow-ups are not looked at",
    "calls": "The process that follows all calls does not run",
}


@dataclass(frozen=True, slots=True)
class LateBeat:
    """A silent process; `since` is its last sign of life, None when there never was one."""

    name: str
    words: str
    since: datetime | None


def late_beats(at: datetime) -> list[LateBeat]:
    """Who has been silent for more than two periods at that moment; one statement."""
    seen = dict(Heartbeat.objects.filter(name__in=PERIODS).values_list("name", "beat_at"))
    return [
        LateBeat(name, WORDS[name], seen.get(name))
        for name, period in PERIODS.items()
        if name not in seen or at - seen[name] > 2 * period
    ]


def beat_now_and_then(name: str, *, at: datetime) -> None:
    """Write a sign of life, where the last one is a period old."""
    known = Heartbeat.objects.filter(name=name)
    if known.filter(beat_at__gt=at - PERIODS[name]).exists():
        return
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})
