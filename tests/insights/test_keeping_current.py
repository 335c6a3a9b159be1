"""Do the figures stay current by themselves, also when several are at work at once?"""

from __future__ import annotations

import re

import pytest
from django.db import connection

from contactcentre.schedule import SCHEDULE
from insights import rollups
from insights.models import Figure, Mark, RollUp
from insights.tallies import TALLIES
from insights.tasks import refresh_figures
from tests.cast import assemble
from tests.insights import oracle
from tests.insights.activity import Activity
from tests.insights.scene import Scene, day
from tests.insights.test_rollups import assert_equal_to_the_raw_rows
from tests.threads import at_once


def test_figures_are_at_most_a_minute_old() -> None:
    entry = SCHEDULE["figures of the dashboards"]
    assert entry["task"] == refresh_figures.name
    assert entry["schedule"] <= 60


@pytest.mark.django_db
def test_the_task_counts_what_happened(scene: Scene) -> None:
    scene.contact(scene.cast.ada, 0)
    refresh_figures()
    assert (
        Figure.objects.get(
            tally="first_contact", grain="day", start_on=day(0), team=None, product=None
        ).n
        == 1
    )
    assert RollUp.current().is_complete


@pytest.mark.django_db(transaction=True)
def test_two_workers_count_nothing_twice() -> None:
    scene = Scene(assemble())
    Activity(scene, 21).happens(40)
    at_once(4, lambda _: rollups.refresh())
    while not RollUp.current().is_complete:
        rollups.refresh()
    assert_equal_to_the_raw_rows()


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_leaves_at_once() -> None:
    Scene(assemble())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [rollups.LOCK])
        try:
            assert at_once(1, lambda _: rollups.refresh()) == [False]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [rollups.LOCK])
    assert rollups.refresh()


@pytest.mark.django_db(transaction=True)
def test_what_commits_while_days_are_counted_is_counted_next() -> None:
    scene = Scene(assemble())
    rollups.refresh()
    scene.contact(scene.cast.ada, 20)

    late = [scene.cast.ben]

    def meanwhile(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if "WITH held" in sql and late:
            person = late.pop()
            at_once(1, lambda _: scene.contact(person, 20))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        rollups.refresh()
    assert Mark.objects.filter(day=day(20)).exists()
    rollups.refresh()
    assert Mark.objects.count() == 0
    assert_equal_to_the_raw_rows()
    assert oracle.figures()["first_contact", day(20), None, None, "first", ""] == 2


@pytest.mark.django_db
def test_every_tally_has_a_source_that_is_marked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname ~ '^insights_'")
        marking = cursor.fetchone()[0]
    sources = {tally.source for tally in TALLIES.values()}
    assert {source for source in sources if re.search(rf"[{{',]{source}[}}',]", marking)} == sources
