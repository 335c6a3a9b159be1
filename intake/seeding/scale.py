"""The same bank at any size: N customers with about ten contacts each, to measure with.

Batch by batch, each in a transaction of its own with its own random generator: a run that was
stopped goes on where it ended, and the same N gives the same data. The workers share nothing, and
hold one batch each in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from threading import Thread

from django.db import connection, connections, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Role, Team, User
from customers.models import Customer
from intake.copying import Ids
from intake.seeding import loading, people
from intake.seeding.book import Book
from intake.seeding.day import SEED
from intake.seeding.names import FIRST, LAST
from intake.seeding.past import Chronicle
from intake.seeding.population import drawn, mail
from intake.seeding.profiles import Profile
from intake.seeding.world import World

SOURCE = "scale"
BATCH = 1000
MANY = 20_000  # customers; fewer come in faster with all indexes in place
CONTACTS = 7  # and about three follow-up calls
AGENTS = 40
BUSINESS_SHARE = 10  # one customer in ten is a business


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker needs to write any batch."""

    world: World
    everyday: int
    business: int

    @classmethod
    def load(cls, now: datetime) -> Plan:
        teams = dict(Team.objects.values_list("name", "pk"))
        everyday, business = teams[people.EVERYDAY], teams[people.BUSINESS]
        agents = {everyday: _agents(everyday), business: _agents(business)}
        return cls(World.load(now=now, agents=agents), everyday, business)


def seed_scale(
    total: int,
    *,
    advanced: Callable[[int], None],
    now: datetime | None = None,
    workers: int | None = None,
) -> int:
    """Have `total` customers of this source; returns how many were added.

    A bulk load is under way afterwards, unless there was nothing to add: to be finished by
    `loading` and by counting the figures.
    """
    missing = _missing(total)
    coming = sum(map(len, missing))
    if missing:
        plan = Plan.load(now or timezone.now())
        many = coming >= MANY and coming > Customer.objects.filter(source=SOURCE).count()
        loading.begin(tables(), without_indexes=many)
        for numbers in _written(plan, missing, workers or os.cpu_count() or 1):
            advanced(len(numbers))
    return coming


def tables() -> list[type[Model]]:
    """Those that the rows go into."""
    world = World.load(now=timezone.now(), agents={})
    return [table.model for table in Book(world, Random(SEED)).tables]


def _missing(total: int) -> list[range]:
    """The batches that no earlier run has finished."""
    batches = [range(start, min(start + BATCH, total)) for start in range(0, total, BATCH)]
    firsts = [external_id(numbers.start) for numbers in batches]
    known = set(
        Customer.objects.filter(source=SOURCE, external_id__in=firsts).values_list(
            "external_id", flat=True
        )
    )
    return [numbers for numbers in batches if external_id(numbers.start) not in known]


def external_id(number: int) -> str:
    return f"S-{number:09d}"


def _written(plan: Plan, missing: list[range], workers: int) -> Iterator[range]:
    if workers == 1:
        chronicle = Chronicle(plan.world, Random(SEED))
        for numbers in missing:
            _batch(chronicle, plan, numbers)
            yield numbers
        return
    connections.close_all()  # a connection must not be shared with a forked process
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, fork, _prepare_worker, (plan,)) as pool:
        for done in as_completed([pool.submit(_batch_in_worker, numbers) for numbers in missing]):
            yield done.result()


_worker: list[tuple[Chronicle, Plan]] = []


def _prepare_worker(plan: Plan) -> None:
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    _worker.append((Chronicle(plan.world, Random(SEED)), plan))


def _end_with(parent: int) -> None:
    """Whoever kills the seeding leaves no worker behind that waits for more."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _batch_in_worker(numbers: range) -> range:
    chronicle, plan = _worker[0]
    _batch(chronicle, plan, numbers)
    return numbers


@transaction.atomic
def _batch(chronicle: Chronicle, plan: Plan, numbers: range) -> None:
    random = Random(SEED + numbers.start)
    people_drawn = profiles(plan, numbers, timezone.localdate(plan.world.now), random)
    chronicle.book.use(random)
    for profile in people_drawn:
        chronicle.tell(profile)
    with connection.cursor() as cursor:  # a batch that a crash loses is missing, and comes again
        cursor.execute("set local synchronous_commit = off")
    chronicle.write()


def profiles(plan: Plan, numbers: range, today: date, random: Random) -> list[Profile]:
    """The customers with these numbers: the same ones all day, whatever the hour."""
    return [_profile(plan, number, today, random) for number in numbers]


def _profile(plan: Plan, number: int, today: date, random: Random) -> Profile:
    is_business = number % BUSINESS_SHARE == 0
    name = f"{random.choice(FIRST)} {random.choice(LAST)}"
    profile = drawn(
        number,
        f"{name} Ltd" if is_business else name,
        plan.business if is_business else plan.everyday,
        today,
        random,
        email=mail(name, number),
        is_business=is_business,
    )
    profile.source = SOURCE
    profile.external_id = external_id(number)
    profile.phone = f"+4499{number:08d}"  # a range that nobody has
    profile.contacts = CONTACTS
    profile.has_words = False
    return profile


def _agents(team: int) -> list[int]:
    """People who own the past; they cannot log in."""
    known = list(
        User.objects.filter(teams=team, username__startswith="agent-").values_list("pk", flat=True)
    )
    if known:
        return known
    ids = Ids(User, block=AGENTS)
    agents = [
        User(
            username=f"agent-{team}-{number:02d}",
            first_name="Agent",
            last_name=f"{team}.{number:02d}",
            role=Role.AGENT,
            password="!",  # noqa: S106  (no password fits)
            is_active=False,
            id=ids.next(),
        )
        for number in range(1, AGENTS + 1)
    ]
    User.objects.bulk_create(agents)
    Team.objects.get(pk=team).members.add(*agents)
    return [agent.pk for agent in agents]
