"""How icons, money and times look."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from console.templatetags import interface

NOW = datetime(2026, 11, 22, 10, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal(8500), "GBP", "£8,500.00"),
        (Decimal("-12.5"), "EUR", "−€12.50"),
        (1_234_567, "CHF", "1,234,567.00\N{NO-BREAK SPACE}CHF"),
        (None, "GBP", "–"),
    ],
)
def test_money_is_written_in_full(amount: Decimal | None, currency: str, shown: str) -> None:
    assert interface.money(amount, currency) == shown


@pytest.mark.parametrize(
    ("minutes", "words", "classes"),
    [
        (20, "in 20 min", "clock soon"),
        (125, "in 2 h", "clock"),
        (60 * 24 * 3 + 5, "in 3 days", "clock"),
        (0.5, "now", "clock soon"),
        (-0.5, "just late", "clock late"),
        (-180, "3 h late", "clock late"),
        (-60 * 30, "1 day late", "clock late"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_due_time_is_told_in_words(minutes: float, words: str, classes: str) -> None:
    shown = interface.clock(timezone.now() + timedelta(minutes=minutes))
    assert shown.endswith(f">{words}</time>")
    assert f'class="{classes}"' in shown


@time_machine.travel(NOW, tick=False)
def test_the_full_time_stands_in_the_title() -> None:
    assert 'title="Sun 22 Nov 2026, 11:31"' in interface.clock(NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=5), "10:26"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=19), "3 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_day_is_said_as_shortly_as_it_can_be(ago: timedelta, words: str) -> None:
    assert interface.day(NOW - ago).endswith(f">{words}</time>")


@time_machine.travel(NOW, tick=False)
def test_an_open_contact_counts_minutes_and_seconds() -> None:
    assert ">02:14<" in interface.elapsed(NOW - timedelta(minutes=2, seconds=14))
    assert ">1:02:14<" in interface.elapsed(NOW - timedelta(hours=1, minutes=2, seconds=14))
    assert ">41 min<" in interface.since(NOW - timedelta(minutes=41))


def test_phones_are_written_as_people_write_them() -> None:
    assert interface.address("+442079460112") == "020 7946 0112"
    assert interface.address("+12015550123") == "+1 201-555-0123"
    assert interface.address("ada@example.com") == "ada@example.com"


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in interface.icon("phone")
    named = interface.icon("phone", label="a <b>")
    assert 'role="img" aria-label="a &lt;b&gt;"' in named
    assert "dist/icons.svg#phone" in named


def test_every_icon_that_a_template_names_is_on_the_sheet() -> None:
    sheet = set((Path(settings.BASE_DIR) / "static/icons.txt").read_text().split())
    used = set(interface.CHANNEL_ICONS.values()) | set(interface.EVENT_ICONS.values())
    used |= set(interface.WORK_ICONS.values())
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        used |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text()))
        used |= set(re.findall(r'_empty\.html" with icon="([\w-]+)"', template.read_text()))
    assert used - sheet == set()
