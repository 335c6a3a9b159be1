"""Administrators change a rule safely: tried, blocked, mended, reviewed, published, undone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import refuse_serious_findings
from tests.journeys.daytime import asked_of
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey
Window = Callable[[str], Page]

WITH_IDLE_MONEY = """
from datetime import date
from accounts.models import Team, User
from customers.models import Customer
from needs.models import Need, NeedType
from products.models import Product

sam = User.objects.get(username="sam")
team = Team.objects.get(name="Everyday banking")
from offers.arbitration import decide_for
nia = Customer.objects.filter(name="Nia Quill").first() or Customer.register(
    by=sam, team=team, name="Nia Quill", born_on=date(1980, 1, 1),
    customer_since=date(2015, 1, 1),
)
if not nia.holdings.exists():
    current = Product.objects.get(code="everyday-account")
    nia.holdings.create(product=current, opened_on=date(2015, 1, 1), balance=8500)
    Need.state(customer=nia, need_type=NeedType.objects.get(code="better-return"), by=sam)
decide_for(customer=nia, interaction=None, by=sam)
"""


def open_rules(page: Page) -> None:
    """Saver Plus on its page, with Nia chosen."""
    page.goto(page.url.partition("/catalogue/")[0] + "/catalogue/")
    page.get_by_role("link", name="Saver Plus", exact=True).click()
    page.get_by_label("Customer", exact=True).fill("Nia Quill")
    page.get_by_label("Customer", exact=True).press("Enter")
    page.get_by_role("link", name="Nia Quill").click()
    expect(page.get_by_role("article", name="As typed")).to_be_visible()


def least_idle_money(page: Page) -> str:
    """The id of the field with the least money that has to lie idle."""
    for select in page.locator("select[name^=fact-]").all():
        if select.input_value() == "idle_balance":
            return str(select.get_attribute("id")).replace("fact-", "#value-")
    raise AssertionError("Saver Plus has no rule about idle money")


def keep(page: Page, value: str) -> None:
    page.locator(least_idle_money(page)).fill(value)
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_text("The rules are in the draft.")).to_be_visible()


def propose(page: Page, note: str) -> None:
    page.goto(page.url.partition("/catalogue/")[0] + "/catalogue/")
    page.get_by_label("What changes, in a line").fill(note)
    page.get_by_role("button", name="Propose for review").click()


def test_a_rule_is_edited_blocked_mended_reviewed_published_and_rolled_back(
    window: Window, stack: Stack
) -> None:
    asked_of(stack, WITH_IDLE_MONEY)
    test = f"Has 8,500 pounds idle {uuid4().hex[:6]}"
    page = window("max")
    page.goto(f"{stack.url}/catalogue/")
    refuse_serious_findings(page, "catalogue")
    open_rules(page)
    as_typed = page.get_by_role("article", name="As typed")
    expect(as_typed).to_contain_text("It would be offered.")
    page.get_by_text("Keep as a policy test").click()
    page.get_by_label("Name of the test").fill(test)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("is tried on every draft from now on")).to_be_visible()

    open_rules(page)
    refuse_serious_findings(page, "rules")
    relevant = page.locator("#funnel li").last.locator("b")
    before = relevant.inner_text()
    page.locator(least_idle_money(page)).fill("900000")
    expect(relevant).not_to_have_text(before)
    expect(as_typed).to_contain_text("not offered")
    expect(as_typed).to_contain_text("is at least £900,000.00. Here: £8,500.00.")
    keep(page, "900000")
    propose(page, "Only for the rich")
    refused = page.get_by_text(f"“{test}” should see Saver Plus, but: Not relevant")
    expect(refused.first).to_be_visible()

    open_rules(page)
    keep(page, "600")
    propose(page, "From six hundred pounds")
    expect(page.get_by_text("another administrator reviews it")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    refuse_serious_findings(page, "release")

    ivy = window("ivy")
    ivy.goto(page.url)
    ivy.get_by_role("button", name="Simulate").click()
    expect(ivy.locator("#simulation")).to_contain_text("are left with nothing")
    ivy.get_by_role("button", name="Approve").click()
    expect(ivy.locator(".page-head")).to_contain_text("It stands at: Approved")
    ivy.get_by_role("button", name="To shadow").click()
    expect(ivy.locator(".page-head")).to_contain_text("It stands at: Shadow")
    ivy.get_by_label("Why a step is left out").fill("Agreed with the branch")
    ivy.get_by_role("button", name="Publish for all").click()
    expect(ivy.locator(".page-head")).to_contain_text("in force")
    refuse_serious_findings(ivy, "published")
    ivy.get_by_role("button", name="Roll back for everybody").click()
    expect(ivy.locator(".page-head")).to_contain_text("It stands at: Rolled back")
    ivy.get_by_role("link", name="Catalogue", exact=True).last.click()
    expect(ivy.locator("#versions-title ~ *, section").last).to_contain_text("Back to catalogue")
