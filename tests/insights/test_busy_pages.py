"""Do the pages show the figures, and does every figure open as many records as it says?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from insights import rollups
from insights.measures import MEASURES, STANDINGS
from insights.models import Figure, Mark, RollUp
from tests.cast import assemble
from tests.insights.activity import Activity
from tests.insights.looking import (
    PAGE,
    client_of,
    count_on,
    figures_on,
    rows_behind,
    statements,
    text_of,
)
from tests.insights.scene import Scene, day

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 8  # session and user, teams, products, need types, three of figures, freshness


@pytest.fixture(scope="module")
def busy(written_once: None) -> Scene:
    scene = Scene(assemble())
    Activity(scene, 11).happens(60)
    rollups.refresh()
    return scene


def test_every_figure_opens_as_many_records_as_it_says(busy: Scene) -> None:
    una = busy.cast.una
    page = text_of(una, f"{PAGE}?start={day(70)}&end={day(0)}")
    links = figures_on(page)
    kinds = {address.split("/")[3] for address in links}
    assert {"lost", "retained", "saved", "nps", "promises", "cohort", "needs"} <= kinds
    for address, words in links.items():
        rows = rows_behind(una, address)
        assert rows == count_on(una, address), address
        plain = re.match(r"([\d,]+)(?!\.)\b(?! %)", words)
        if plain and "tile" not in words and "cohort" not in address:
            assert int(plain[1].replace(",", "")) == rows, (address, words)


def test_tiles_equal_raw_sql_after_random_activity(busy: Scene) -> None:
    una, team, since = busy.cast.una, busy.cast.team.pk, day(70)
    with connection.cursor() as cursor:

        def count(sql: str, *values: Any) -> int:
            cursor.execute(sql, values)
            return int(cursor.fetchone()[0])

        held = """SELECT count(DISTINCT c.id) FROM customers_customer c
            JOIN customers_holding h ON h.customer_id = c.id WHERE c.team_id = %s
            AND h.opened_on < %s AND (h.cancelled_on IS NULL OR h.cancelled_on >= %s)"""
        at_start = count(held, team, since, since)
        at_end = count(held, team, day(-1), day(-1))
        scores = """SELECT count(*) FROM followups_answer a
            JOIN followups_followup f ON f.id = a.follow_up_id
            JOIN customers_customer c ON c.id = f.customer_id
            WHERE f.status = 'answered' AND a.question = 'recommend' AND c.team_id = %s
            AND (f.answered_at AT TIME ZONE 'Europe/London')::date BETWEEN %s AND %s
            AND a.score BETWEEN %s AND %s"""
        promoters = count(scores, team, since, day(0), 9, 10)
        detractors = count(scores, team, since, day(0), 0, 6)
        answers = count(scores, team, since, day(0), 0, 10)
        promises = """SELECT count(*) FROM service_promise p
            JOIN customers_customer c ON c.id = p.customer_id
            WHERE p.status IN ('kept', 'broken') AND c.team_id = %s
            AND (p.due_at AT TIME ZONE 'Europe/London')::date BETWEEN %s AND %s
            AND p.expected_at IS NOT NULL"""
        known = count(promises, team, since, day(0))
        in_time = count(f"{promises} AND p.done_at <= p.expected_at", team, since, day(0))
    page = text_of(una, f"{PAGE}?start={since}")
    movement = re.search(r'insights-sum">(.*?)</p>', page, re.DOTALL)
    assert movement
    numbers = [int(n) for n in re.findall(r">(\d+)<", movement[1])]
    assert (numbers[0], numbers[-1]) == (at_start, at_end)
    assert f"{100 * (promoters - detractors) / answers:+.0f}".replace("-", "−") in page
    assert f"{answers} answer" in page
    assert known > 0
    share = f"{100 * in_time / known:.1f} %".replace(".0 %", " %")
    assert f"{share}</b> <small>of {known}</small>" in page


def test_the_page_takes_the_same_statements_however_long_the_history(busy: Scene) -> None:
    una = busy.cast.una
    assert statements(una, PAGE) == MOST_STATEMENTS
    Activity(busy, 12).happens(60)
    rollups.refresh()
    assert statements(una, PAGE) == MOST_STATEMENTS
    long_ago = f"{PAGE}?start=2015-01-01&end={day(0)}&product={busy.cast.saver.pk}"
    assert statements(una, long_ago) == MOST_STATEMENTS
    assert statements(busy.cast.max, PAGE) == MOST_STATEMENTS


def test_a_list_takes_the_same_statements_however_long(busy: Scene) -> None:
    for key in ("lost", "nps", "retained", "promises", "cohort"):
        address = f"{PAGE}records/{key}/?cohort={day(70):%Y-%m}"
        assert statements(busy.cast.una, address) == 6, key


def test_another_teams_figures_are_not_there(busy: Scene) -> None:
    team = busy.cast.other_team.pk
    for address in (PAGE, f"{PAGE}records/lost/"):
        text_of(busy.cast.una, f"{address}?team={team}", 404)
        text_of(busy.cast.una, f"{address}?team=x", 404)
        text_of(busy.cast.una, f"{address}?product=0", 404)
        text_of(busy.cast.max, f"{address}?team={team}")


def test_a_supervisor_without_a_team_sees_nothing(busy: Scene) -> None:
    busy.cast.una.teams.clear()
    assert "Nothing happened in these days" in text_of(busy.cast.una, PAGE)
    assert rows_behind(busy.cast.una, f"{PAGE}records/first_contact/?range=90d") == 0


def test_agents_may_not_see_the_supervisors_pages(busy: Scene) -> None:
    before = AuditEntry.objects.count()
    for address in (PAGE, f"{PAGE}records/lost/", f"{PAGE}records/retained/"):
        page = text_of(busy.cast.sam, address, 403)
        assert "Your customers" in page
    answer = client_of(busy.cast.sam).post(f"{PAGE}records/lost/export/")
    assert answer.status_code == 403
    assert AuditEntry.objects.count() == before


def test_nobody_sees_anything_before_log_in(busy: Scene) -> None:
    for address in (PAGE, f"{PAGE}records/lost/", f"{PAGE}served/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_presets_and_days_are_remembered_by_the_links(busy: Scene) -> None:
    una, saver = busy.cast.una, busy.cast.saver.pk
    page = text_of(una, f"{PAGE}?range=90d&team={busy.cast.team.pk}&product={saver}")
    assert '<button class="button" name="range" value="90d" aria-pressed="true"' in page
    for address in figures_on(page):
        assert f"product={saver}" in address
        assert f"team={busy.cast.team.pk}" in address
        assert "start=" in address


def test_the_page_says_when_it_was_counted_and_when_that_is_too_long_ago(busy: Scene) -> None:
    at = timezone.now() - timedelta(seconds=30)
    RollUp.objects.update(refreshed_at=at)
    page = text_of(busy.cast.una, PAGE)
    assert f"{timezone.localtime(at):%H:%M:%S}</time>" in page
    assert "stand still" not in page
    RollUp.objects.update(refreshed_at=at - timedelta(minutes=5))
    assert "stand still" in text_of(busy.cast.una, PAGE)


def test_while_everything_is_counted_nobody_is_told_half_the_truth(busy: Scene) -> None:
    rollups.start_full_count()
    page = text_of(busy.cast.una, PAGE)
    assert "back to" in page
    assert page.count('aria-busy="true"') == 2
    assert "insights-sum" not in page
    assert '<table class="heat"' not in page
    rollups.refresh()
    page = text_of(busy.cast.una, PAGE)
    assert '<table class="heat"' in page
    assert "aria-busy" not in page


def test_a_get_writes_nothing(busy: Scene) -> None:
    before = (AuditEntry.objects.count(), Mark.objects.count(), Figure.objects.count())
    for address in ("", "records/lost/", "records/saved/", "served/", "served/all/"):
        text_of(busy.cast.una, f"{PAGE}{address}")
    assert (AuditEntry.objects.count(), Mark.objects.count(), Figure.objects.count()) == before


def test_htmx_gets_what_stands_under_the_heading(busy: Scene) -> None:
    client = client_of(busy.cast.una)
    whole = client.get(PAGE)
    part = client.get(PAGE, headers={"HX-Request": "true"})
    assert part.content.decode().strip() in whole.content.decode()
    assert "HX-Request" in part["Vary"]
    assert b"<html" not in part.content


def test_nothing_is_styled_or_scripted_inline(busy: Scene) -> None:
    for address in (PAGE, f"{PAGE}records/nps/", f"{PAGE}served/"):
        page = text_of(busy.cast.una, address)
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*src)", page)
        assert not re.search(r"\son\w+=", page)


def test_every_list_equals_its_count(busy: Scene) -> None:
    for key in [*MEASURES, *STANDINGS]:
        for query in ("", f"&product={busy.cast.saver.pk}"):
            address = f"{PAGE}records/{key}/?start={day(60)}&end={day(3)}{query}"
            assert rows_behind(busy.cast.max, address) == count_on(busy.cast.max, address), address


def test_no_list_or_page_names_an_agent(busy: Scene) -> None:
    for key in MEASURES:
        page = text_of(busy.cast.una, f"{PAGE}records/{key}/")
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "Sam" not in main
        assert "Rae" not in main


def test_your_customers_takes_few_statements(busy: Scene) -> None:
    assert statements(busy.cast.sam, f"{PAGE}served/") == 3
    assert statements(busy.cast.sam, f"{PAGE}served/all/") == 2
