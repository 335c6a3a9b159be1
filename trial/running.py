"""One trial from its first contact to its table."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from threading import Event, Thread
from typing import Final, TypeVar

from django.db import OperationalError, connection
from django.db.utils import InterfaceError
from django.utils import timezone

from followups.models import FollowUp, FollowUpStatus
from trial import judging, people
from trial.breaking import Breaking
from trial.closing import Clients
from trial.people import CHANGES, Person
from trial.site import Site
from trial.table import show

SETTLING: Final = 1200  # seconds without any progress after which waiting is given up
SAYING_NO: Final = 120.0  # seconds after the closing until when somebody says no
CALLED_WITHIN: Final = 1.0  # seconds from the begin of a try until about when the phone rings
Found = TypeVar("Found")


def run(site: Site, options: argparse.Namespace) -> int:
    began = time.monotonic()
    everybody, tokens = people.assemble(options.size, seed=options.seed)
    connection.close()
    site.start_all()
    told(f"{options.size} open contacts, everything runs")
    clients = Clients(everybody, tokens, port=site.port, seed=options.seed)
    breaking = Breaking(site, options.faults, every=options.every, seed=options.seed)
    over = Event()
    refusing = Thread(target=_say_no, args=(everybody, clients, options, over), daemon=True)
    clients.start()
    breaking.start()
    refusing.start()
    _until(lambda: clients.finished, breaking, "contacts closed", clients)
    told(f"{len(clients.closing.acknowledged)} contacts closed")
    if options.hurry:
        stubborn(_hurry)
    _until_settled(breaking, least=options.size // 20)
    breaking.stop()
    over.set()
    refusing.join()
    site.tell_provider("honest")
    told("no more faults; what is left settles")
    _until_settled(breaking, least=0)
    found = judging.judge(everybody, clients.closing, site.witness)
    return show(found, clients.closing, breaking, options, seconds=time.monotonic() - began)


def _hurry() -> None:
    """What was planned by a closing is due now."""
    planned = FollowUp.objects.filter(status=FollowUpStatus.PLANNED, waits_because="")
    planned.update(due_at=timezone.now())


def stubborn(what: Callable[[], Found]) -> Found:
    """Until the database, which is killed and started again, has answered."""
    while True:
        try:
            return what()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.3)


def _say_no(
    everybody: list[Person], clients: Clients, options: argparse.Namespace, over: Event
) -> None:
    """Half of those who change their mind do so soon after the contact, half right when the call
    to them is being made.
    """
    chance, within = random.Random(options.seed), SAYING_NO / (12 if options.hurry else 1)
    waiting = [one for one in everybody if one.kind in CHANGES]
    early = {one.customer for one in waiting if chance.random() < 0.5}
    moments: dict[int, float] = {}
    while waiting:
        is_last = over.wait(0.3)  # then the rest of them at once
        reached = _being_called(one for one in waiting if one.customer not in early)
        for one in waiting:
            is_early = one.customer in early
            acknowledged = one.interaction in clients.closing.acknowledged
            if is_last or (acknowledged if is_early else one.interaction in reached):
                soon = chance.uniform(0, within if is_early else CALLED_WITHIN)
                moments.setdefault(one.customer, time.monotonic() + soon)
        for one in waiting:
            if is_last or moments.get(one.customer, inf) <= time.monotonic():
                stubborn(partial(people.say_no, one))
                one.changed_at = time.time()
        waiting = [one for one in waiting if not one.changed_at]
    connection.close()


def _being_called(some: Iterable[Person]) -> set[int]:
    """The contacts about which somebody is called right now."""
    begun = FollowUp.objects.filter(
        status=FollowUpStatus.IN_PROGRESS, interaction__in=[one.interaction for one in some]
    )
    return stubborn(lambda: set(begun.values_list("interaction", flat=True)))


def _until(done: Callable[[], bool], breaking: Breaking, what: str, clients: Clients) -> None:
    said = time.monotonic()
    while not done():
        time.sleep(0.2)
        if breaking.failed:
            breaking.stop()
        if time.monotonic() - said > 30:
            said = time.monotonic()
            told(f"  {len(clients.closing.acknowledged)} {what}, {breaking.done.total()} faults")


def _until_settled(breaking: Breaking, *, least: int) -> None:
    """Until at most so many are under way; given up when nothing moves any more."""
    left, moved = stubborn(judging.unsettled), time.monotonic()
    said = moved
    while left > least and time.monotonic() - moved < SETTLING:
        time.sleep(0.5)
        if breaking.failed:
            breaking.stop()
        now = stubborn(judging.unsettled)
        if now < left:
            left, moved = now, time.monotonic()
        if time.monotonic() - said > 30:
            said = time.monotonic()
            told(f"  {now} follow-ups are still to be settled, {breaking.done.total()} faults")


def told(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()
