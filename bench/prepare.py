"""What do the measured pages need? The seeded bank, open contacts, sessions, statement counts."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from importlib import import_module
from itertools import cycle
from random import Random

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from bench.driver import TOKEN
from customers.models import ContactPoint, Customer, Holding
from insights.models import RollUp
from interactions.models import ContactReason, Interaction
from needs.models import Need, NeedType
from offers.arbitration import decide_for

SOURCE = "bench"
CONTACTS = 150
EVIDENCE = "more interest elsewhere (bench)"
STATEMENTS = """
    select coalesce(sum(calls), 0) from pg_stat_statements
    where toplevel
      and query !~* '^(begin|commit|rollback|savepoint|release|set |show |discard)'
      and query not ilike '%%set_config(%%'
      and query !~* '^select (1|[$]2) from only ' -- foreign keys checked by the commit
      and query not like '%%pg_stat_statements%%'
"""


def data(customers: int) -> None:
    """Schema, seeded day and customers in bulk; what is there is kept."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed", scale=customers, stdout=sys.stdout)
    if not RollUp.current().is_complete:
        call_command("rebuild_insights", stdout=sys.stdout)
    with connection.cursor() as cursor:
        cursor.execute("create extension if not exists pg_stat_statements")
        cursor.execute("checkpoint")


def statements() -> int:
    """How many statements the database has answered, the control of transactions aside."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS)
        return int(cursor.fetchone()[0])


def cookies(username: str) -> str:
    """A log-in, as the log-in page would make it."""
    user = User.objects.get(username=username)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return (
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    )


def served_customers(count: int, seed: int) -> list[Customer]:
    """Customers of Sam's team from the bulk who have not left, drawn at random, the same always."""
    team = User.objects.get(username="sam").teams.get()
    known = Customer.objects.filter(source="scale", team=team)
    lowest, highest = (
        known.order_by(order).values_list("pk", flat=True)[0] for order in ("pk", "-pk")
    )
    random = Random(seed)
    drawn = {random.randrange(lowest, highest) for _ in range(3 * count)}
    held = Holding.objects.held().filter(customer=OuterRef("pk"))
    return list(known.filter(Exists(held), pk__in=drawn).order_by("pk")[:count])


def open_contacts(count: int, *, seed: int, need: str = "") -> list[Interaction]:
    """Contacts of other agents of the team that are open now; with a need, stated in each."""
    customers = served_customers(count * 2 if need else count, seed)
    kind = NeedType.objects.get(code=need) if need else None
    if kind:
        busy = set(
            Need.objects.open()
            .filter(customer__in=customers, need_type=kind)
            .values_list("customer_id", flat=True)
        )
        customers = [customer for customer in customers if customer.pk not in busy][:count]
    team = User.objects.get(username="sam").teams.get()
    agents = cycle(User.objects.filter(teams=team, username__startswith="agent-").order_by("pk"))
    reason = ContactReason.objects.get(code="close-account")
    contacts = Interaction.objects.bulk_create(
        Interaction(
            customer=customer,
            channel="voice",
            contact_reason=reason,
            subject="close my savings account",
            agent=next(agents),
            source=SOURCE,
        )
        for customer in customers
    )
    if kind:
        Need.objects.bulk_create(
            Need(
                customer=contact.customer,
                interaction=contact,
                need_type=kind,
                source="stated",
                strength=1,
                evidence=EVIDENCE,
            )
            for contact in contacts
        )
    return contacts


def decided(contacts: list[Interaction]) -> list[Interaction]:
    """The same contacts, with what helps decided on, as the desk does when it opens them."""
    for contact in contacts:
        decide_for(customer=contact.customer, interaction=contact, by=contact.agent)
    return contacts


def clear_away() -> None:
    """Contacts of earlier runs are over, and so are the needs that were told in them."""
    Need.objects.open().filter(evidence=EVIDENCE).delete()
    Interaction.objects.filter(source=SOURCE, closed_at=None).delete()
    with connection.cursor() as cursor:
        for table in (Interaction, Need, Customer, ContactPoint):
            cursor.execute(f"analyze {connection.ops.quote_name(table._meta.db_table)}")


def probes(count: int, seed: int) -> dict[str, list[str]]:
    """What an agent types: a whole e-mail, the end of a number, a start, a part, a misspelling."""
    customers = served_customers(count, seed)
    points = ContactPoint.objects.filter(customer__in=customers)
    names = [customer.name.split() for customer in customers]
    return {
        "e-mail": list(points.filter(channel="email").values_list("value", flat=True)),
        "phone tail": [
            value[-7:] for value in points.filter(channel="voice").values_list("value", flat=True)
        ],
        "name prefix": [f"{first} {last[:3]}" for first, last, *_ in names],
        "fragment": [last[1:6] for _, last, *_ in names if len(last) >= 6],
        "typo": [f"{first} {last[:2]}{last[3:]}" for first, last, *_ in names if len(last) >= 6],
    }


def in_office_hours() -> datetime:
    """A working day of last week at eleven in London: permission rules judge by the clock."""
    moment = timezone.localtime().replace(hour=11, minute=0, second=0, microsecond=0)
    return moment - timedelta(days=7 + max(moment.weekday() - 4, 0))
