"""One trial from its first contact to its table."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Final, TypeVar

from django.db import OperationalError, connection
from django.db.utils import InterfaceError
from django.utils import timezone

from followups.models import FollowUp, FollowUpStatus
from trial import judging, people
from trial.breaking import Breaking, at_random
from trial.closing import Clients
from trial.people import CHANGES, Person
from trial.site import Site
from trial.table import show

SETTLING: Final = 1200  # seconds without any progress after which waiting is given up
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
    refusing = Thread(target=_say_no, args=(everybody, options, over), daemon=True)
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


def _say_no(everybody: list[Person], options: argparse.Namespace, over: Event) -> None:
    def say(one: Person) -> None:
        stubborn(partial(people.say_no, one))
        one.changed_at = time.time()

    saying = [partial(say, one) for one in everybody if one.kind in CHANGES]
    at_random(saying, within=options.size / 40, seed=options.seed, over=over)
    connection.close()


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
