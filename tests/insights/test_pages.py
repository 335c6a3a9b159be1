"""Do the pages of small histories show what happened, and say what they cannot show?"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.urls import reverse

from customers.models import Customer
from insights import rollups
from insights.models import Figure, RollUp
from tests.insights.looking import (
    PAGE,
    count_on,
    rows_behind,
    text_of,
)
from tests.insights.scene import Scene, day

pytestmark = pytest.mark.django_db


def test_promises_kept_by_our_date_and_late_for_customers_look_red(scene: Scene) -> None:
    for _ in range(94):
        scene.promise(scene.cast.ada, due=5, done=5.5, expected=8)
    for _ in range(6):
        scene.promise(scene.cast.ada, due=5, done=None, expected=8)
    rollups.refresh()
    page = text_of(scene.cast.una, PAGE)
    tile = re.search(r'<a class="tile bad".*?</a>', page, re.DOTALL)
    assert tile
    assert "94 % by our date" in tile[0]
    assert "Too late for customers" in tile[0]
    assert "#alert-triangle" in tile[0]
    assert '<div class="yardstick bad">' in page
    assert '<div class="yardstick good">' not in page


def test_figures_of_another_team_are_not_included(scene: Scene) -> None:
    theirs = scene.customer("Theirs", scene.cast.other_team)
    scene.holds(theirs, 100, 5, because="only theirs")
    scene.answered(scene.contact(theirs, 4), 3, score=0)
    rollups.refresh()
    mine = text_of(scene.cast.una, PAGE)
    assert "only theirs" not in mine
    assert "0 answers" in mine
    assert rows_behind(scene.cast.una, f"{PAGE}records/lost/") == 0
    assert rows_behind(scene.cast.una, f"{PAGE}records/nps/") == 0
    everything = text_of(scene.cast.max, PAGE)
    assert "only theirs" in everything
    assert "1 answer<" in everything
    narrowed = text_of(scene.cast.max, f"{PAGE}?team={scene.cast.team.pk}")
    assert "only theirs" not in narrowed


@pytest.mark.parametrize(
    "address",
    [
        "records/sales/",
        "records/lost/?outcome=won",
        "records/lost/?after=tomorrow",
        "records/lost/?after=2026-01-01",
        "records/retained/?after=x~1",
        "records/nps/?after=2026-01-01T00:00~x",
        "records/lost/?reason=%00",
        "records/cohort/",
        "records/cohort/?cohort=2026-13",
        "records/cohort/?cohort=0001-01",
        "records/cohort/?cohort=2026-01&months=-1",
        "records/cohort/?cohort=2026-01&months=99999999999",
        "records/cohort/?cohort=9999-01",
        "served/best/",
        "served/all/?after=x",
    ],
)
def test_an_address_that_names_nothing_is_not_there(scene: Scene, address: str) -> None:
    text_of(scene.cast.una, f"{PAGE}{address}", 404)


@pytest.mark.parametrize(
    "query", ["start=2026-05-05&end=2026-01-01", "start=yesterday", "start=0001-01-01", "range=x"]
)
def test_days_that_make_no_sense_are_explained(scene: Scene, query: str) -> None:
    rollups.refresh()
    page = text_of(scene.cast.una, f"{PAGE}?{query}")
    assert 'class="notice bad"' in page
    assert "Shown are the last 30 days" in page


def test_enter_in_a_date_asks_for_that_date_and_for_no_preset(scene: Scene) -> None:
    """A form is sent by its first button when Enter is pressed in a field."""
    form = text_of(scene.cast.una, PAGE).partition('id="insights-filters"')[2]
    assert re.findall(r"<button ([^>]*)>", form)[0] == 'class="visually-hidden" tabindex="-1"'


def test_before_the_first_count_the_page_says_so(scene: Scene) -> None:
    page = text_of(scene.cast.una, PAGE)
    assert "counted for the first time" in page
    assert Figure.objects.count() == 0
    assert not RollUp.objects.exists()  # a GET never writes


def test_a_page_of_nothing_is_calm(scene: Scene) -> None:
    Customer.objects.all().update(team=scene.cast.other_team)
    rollups.refresh()
    page = text_of(scene.cast.una, PAGE)
    assert "Nothing happened in these days" in page


def test_records_link_to_the_desk_and_come_in_pages(scene: Scene) -> None:
    people = [scene.customer(f"Gone {n:03}") for n in range(120)]
    for person in people:
        scene.holds(person, 100, 5, because="moved")
    rollups.refresh()
    address = f"{PAGE}records/lost/?reason=moved"
    first = text_of(scene.cast.una, address)
    assert first.count("/desk/customers/") == 50
    assert f'href="{reverse("console:customer", args=[people[-1].pk])}"' in first
    assert count_on(scene.cast.una, address) == 120
    assert rows_behind(scene.cast.una, address) == 120


def test_an_agent_sees_how_their_own_customers_fared(scene: Scene) -> None:
    cast = scene.cast
    scene.answered(scene.contact(cast.ada, 20), 19, score=10)
    scene.answered(scene.contact(cast.ben, 20), 19, is_yes=False, score=2)
    scene.contact(cast.cy, 20, agent=cast.rae)
    cast.ben.holdings.update(cancelled_on=day(5), cancelled_because="moved")
    sam = text_of(cast.sam, f"{PAGE}served/")
    figures = re.findall(r'tile-figure">(\d+)<', sam)
    assert figures == ["2", "1", "1", "1"]  # served, retained, left, advocates
    assert sam.count("<b>50 %</b>") == 3
    assert "Ben King" in text_of(cast.sam, f"{PAGE}served/left/")
    assert "Ada Byron" in text_of(cast.sam, f"{PAGE}served/advocates/")
    everybody = text_of(cast.sam, f"{PAGE}served/all/")
    assert "Cy Dunn" not in everybody
    assert Counter(re.findall(r'tile-figure">(\d+)<', text_of(cast.rae, f"{PAGE}served/"))) == {
        "1": 2,
        "0": 2,
    }


def test_customers_who_moved_to_another_team_are_no_longer_shown(scene: Scene) -> None:
    scene.contact(scene.cast.ada, 20)
    Customer.objects.filter(pk=scene.cast.ada.pk).update(team=scene.cast.other_team)
    assert "Ada" not in text_of(scene.cast.sam, f"{PAGE}served/all/")
