"""Writes the believable day: once, whole or not at all, the same for the same moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Team
from customers.models import Customer
from intake.seeding import catalogue, decided, people, practice, queues, sayings, traits
from intake.seeding.base import everybody
from intake.seeding.past import Chronicle
from intake.seeding.today import Today
from intake.seeding.world import World, agents_by_team
from offers.publishing import publish
from products.models import CatalogueVersion

SEED = 1864
IN_FORCE_FOR = timedelta(days=60)  # the first catalogue, so that decisions may go by it
OURS = (
    "accounts", "products", "customers", "interactions", "service", "needs", "offers",
    "followups", "insights", "intake", "telephony", "routing", "pghistory", "sessions",
)  # fmt: skip


def is_seeded() -> bool:
    return Customer.objects.filter(source="seed").exists()


@transaction.atomic
def seed_day(*, password: str, now: datetime | None = None) -> bool:
    """Staff, practice, catalogue and one day; false when the day was there already."""
    staff = people.employ(password)
    if is_seeded():
        return False
    now = now or timezone.now()
    practice.establish()
    queues.open_queues()
    catalogue.stock()
    sayings.teach()
    if not CatalogueVersion.objects.exists():
        publish(by=staff["max"], note="The first catalogue", at=now - IN_FORCE_FOR)
    teams = {team.name: team.pk for team in Team.objects.all()}
    random = Random(SEED)
    chronicle = Chronicle(World.load(now=now, agents=agents_by_team()), random, block=200)
    base = list(  # drawn before any past is, so that a change to pasts leaves it as it is
        everybody(
            everyday=teams[people.EVERYDAY],
            business=teams[people.BUSINESS],
            today=timezone.localdate(now),
            random=random,
        )
    )
    members = [(chronicle.tell(profile), profile) for profile in base]
    chronicle.write()
    decided.tell(chronicle.book.world, members, random=Random(SEED + 1))
    Today(now=now, staff=staff).tell()
    sayings.leave_open(staff["sam"], random)
    traits.ask(random)
    return True


@transaction.atomic
def wipe() -> None:
    """Empty every table of ours; what migrations wrote stays."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        tables = [name for name in names if name.split("_")[0] in OURS]
        quoted = ", ".join(connection.ops.quote_name(name) for name in tables)
        cursor.execute("set constraints all immediate")  # nothing may still wait to be checked
        cursor.execute(f"truncate {quoted} restart identity cascade")
        cursor.execute("set constraints all deferred")
