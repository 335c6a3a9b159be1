"""Are figures shown again only to those whose they are, and only until they are counted again?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from insights import rollups
from insights.kept import FIGURES, Fragments
from tests.insights.scene import Scene

pytestmark = pytest.mark.django_db


def page(user: User, address: str = "/insights/") -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def statements(user: User, address: str = "/insights/") -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        page(user, address)
    return [one["sql"] for one in captured.captured_queries if "insights_figure" in one["sql"]]


def test_the_same_figures_are_read_once_a_count(scene: Scene) -> None:
    rollups.refresh()
    assert len(statements(scene.cast.una)) == 3
    assert statements(scene.cast.una) == []
    assert len(statements(scene.cast.una, "/insights/?range=90d")) == 3


def test_a_new_count_is_shown_at_once(scene: Scene) -> None:
    rollups.refresh()
    page(scene.cast.una)
    scene.holds(scene.customer("Newly come"), 2)
    assert "1 came" not in page(scene.cast.una)
    rollups.refresh()
    assert "1 came" in page(scene.cast.una)


def test_nobody_sees_figures_kept_for_others(scene: Scene) -> None:
    scene.holds(scene.customer("Of Una's team"), 2)
    rollups.refresh()
    assert "1 came" in page(scene.cast.una)
    scene.cast.una.teams.set([scene.cast.other_team])
    una = User.objects.get(pk=scene.cast.una.pk)
    assert "1 came" not in page(una)
    assert "1 came" in page(scene.cast.max)
    assert "1 came" not in page(scene.cast.max, f"/insights/?team={scene.cast.other_team.pk}")


def test_while_everything_is_counted_nothing_older_is_shown(scene: Scene) -> None:
    rollups.refresh()
    page(scene.cast.una)
    rollups.start_full_count()
    assert 'aria-busy="true"' in page(scene.cast.una)


def test_another_name_of_a_need_is_shown_at_once(scene: Scene) -> None:
    rollups.refresh()
    page(scene.cast.una)
    kept = len(FIGURES)
    scene.cast.better_return.name = "Higher interest"
    scene.cast.better_return.save()
    page(scene.cast.una)
    assert len(FIGURES) == kept + 1


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    fragments = Fragments(most=2)
    made: list[str] = []

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return fragments.get(key, make)

    assert [ask(key) for key in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]
