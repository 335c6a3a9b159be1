"""How long does it take to count a million customers by a draft's rules, and to learn an outcome?

The million stands in a copy of the database, committed and vacuumed as a base that people work
with, and goes with it. What the funnel counts is what the catalogue page counts, by stretches.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Team
from bench.driver import percentile
from bench.inside import Figure
from needs.models import NeedType
from offers.learning.learner import EFFECTS, Learner, Seen
from offers.models import ContactPolicy
from offers.publishing import draft_row
from offers.release import funnel
from products.models import Product

PEOPLE = 1_000_000
PRODUCT = "saver-plus"
TARGET = 2_000.0  # milliseconds
UPDATES, UPDATE_TARGET = 3_000, 1.0  # milliseconds
# Names once and no search words: the funnel reads neither, and writing them would take minutes.
FILL = (
    "set session_replication_role = replica",
    "set statement_timeout = 0",
    """
    insert into customers_customer (team_id, kind, name, segment, country, time_zone, born_on,
        customer_since, vulnerable_since, vulnerable_because, figures, source, external_id,
        created_at)
    select %(team)s, 'person', 'Somebody', 'personal',
        case when n %% 20 = 0 then 'FR' else 'GB' end, 'Europe/London',
        date '1940-01-01' + (n * 7919 %% 28000)::int, date '2005-01-01' + (n %% 7000)::int,
        case when n %% 50 = 0 then now() end, '', jsonb_build_object('annual_income', n %% 90000),
        'million', '', now()
    from generate_series(1::bigint, %(people)s) n
    """,
    """
    insert into customers_holding (customer_id, product_id, reference, opened_on,
        cancelled_because, currency, balance, annual_rate, monthly_charge, external_id)
    select id, %(held)s, '', date '2015-01-01', '', 'GBP', id * 104729 %% 20000,
        (id %% 5)::numeric / 2, 0, ''
    from customers_customer where source = 'million'
    """,
    """
    insert into needs_need (customer_id, need_type_id, source, strength, evidence, status,
        stated_at, settled_because)
    select id, %(need)s, 'stated', (id %% 10)::numeric / 10, '', 'open', now(), ''
    from customers_customer where source = 'million' and id %% 10 = 3
    """,
    "vacuum analyze customers_customer",
    "vacuum analyze customers_holding",
    "vacuum analyze needs_need",
)
COPY = "million"
COUNTS = 5


def preview() -> Iterator[Figure]:
    """The funnel over a million, and a single update of what is learned."""
    with _copied():
        _fill()
        row, floor = draft_row(Product.objects.get(code=PRODUCT)), _floor()
        counts = [_counted(row, floor) for _ in range(COUNTS)]
    title = f"funnel of a product's rules over {counts[0][1]:,} customers, median"
    yield Figure("preview", title, median(took for took, _ in counts), "ms", TARGET)
    yield from _updates()


@contextmanager
def _copied() -> Iterator[None]:
    """Everything asked meanwhile is asked of a copy of the database."""
    name = connection.settings_dict["NAME"]
    with _inside("postgres"), connection.cursor() as cursor:  # nobody may be in the one copied
        cursor.execute(f"drop database if exists {COPY}")
        cursor.execute(f'create database {COPY} template "{name}" strategy file_copy')
    try:
        with _inside(COPY):
            yield
    finally:
        with _inside("postgres"), connection.cursor() as cursor:
            cursor.execute(f"drop database {COPY}")


@contextmanager
def _inside(database: str) -> Iterator[None]:
    """Connected to another database of the same server."""
    name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], database
    connection.close()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


def _fill() -> None:
    told = {
        "people": PEOPLE,
        "team": Team.objects.values_list("pk", flat=True)[0],
        "held": Product.objects.get(code="everyday-account").pk,
        "need": NeedType.objects.get(code="better-return").pk,
    }
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, told)
    connection.close()  # with what was set in it


def _floor() -> Decimal:
    return ContactPolicy.objects.get_or_create(pk=1)[0].need_floor


def _counted(row: Mapping[str, Any], floor: Decimal) -> tuple[float, int]:
    """Milliseconds of all stretches together, and how many customers were passed."""
    began, at = time.perf_counter(), timezone.now()
    _, found = funnel.counted(row, floor=floor, at=at)
    while not found.is_done:
        _, further = funnel.counted(row, floor=floor, at=at, after=found.until)
        found = found.and_then(further)
    return (time.perf_counter() - began) * 1000, found.everybody


def _updates() -> Iterator[Figure]:
    """One answer after another, each told by what a customer's offer tells."""
    random, learner, took = Random(5), Learner(), []
    for _ in range(UPDATES):
        marks = (
            f"tenure={random.choice(['under 2', '2 to 9', '10 or more'])}",
            f"channel={random.choice(['voice', 'chat', 'email'])}",
            f"need={random.randrange(40)}",
            *(f"holds={random.randrange(12)}" for _ in range(3)),
        )
        features = {**dict.fromkeys(marks, 1.0), "match": random.random() - 0.5}
        seen = Seen(features, marks, f"product-{random.randrange(300)}")
        effect = EFFECTS["accepted" if random.random() < 0.2 else "not_wanted"]
        began = time.perf_counter()
        learner.learn(seen, effect)
        took.append((time.perf_counter() - began) * 1000)
    yield Figure("learn", "one outcome learned, p95", percentile(took, 0.95), "ms", UPDATE_TARGET)
