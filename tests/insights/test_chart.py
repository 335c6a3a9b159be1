"""Does the chart of who came and who was lost fit its figures?"""

from __future__ import annotations

from datetime import date

import pytest

from insights.chart import HEIGHT, TOP, Chart, movement
from insights.figures import Sums
from insights.links import Links
from insights.measures import Filters
from insights.periods import Period

DAYS = Period(date(2026, 11, 1), date(2026, 11, 3))
LINKS = Links.for_filters(Filters(DAYS), root="/")


def chart(*days: tuple[int, int]) -> Chart:
    found = {}
    for number, (came, lost) in enumerate(days, start=1):
        found[date(2026, 11, number)] = sums = Sums()
        sums.by_key["came", "came"][""] = came
        sums.by_key["lost", "lost"][""] = lost
    return movement(found, DAYS, LINKS)


def test_where_nobody_was_lost_those_who_came_have_the_whole_height() -> None:
    drawn = chart((2, 0), (4, 0))
    assert float(drawn.middle) == TOP + HEIGHT
    assert [float(bar.came_height) for bar in drawn.bars] == [HEIGHT / 2, HEIGHT, 0]


def test_where_nobody_came_those_who_were_lost_have_it() -> None:
    drawn = chart((0, 3))
    assert float(drawn.middle) == TOP
    assert float(drawn.bars[0].lost_height) == HEIGHT


def test_up_and_down_share_one_scale() -> None:
    drawn = chart((3, 1), (1, 1))
    bar = drawn.bars[0]
    assert float(bar.came_height) == pytest.approx(3 * float(bar.lost_height), abs=0.2)
    assert float(bar.came_y) == TOP
    assert float(drawn.middle) + float(bar.lost_height) == pytest.approx(TOP + HEIGHT, abs=0.1)


def test_without_any_the_line_stands_in_the_middle() -> None:
    drawn = chart((0, 0))
    assert float(drawn.middle) == TOP + HEIGHT / 2
    assert {bar.came_address + bar.lost_address for bar in drawn.bars} == {""}
