"""How soon is a follow-up picked up, and how soon is a bad answer somebody's request?

Own customers at a place where it is late morning now, in a country where today is no day of rest.
The worker is started as in production and woken once a second, as beat does it; what it picks up
is looked for by another connection.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from threading import Event, Thread

from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.models import User
from bench.driver import percentile
from bench.inside import Figure
from contactcentre.embedded import processes
from customers.lawful import law_at
from customers.models import Consent, ContactPoint, Customer
from followups.models import THREE_QUESTIONS, FollowUp, FollowUpStatus
from followups.tasks import sweep
from interactions.models import Interaction, WrapUpCode

PICKED_UP, ANSWERED = 300, 30
SPREAD = 20.0  # seconds over which they come due
FIRST = timedelta(seconds=8)  # until the first one, so that the worker runs
WORKER = ("-m", "celery", "-q", "-A", "contactcentre", "worker", "-c", "2")
SOURCE = "bench-following"
COUNTRIES = (("ZZ", ""), ("US", "US-CA"))  # one without holidays, one with Sundays


def following(port: int) -> Iterator[Figure]:
    """Both figures; what was made for them is taken away before the next run."""
    Customer.objects.filter(source=SOURCE).update(source=f"{SOURCE}-past")
    sam = User.objects.get(username="sam")
    owed = _owed(sam, PICKED_UP + ANSWERED)
    seconds = sorted(_answered(owed[:ANSWERED], sam, port))
    title = "bad answer to an owned request that others see, p95"
    yield Figure("bad-answer", title, percentile(seconds, 0.95), "s", 1.0)
    late = sorted(_picked_up(owed[ANSWERED:]))
    title = f"follow-ups picked up after they were due, {len(late)} of them, p95"
    yield Figure("pick-up", title, percentile(late, 0.95), "s", 1.0)


def _owed(sam: User, count: int) -> list[FollowUp]:
    """Contacts wrapped up, each with its follow-up by an agent."""
    run = uuid.uuid4().hex[:8]
    place = f"Etc/GMT{(datetime.now(UTC).hour - 11 + 11) % 24 - 11:+d}"
    today = datetime.now(UTC).date()  # at eleven in the morning it is the same day everywhere
    country, region = next(one for one in COUNTRIES if law_at(*one, today).span(today))
    helped = WrapUpCode.objects.get(code="helped")
    owed = []
    for number in range(count):
        person = Customer.objects.create(
            team=sam.teams.get(),
            name=f"Following {number}",
            country=country,
            region=region,
            time_zone=place,
            source=SOURCE,
            external_id=f"{run}-{number}",
        )
        ContactPoint.objects.create(
            customer=person,
            channel="voice",
            value=f"+800{random.randrange(10**7, 10**8)}",
            is_preferred=True,
        )
        Consent.objects.create(
            customer=person,
            purpose="survey",
            channel="voice",
            is_granted=True,
            source="bench",
            wording_version="1",
        )
        contact = Interaction.open_contact(customer=person, by=sam, channel="voice")
        contact.close(by=sam, wrap_up_code=helped, summary="Helped")
        owed.append(FollowUp.objects.get(interaction=contact))
    FollowUp.objects.filter(pk__in=[one.pk for one in owed]).update(
        status=FollowUpStatus.PLANNED,
        waits_because="",
        refused_because="",
        ways=["agent"],
        way="agent",
        questions=THREE_QUESTIONS,
        due_at=timezone.now() + timedelta(days=1),
        lapses_at=timezone.now() + timedelta(days=9),
    )
    return owed


def _answered(owed: list[FollowUp], sam: User, port: int) -> Iterator[float]:
    """Seconds from sending a “no” until the list of requests shows it, with its owner."""
    token, _ = Token.objects.get_or_create(user=sam)
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Token {token.key}", "Content-Type": "application/json"}
    said = [{"question": question, "is_yes": False} for question in THREE_QUESTIONS]
    for one in owed:
        FollowUp.objects.filter(pk=one.pk).update(status=FollowUpStatus.READY)
        one.refresh_from_db()
        one.begin(by=sam)
        began = time.perf_counter()
        address = f"/api/v1/follow-ups/{one.pk}/answers/"
        _asked(link, "POST", address, headers, json.dumps({"answers": said}))
        seen: list[dict[str, object]] = []
        while not seen:
            address = f"/api/v1/service-requests/?customer={one.customer_id}"
            seen = json.loads(_asked(link, "GET", address, headers))["results"]
        if seen[0]["owner"] != sam.pk:
            raise RuntimeError("The request of a bad answer is not its agent's.")
        yield time.perf_counter() - began
    link.close()


def _asked(
    link: HTTPConnection, method: str, address: str, headers: dict[str, str], body: str = ""
) -> bytes:
    link.request(method, address, body or None, headers)
    answer = link.getresponse()
    told = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{address} answered {answer.status}: {told[:200]!r}")
    return told


def _picked_up(owed: list[FollowUp]) -> Iterator[float]:
    """Seconds between the moment each was due and the moment another connection saw it ready."""
    worker = processes.start([sys.executable, *WORKER], output=-3)
    over = Event()
    beat = Thread(target=_beat, args=(over,), daemon=True)
    try:
        beat.start()
        left = _spread(owed)
        until = time.time() + FIRST.total_seconds() + SPREAD + 60
        while left and time.time() < until:
            time.sleep(0.02)
            moved = FollowUp.objects.filter(pk__in=left).exclude(status=FollowUpStatus.PLANNED)
            now = time.time()
            for pk in moved.values_list("pk", flat=True):
                yield now - left.pop(pk).timestamp()
        if left:
            raise RuntimeError(f"{len(left)} follow-ups were never picked up.")
    finally:
        over.set()
        beat.join()
        worker.terminate()
        worker.wait(timeout=60)


def _spread(owed: list[FollowUp]) -> dict[int, datetime]:
    """Each due at a moment of its own."""
    first = timezone.now() + FIRST
    for one in owed:
        one.due_at = first + timedelta(seconds=random.uniform(0, SPREAD))
    FollowUp.objects.bulk_update(owed, ["due_at"])
    return {one.pk: one.due_at for one in owed}


def _beat(over: Event) -> None:
    """What beat sends, and nothing of the rest of the schedule."""
    while not over.wait(1):
        sweep.apply_async(expires=1)
