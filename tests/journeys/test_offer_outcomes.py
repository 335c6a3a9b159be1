"""Answers to an offer by keys alone: declined for a reason, later, and accepted with its steps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.daytime import asked_of
from tests.journeys.stack import Stack
from tests.journeys.test_needs_words import start

pytestmark = pytest.mark.journey
Window = Callable[[str], Page]


# Somebody whom no other journey speaks to, with money that lies idle at 0.60 %.
WITH_IDLE_MONEY = """
from datetime import date
from accounts.models import Team, User
from customers.models import Customer
from products.models import Product

sam = User.objects.get(username="sam")
team = Team.objects.get(name="Everyday banking")
if not Customer.objects.filter(name="Odile Marchetti").exists():
    odile = Customer.register(
        by=sam, team=team, name="Odile Marchetti", born_on=date(1975, 6, 1),
        customer_since=date(2012, 1, 1),
    )
    current = Product.objects.get(code="everyday-account")
    odile.holdings.create(
        product=current, opened_on=date(2012, 1, 1), balance=8500, annual_rate="0.60"
    )
"""


def bring_up_the_saver(page: Page) -> Locator:
    """She says why she leaves: the list re-ranks in place."""
    start(page, "Odile Marchetti", "Close an account")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.get_by_role("button", name="I get more interest elsewhere").click()
    saver = page.locator("#way-offer-saver-plus")
    expect(saver).to_contain_text("+£212.50 a year")
    return saver


def open_way(page: Page, way: Locator) -> None:
    """By its number; what may be answered is fetched with it."""
    key = way.locator("> summary").get_attribute("data-key")
    assert key
    page.keyboard.press(key)
    expect(way.get_by_text("Declines, because…")).to_be_visible()


def test_an_offer_is_declined_put_off_and_accepted_by_keys(window: Window, stack: Stack) -> None:
    asked_of(stack, WITH_IDLE_MONEY)
    page = window("sam")
    ways = page.locator("#panel-offers-ways")
    said = ways.locator(".answered")
    saver = bring_up_the_saver(page)

    # Declined: one key opens the reasons, one says which; the list says what made room.
    open_way(page, saver)
    page.keyboard.press("d")
    page.keyboard.press("3")
    expect(said).to_contain_text("Declined: Saver Plus · Costs too much")
    expect(saver).to_have_count(0)
    expect(ways).to_contain_text("“Saver Plus” was declined")
    expect(page.locator("#panel-timeline")).to_contain_text("Offer declined: Saver Plus")

    # A mistake is taken back with one key, and the offer stands where it stood.
    page.keyboard.press("Backspace")
    expect(said).to_have_count(0)
    expect(saver).to_contain_text("+£212.50 a year")

    # Later: two keys, and the day is told.
    open_way(page, saver)
    page.keyboard.press("l")
    page.keyboard.press("2")
    expect(said).to_contain_text(re.compile(r"Later: Saver Plus · asked again on \d+ \w+ \d{4}"))
    expect(saver).to_have_count(0)
    page.keyboard.press("y")
    expect(page.get_by_role("searchbox", name="A product by its name")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("saver plus")
    expect(page.locator("#named-product")).to_contain_text("To be asked again on")
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    expect(saver).to_contain_text("+£212.50 a year")

    # Why this, in figures: unit, currency and rounding are told.
    open_way(page, saver)
    page.keyboard.press("f")
    expect(saver).to_contain_text("a year, in GBP, rounded half up to 0.01 GBP")

    # Accepted: what it promises is on the ledger, and its steps open on the same screen.
    page.keyboard.press("a")
    expect(said).to_contain_text("Accepted: Saver Plus")
    expect(said).to_contain_text("Promised: Your Saver Plus is open and shown in the app")
    expect(page.locator("#panel-requests")).to_contain_text("Saver Plus")
    page.keyboard.press("o")
    slot = page.locator("#desk-slot")
    expect(slot).to_contain_text("Your Saver Plus is open and shown in the app")
