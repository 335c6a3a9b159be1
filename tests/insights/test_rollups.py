"""Do the roll-ups equal the raw rows, to the unit, whatever happened to them and when?"""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from insights import rollups
from insights.models import Figure, Mark, RollUp
from insights.periods import month_of
from insights.tallies import TALLIES
from interactions.models import Interaction
from tests.insights import oracle
from tests.insights.activity import Activity
from tests.insights.scene import Scene, day, noon

pytestmark = pytest.mark.django_db


def stored(grain: str) -> Counter[oracle.Key]:
    columns = ("tally", "start_on", "team_id", "product_id", "outcome", "reason", "n")
    rows = Figure.objects.filter(grain=grain).exclude(n=0).values_list(*columns)
    return Counter({row[:-1]: row[-1] for row in rows})


def by_month(figures: Counter[oracle.Key]) -> Counter[oracle.Key]:
    count: Counter[oracle.Key] = Counter()
    for (tally, on, team, product, outcome, why), n in figures.items():
        if TALLIES[tally].has_months:
            count[tally, month_of(on), team, product, outcome, why] += n
    return count


def assert_equal_to_the_raw_rows() -> None:
    expected = oracle.figures()
    found = stored("day")
    assert found - expected == Counter()
    assert expected - found == Counter()
    assert stored("month") == by_month(expected)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_equal_the_raw_rows_after_random_activity(scene: Scene, seed: int) -> None:
    activity = Activity(scene, seed)
    activity.happens(60)
    rollups.refresh()
    assert_equal_to_the_raw_rows()
    for _ in range(6):
        activity.happens(12)
        rollups.refresh()
        assert Mark.objects.count() == 0
        assert_equal_to_the_raw_rows()
    assert {key for key, *_ in stored("day")} == set(TALLIES)


def test_a_full_count_mends_figures_that_were_tampered_with(scene: Scene) -> None:
    Activity(scene, 4).happens(80)
    rollups.refresh()
    Figure.objects.filter(tally="needs").update(n=7)
    Figure.objects.filter(tally="lost").delete()
    call_command("rebuild_insights", "--restart", verbosity=0)
    expected = oracle.figures()
    assert stored("day") == expected


def test_a_full_count_goes_on_where_it_was_stopped(scene: Scene) -> None:
    scene.holds(scene.customer("Long ago"), 400, 300)
    rollups.start_full_count()
    assert rollups.count_next_month() == month_of(day(0))
    assert rollups.count_next_month() == month_of(day(300))
    assert RollUp.current().counting_from == month_of(day(400))
    call_command("rebuild_insights", verbosity=0)
    assert RollUp.current().is_complete
    assert_equal_to_the_raw_rows()


def test_a_change_rolled_back_leaves_no_mark(scene: Scene) -> None:
    rollups.refresh()
    with transaction.atomic():
        scene.contact(scene.cast.ada, 20)
        assert Mark.objects.count() > 0
        transaction.set_rollback(True)
    assert Mark.objects.count() == 0


def test_notes_saved_while_typing_mark_nothing(scene: Scene) -> None:
    contact = scene.contact(scene.cast.ada, 20)
    Mark.objects.all().delete()
    contact.save_notes(text="She asks for a new card", version=0)
    assert Mark.objects.count() == 0


def test_only_the_days_that_a_late_answer_touches_are_counted_again(scene: Scene) -> None:
    contact = scene.contact(scene.cast.ada, 20)
    rollups.refresh()
    scene.answered(contact, 15)
    assert set(Mark.objects.values_list("source", "day")) == {
        ("follow_ups", day(15)),
        ("answers", day(15)),
        ("advocates", day(15)),
    }


def test_a_wrap_up_marks_its_own_day_and_no_earlier_one(scene: Scene) -> None:
    scene.contact(scene.cast.ada, 3)
    again = scene.contact(scene.cast.ada, 1)
    Mark.objects.all().delete()
    Interaction.objects.filter(pk=again.pk).update(closed_at=noon(0))
    assert set(Mark.objects.filter(source="contacts").values_list("day", flat=True)) == {
        day(1),
        day(0),
    }


def test_one_who_comes_back_marks_the_earlier_contact_about_the_same(scene: Scene) -> None:
    scene.contact(scene.cast.ada, 3)
    Mark.objects.all().delete()
    scene.contact(scene.cast.ada, 1)
    assert set(Mark.objects.filter(source="contacts").values_list("day", flat=True)) == {
        day(3),
        day(1),
    }


def test_a_refresh_without_changes_writes_nothing(scene: Scene) -> None:
    Activity(scene, 5).happens(40)
    rollups.refresh()
    before = list(Figure.objects.order_by("pk").values_list("pk", "n"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(xmin::text::bigint) FROM insights_figure")
        newest = cursor.fetchone()
        rollups.refresh()
        cursor.execute("SELECT max(xmin::text::bigint) FROM insights_figure")
        assert cursor.fetchone() == newest
    assert list(Figure.objects.order_by("pk").values_list("pk", "n")) == before


def test_what_does_not_fit_into_the_time_is_counted_next_time(scene: Scene) -> None:
    rollups.refresh()
    scene.contact(scene.cast.ada, 20)
    scene.contact(scene.cast.ben, 40)
    rollups.refresh(budget_seconds=0)
    row = RollUp.current()
    assert row.waiting > 0
    assert not row.is_complete
    rollups.refresh()
    assert RollUp.current().is_complete
    assert_equal_to_the_raw_rows()


def test_another_time_zone_counts_everything_again(scene: Scene, settings) -> None:  # type: ignore[no-untyped-def]
    scene.contact(scene.cast.ada, 20.51)  # 23:46 in London
    rollups.refresh()
    assert_equal_to_the_raw_rows()
    settings.TIME_ZONE = "Asia/Tokyo"
    rollups.refresh()
    assert RollUp.current().time_zone == "Asia/Tokyo"
    assert_equal_to_the_raw_rows()
