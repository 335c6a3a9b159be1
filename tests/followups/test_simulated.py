"""What changes between planning and acting is heeded: simulated follow-ups, and no violation.

Follow-ups are planned by the sweep; then customers withdraw consent, move, complain, are bereaved,
leave, are suppressed, hear enough from others, were tried a moment ago, or a policy is paused.
Whatever the rules then allow is judged by an oracle that knows what happened from a list of its
own, and the law from its file. `SIMULATED=100000` takes the full number (docs/lawful.md).
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
import time_machine
from django.db import connection

from customers.budget import Limits
from customers.lawful.book import FOLDER
from customers.models import Consent, ContactDraw, ContactPoint, Customer
from followups.models import Attempt, FollowUp, FollowUpPolicy, FollowUpStatus
from followups.permission import first_way
from followups.sweeping import sweep
from interactions.models import Interaction
from offers import catalogue
from service.models import ServiceRequest
from telephony.models import RegisterImport, SuppressionEntry
from tests.cast import Cast
from tests.followups.scenes import NOON, default_policy
from tests.followups.test_zones import minutes_by_weekday

MANY = int(os.environ.get("SIMULATED", "1000"))
BATCH = 500
ACTS = 3  # moments at which each one is asked again
WAYS = (
    *(["agent"], ["voice", "agent"], ["sms", "email", "agent"], ["email"], ["sms"], ["portal"]),
    *(["voice", "sms", "portal"], ["agent", "email"]),
)
# Country, region, clock, and a number's beginning with the country, region and clock it tells of.
HOMES = (
    ("GB", "", "Europe/London", "+44207", ("GB", "", "Europe/London")),
    ("GB", "GB-SCT", "Europe/London", "+441314", ("GB", "", "Europe/London")),
    ("US", "US-NY", "America/New_York", "+12125", ("US", "", "America/New_York")),
    ("US", "US-RI", "America/New_York", "+14015", ("US", "US-RI", "America/New_York")),
    ("US", "US-NY", "America/New_York", "+14015", ("US", "US-RI", "America/New_York")),
    ("US", "US-TX", "America/Chicago", "+12125", ("US", "", "America/New_York")),
    ("GB", "", "Europe/London", "+12125", ("US", "", "America/New_York")),
    ("FR", "", "Europe/Paris", "+33144", ("FR", "", "Europe/Paris")),
)
FILES = {
    (file := tomllib.loads(path.read_text()))["country"]: file for path in FOLDER.glob("*.toml")
}


@dataclass
class Person:
    """What has happened to one customer and the follow-up, as the oracle knows it."""

    home: int
    ways: list[str]
    words: dict[str, bool]
    lapses_at: datetime
    layers: set[str] = field(default_factory=set)
    complains: bool = False
    vulnerable: bool = False
    bereaved: bool = False
    left: bool = False
    born: date | None = None
    paused: bool = False
    draws: list[tuple[str, date]] = field(default_factory=list)
    tries: list[tuple[str, datetime]] = field(default_factory=list)


def planned(cast: Cast, chance: Random, many: int) -> dict[int, Person]:
    """So many follow-ups, due and swept, by their ids."""
    running = default_policy(lapse_days=30)
    people = [
        Person(
            home=chance.randrange(len(HOMES)),
            ways=chance.choice(WAYS),
            words={
                channel: chance.random() < 0.95
                for channel in ("voice", "sms", "email")
                if chance.random() < 0.95
            },
            lapses_at=NOON + timedelta(days=chance.randrange(3, 30)),
        )
        for _ in range(many)
    ]
    customers = Customer.objects.bulk_create(
        (
            Customer(
                team=cast.team,
                name=f"Customer {number}",
                country=HOMES[one.home][0],
                region=HOMES[one.home][1],
                time_zone=HOMES[one.home][2],
            )
            for number, one in enumerate(people)
        ),
        batch_size=2000,
    )
    written = list(zip(customers, people, strict=True))
    ContactPoint.objects.bulk_create(
        (
            ContactPoint(customer=customer, channel=channel, value=value)
            for number, (customer, one) in enumerate(written)
            for channel, value in (
                ("voice", number_of(one, number)),
                ("sms", number_of(one, number)),
                ("email", f"customer-{number}@example.com"),
            )
        ),
        batch_size=2000,
    )
    Consent.objects.bulk_create(
        (
            word_of(customer, channel, is_granted=is_granted)
            for customer, one in written
            for channel, is_granted in one.words.items()
        ),
        batch_size=2000,
    )
    contacts = Interaction.objects.bulk_create(
        (Interaction(customer=one, channel="voice", agent=cast.sam) for one in customers),
        batch_size=2000,
    )
    rows = FollowUp.objects.bulk_create(
        (
            FollowUp(
                interaction=contact,
                customer=customer,
                owner=cast.sam,
                questions=running.questions,
                ways=one.ways,
                way=one.ways[0],
                due_at=NOON - timedelta(minutes=1),
                lapses_at=one.lapses_at,
                window_start=running.window_start,
                window_end=running.window_end,
                max_attempts=9,
                tries_each=9,
                retry_minutes=60,
                review_days=180,
            )
            for (customer, one), contact in zip(written, contacts, strict=True)
        ),
        batch_size=2000,
    )
    return {row.pk: one for row, one in zip(rows, people, strict=True)}


def number_of(one: Person, number: int) -> str:
    start = HOMES[one.home][3]
    width = {"+44": 13, "+12": 12, "+14": 12, "+33": 12}[start[:3]]
    left = width - len(start)
    assert number < 10**left, "two customers would share a number"
    return start + f"{number:0{left}}"


def word_of(
    customer: Customer | int, channel: str, *, is_granted: bool, at: datetime = NOON
) -> Consent:
    return Consent(
        customer_id=customer if isinstance(customer, int) else customer.pk,
        purpose="survey",
        channel=channel,
        is_granted=is_granted,
        source="simulated",
        wording_version="1",
        recorded_at=at - timedelta(days=9) if is_granted else at,
    )


class Changes:
    """What happens to people after the sweep: written to the database, and to the oracle's list."""

    def __init__(self, cast: Cast, chance: Random, people: dict[int, Person]) -> None:
        self.cast, self.chance, self.people = cast, chance, people
        self.customers = dict(FollowUp.objects.values_list("pk", "customer_id"))
        points = ContactPoint.objects.filter(channel="voice")
        self.numbers = dict(points.values_list("customer_id", "value"))
        self.rows: dict[Any, list[Any]] = {}
        self.facts: dict[str, list[int]] = {}
        self.moved: dict[int, list[int]] = {}
        self.of_the_paused: list[int] = []
        self.policy = FollowUpPolicy.objects.get()
        self.policy.pause(by=cast.una, because="Too many calls")
        self.tps = RegisterImport.objects.create(
            register="tps", as_of=NOON.date(), source="simulated", digest="0", finished_at=NOON
        )

    def happen(self) -> Counter[str]:
        happened: Counter[str] = Counter()
        kinds: list[Callable[[int, Person], None]] = [
            *(self.withdraws, self.suppressed, self.complains, self.heard_enough, self.bereaved),
            *(self.moves, self.left, self.minor, self.vulnerable, self.tried, self.paused),
        ]
        for pk, one in self.people.items():
            for kind in self.chance.sample(kinds, self.chance.choice((0, 0, 1, 1, 2, 3))):
                kind(pk, one)
                happened[kind.__name__] += 1
        self.write()
        return happened

    def keep(self, row: Any) -> None:
        self.rows.setdefault(type(row), []).append(row)

    def write(self) -> None:
        for model, rows in self.rows.items():
            model.objects.bulk_create(
                rows, batch_size=2000, ignore_conflicts=model is SuppressionEntry
            )
        for fact, values in (
            ("bereaved_since", NOON.date()),
            ("left_on", NOON.date()),
            ("born_on", date(2010, 1, 1)),
            ("vulnerable_since", NOON.date()),
        ):
            for some in parts(self.facts.get(fact, [])):
                Customer.objects.filter(pk__in=some).update(**{fact: values})
        for home, customers in self.moved.items():
            country, region, clock = HOMES[home][:3]
            for some in parts(customers):
                Customer.objects.filter(pk__in=some).update(
                    country=country, region=region, time_zone=clock
                )
        for some in parts(self.of_the_paused):
            FollowUp.objects.filter(pk__in=some).update(policy=self.policy)

    def withdraws(self, pk: int, one: Person) -> None:
        channel = self.chance.choice(("voice", "sms", "email"))
        one.words[channel] = False
        self.keep(word_of(self.customers[pk], channel, is_granted=False))

    def suppressed(self, pk: int, one: Person) -> None:
        layer = self.chance.choice(("internal", "global", "register:tps"))
        number = self.numbers[self.customers[pk]]
        one.layers.add(layer)
        by_register = layer.startswith("register:")
        self.keep(
            SuppressionEntry(
                number=number, layer=layer, reason="x", taken_from=self.tps if by_register else None
            )
        )

    def complains(self, pk: int, one: Person) -> None:
        one.complains = True
        self.keep(
            ServiceRequest(
                customer_id=self.customers[pk],
                request_type=self.cast.complaint_request,
                subject="Charged twice",
                owner=self.cast.sam,
                target_at=NOON,
                expected_at=NOON,
            )
        )

    def heard_enough(self, pk: int, one: Person) -> None:
        for number in range(self.chance.randrange(1, 8)):
            purpose = self.chance.choice(("survey", "marketing", "service"))
            day = NOON.date() - timedelta(days=self.chance.randrange(40))
            one.draws.append((purpose, day))
            self.keep(
                ContactDraw(
                    customer_id=self.customers[pk],
                    purpose=purpose,
                    channel="chat",
                    what="call_back",
                    subject_id=pk * 10 + number,
                    on=day,
                )
            )

    def bereaved(self, pk: int, one: Person) -> None:
        one.bereaved = True
        self.facts.setdefault("bereaved_since", []).append(self.customers[pk])

    def left(self, pk: int, one: Person) -> None:
        one.left = True
        self.facts.setdefault("left_on", []).append(self.customers[pk])

    def minor(self, pk: int, one: Person) -> None:
        one.born = date(2010, 1, 1)
        self.facts.setdefault("born_on", []).append(self.customers[pk])

    def vulnerable(self, pk: int, one: Person) -> None:
        one.vulnerable = True
        self.facts.setdefault("vulnerable_since", []).append(self.customers[pk])

    def moves(self, pk: int, one: Person) -> None:
        """The address moves; the number stays, and tells of the place before."""
        number = HOMES[one.home][3]
        there = [place for place, home in enumerate(HOMES) if home[3] == number]
        one.home = self.chance.choice(there)
        self.moved.setdefault(one.home, []).append(self.customers[pk])

    def tried(self, pk: int, one: Person) -> None:
        ended_at = NOON - timedelta(minutes=self.chance.randrange(1, 2000))
        outcome = self.chance.choice(("no_answer", "busy", "machine", "broken_off", "not_called"))
        one.tries.append((outcome, ended_at))
        self.keep(
            Attempt(
                follow_up_id=pk,
                number=1,
                gateway="own_phone",
                started_at=ended_at,
                ended_at=ended_at,
                outcome=outcome,
            )
        )

    def paused(self, pk: int, one: Person) -> None:
        """Only these follow-ups have kept their policy, which is paused for all of them."""
        if self.chance.random() < 0.2:
            one.paused = True
            self.of_the_paused.append(pk)


def parts(ids: list[int]) -> list[list[int]]:
    """A statement has seconds, and each change of a customer writes its history."""
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def look_anew() -> None:
    """Plans that PostgreSQL made while the tables were empty would read them whole, row by row."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def violations(one: Person, way: str, at: datetime, limits: Limits) -> list[str]:
    """What speaks against this way at this moment; the whole of the law, said plainly."""
    country, region, clock, _, by_number = HOMES[one.home]
    file = FILES.get(country, FILES["*"])
    against = [
        name
        for name, is_so in (
            ("bereaved", one.bereaved),
            ("left", one.left),
            ("minor", one.born is not None),
            ("complains", one.complains),
            ("paused", one.paused),
            ("too late", at >= one.lapses_at),
            ("no person", one.vulnerable and way != "agent"),
            ("budget", is_used_up(one, at, limits)),
        )
        if is_so
    ]
    against += ["too soon" for ended in one.tries if at < again_at(file["attempts"], *ended)]
    if way == "portal":
        against += ["consent"] if set(one.words.values()) == {False} else []
        return against
    channel = "voice" if way in {"agent", "voice"} else way
    if one.words.get(channel) is not True:
        against.append("consent")
    if way == "email":
        return against
    forbidding = {"internal", "global", *(["register:tps"] if country != "GB" else [])}
    against += sorted(one.layers & forbidding)
    return against + [
        f"hours of {where}"
        for where in ((country, region, clock), by_number)
        if not is_open(*where, at)
    ]


def again_at(attempts: dict[str, Any], outcome: str, ended_at: datetime) -> datetime:
    """When the gap after a try is over; a day where that try is all that a day may hold."""
    if outcome not in attempts["gaps"]:
        return ended_at
    count, unit = attempts["gaps"][outcome].split()
    gap = timedelta(minutes=int(count) * (60 if "hour" in unit else 1))
    return ended_at + max(gap, timedelta(hours=24 if attempts["most_a_day"] == 1 else 0))


def is_used_up(one: Person, at: datetime, limits: Limits) -> bool:
    today = at.astimezone(ZoneInfo("Europe/London")).date()
    since = today - timedelta(days=limits.period_days)
    within = [purpose for purpose, day in one.draws if day > since]
    return len(within) >= limits.most or within.count("survey") >= limits.most_of["survey"]


@cache
def rests_of(country: str, region: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=region[3:] or None)


def is_open(country: str, region: str, clock: str, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(clock))
    start, end = minutes_by_weekday(country, region)[local.weekday()]
    if local.date() in rests_of(country, region):
        return False
    return start <= local.hour * 60 + local.minute < end


# In transactions of their own: the triggers that keep history grow slow within a long one.
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_that_changed_since_the_planning_is_overlooked(cast: Cast) -> None:
    chance = Random(20261123)
    with time_machine.travel(NOON, tick=False):
        people = planned(cast, chance, MANY)
        look_anew()
        swept = sweep(at=NOON, seconds=3600)
        assert swept.claimed == MANY
        happened = Changes(cast, chance, people).happen()
    look_anew()
    assert len(happened) == 11
    found: list[str] = []
    counted: Counter[str] = Counter()
    ids, limits = sorted(people), catalogue.in_force().policy.limits
    for start in range(0, len(ids), BATCH):
        for _ in range(ACTS):
            at = NOON + timedelta(minutes=chance.randrange(9 * 24 * 60))
            with time_machine.travel(at, tick=False):
                known = FollowUp.objects.filter(pk__in=ids[start : start + BATCH]).facts()
                for pk, facts in known.items():
                    one, decided = people[pk], first_way(facts, at=at)
                    against = violations(one, facts.way, at, limits)
                    counted["asked"] += 1
                    counted["allowed"] += decided.is_allowed
                    if decided.is_allowed and (wrong := violations(one, decided.way, at, limits)):
                        found.append(f"{pk} {decided.way} {at}: {wrong}")
                    if not against and not decided.is_allowed:
                        found.append(f"{pk} {facts.way} {at}: held back, {decided.rule}")
    assert found == []
    assert counted["asked"] == MANY * ACTS
    assert 0.05 < counted["allowed"] / counted["asked"] < 0.6
    assert FollowUp.objects.exclude(status=FollowUpStatus.PLANNED).exists()
    assert at.tzinfo is UTC
