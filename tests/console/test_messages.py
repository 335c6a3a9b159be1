"""What the last step says of itself: over the page, part of no layout, on every page."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import Cast, assemble
from tests.world import logged_in

pytestmark = pytest.mark.django_db
TOAST = re.compile(r'<div class="toast notice (\w+)" data-toast( data-closes-itself)?>')


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def toasts(page: str) -> list[tuple[str, str]]:
    """How each one looks and whether it closes itself; a template is not shown."""
    return TOAST.findall(re.sub(r"<template>.*?</template>", "", page, flags=re.DOTALL))


def live(page: str, role: str) -> str:
    """What stands in one of the two live regions of messages."""
    region = page.partition("data-toasts")[2]
    return region.partition(f'<div role="{role}">')[2].partition("\n")[0]


@pytest.mark.parametrize(("name", "start"), [("sam", "/desk/"), ("una", "/insights/")])
def test_a_log_in_is_told_over_the_page_and_closes_by_itself(
    cast: Cast, client: Client, name: str, start: str
) -> None:
    User.objects.filter(username=name).update(password=make_password("northgate-8"))
    login = {"login": name, "password": "northgate-8"}
    page = client.post(f"/accounts/login/?next={start}", login, follow=True).content.decode()
    assert toasts(page) == [("good", " data-closes-itself")]
    assert "Successfully signed in" in live(page, "status")
    assert "toast" not in page.partition("<main")[2].partition("</main>")[0]
    assert toasts(client.get(start).content.decode()) == []


def test_a_refusal_is_an_alert_that_stays(cast: Cast) -> None:
    client = logged_in(cast.max)
    page = client.post(reverse("catalogue:proposal"), {"note": ""}, follow=True).content.decode()
    assert toasts(page) == [("bad", "")]
    assert "Say in a line what changes" in live(page, "alert")


def test_the_administration_shows_messages_the_same_way(cast: Cast) -> None:
    client = logged_in(cast.max)
    client.post(reverse("catalogue:proposal"), {"note": ""})
    page = client.get("/admin/").content.decode()
    assert toasts(page) == [("bad", "")]
    assert "messagelist" not in page
