"""Who is in a trial? Customers of many kinds, each with an open contact; what may be done is known.

The kinds are chosen here and judged at the end from this list alone, not by the product's rules.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.models import Role, Team, User
from customers.models import Consent, ContactPoint, Customer
from followups.models import FollowUpPolicy
from followups.policies.versions import publish
from interactions.models import ContactReason, Intent, Interaction, Outcome, WrapUpCode
from service.models import RequestType, ServiceRequest
from telephony.models import CallerId, SuppressionEntry

AGENTS: Final = 8  # each may send 6,000 requests an hour
RETRY_MINUTES: Final = 1
WINDOW: Final = (time(8), time(21))
REASONS: Final = ("once", "again")
# What share of the customers is of which kind; the others may simply be called.
SHARES: Final = {
    "again": 0.06,  # a policy of two tries
    "night": 0.07,  # it is night where they are
    "never asked": 0.04,
    "withdrawn": 0.04,
    "do not call": 0.05,
    "complaint": 0.03,
    "vulnerable": 0.03,
    "withdraws": 0.05,  # while the trial runs
    "is listed": 0.04,  # while the trial runs
}
MAY_BE_CALLED: Final = frozenset({"plain", "again"})
CHANGES: Final = frozenset({"withdraws", "is listed"})
TRIES: Final = {"again": 2}


@dataclass(slots=True)
class Person:
    """One customer as the trial knows them; `changed_at` is when they said no (epoch seconds)."""

    customer: int
    interaction: int
    agent: int
    number: str
    kind: str
    time_zone: str
    changed_at: float = 0.0


def zone_where_it_is(hour: int) -> str:
    """A zone where it is about that hour now."""
    return f"Etc/GMT{(datetime.now(UTC).hour - hour + 11) % 24 - 11:+d}"


def assemble(size: int, *, seed: int) -> tuple[list[Person], dict[int, str]]:
    """Everybody, and the agents' tokens."""
    chance = random.Random(seed)
    team = Team.objects.create(name="Trial")
    agents = [_agent(number, team) for number in range(AGENTS)]
    tokens = {agent.pk: str(Token.objects.create(user=agent).key) for agent in agents}
    WrapUpCode.objects.create(code="helped", name="Helped", outcome=Outcome.RESOLVED)
    CallerId.objects.create(number="+442079460000", name="Trial", verified_on="2026-01-01")
    complaints = RequestType.objects.create(
        code="problem-after-contact",
        name="Problem",
        target_days=3,
        expected_days=1,
        is_complaint=True,
    )
    reasons = [_policy(name) for name in REASONS]
    _policy("")
    publish(by=None)
    kinds = chance.choices([*SHARES, "plain"], [*SHARES.values(), 1 - sum(SHARES.values())], k=size)
    people = _customers(kinds, team, agents, reasons)
    _facts(people, complaints, agents[0])
    return people, tokens


def _agent(number: int, team: Team) -> User:
    agent = User.objects.create_user(username=f"agent-{number}", role=Role.AGENT)
    agent.teams.set([team])
    return agent


def _policy(name: str) -> ContactReason:
    """One for contacts for that reason, or for all others; the reason."""
    reason = ContactReason(code=name, name=name, intent=Intent.REQUEST)
    if name:
        reason.save()
    FollowUpPolicy.objects.create(
        name=name or "others",
        position=REASONS.index(name) if name else len(REASONS),
        reasons=[name] if name else [],
        delay_minutes=1,
        questions=["as_expected", "as_promised", "met_expectations"],
        window_start=WINDOW[0],
        window_end=WINDOW[1],
        max_attempts=TRIES.get(name, 1),
        retry_minutes=RETRY_MINUTES,
        ways=["voice"],
    )
    return reason


def _customers(
    kinds: list[str], team: Team, agents: list[User], reasons: list[ContactReason]
) -> list[Person]:
    day, night = zone_where_it_is(11), zone_where_it_is(1)
    made = Customer.objects.bulk_create(
        (
            Customer(
                team=team,
                name=f"Person {number}",
                country="ZZ",
                time_zone=night if kind == "night" else day,
                vulnerable_since=timezone.localdate() if kind == "vulnerable" else None,
            )
            for number, kind in enumerate(kinds)
        ),
        batch_size=1000,
    )
    contacts = Interaction.objects.bulk_create(
        (
            Interaction(
                customer=customer,
                channel="voice",
                contact_reason=reasons[kind == "again"],
                agent=agents[number % AGENTS],
                subject="trial",
            )
            for number, (customer, kind) in enumerate(zip(made, kinds, strict=True))
        ),
        batch_size=1000,
    )
    numbers = [f"+800{10_000_000 + number}" for number in range(len(kinds))]
    ContactPoint.objects.bulk_create(
        (
            ContactPoint(customer=customer, channel="voice", value=number, is_preferred=True)
            for customer, number in zip(made, numbers, strict=True)
        ),
        batch_size=1000,
    )
    return [
        Person(customer.pk, contact.pk, contact.agent_id or 0, number, kind, customer.time_zone)
        for customer, contact, number, kind in zip(made, contacts, numbers, kinds, strict=True)
    ]


def _facts(people: list[Person], complaints: RequestType, owner: User) -> None:
    before = timezone.now() - timedelta(days=2)
    Consent.objects.bulk_create(
        (
            _consent(one, is_granted=is_granted, at=before + timedelta(hours=number))
            for one in people
            if one.kind != "never asked"
            for number, is_granted in enumerate([True, *[False] * (one.kind == "withdrawn")])
        ),
        batch_size=1000,
    )
    SuppressionEntry.objects.bulk_create(
        SuppressionEntry(number=one.number, reason="trial")
        for one in people
        if one.kind == "do not call"
    )
    for one in people:
        if one.kind == "complaint":
            ServiceRequest.open_request(
                customer=Customer.objects.get(pk=one.customer),
                request_type=complaints,
                subject="trial",
                description="",
                owner=owner,
                by=owner,
            )


def _consent(one: Person, *, is_granted: bool, at: datetime) -> Consent:
    return Consent(
        customer_id=one.customer,
        purpose="survey",
        channel="voice",
        is_granted=is_granted,
        source="trial",
        wording_version="1",
        recorded_at=at,
    )


def say_no(one: Person) -> None:
    """They withdraw their consent, or their number is listed; may be done again after a failure."""
    if one.kind == "withdraws":
        _consent(one, is_granted=False, at=timezone.now()).save()
    else:
        SuppressionEntry.suppress(number=one.number, reason="trial")
