"""The product's main job, as people do it: by hand, in a browser, on everything that is real."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.breaking import Site
from tests.journeys.daytime import take_to_daytime
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

Window = Callable[[str], Page]
DUE_WITHIN = 150  # seconds: a sweep every 15 s, figures every 30 s, and a busy machine


def panel(page: Page, name: str) -> Locator:
    return page.locator(f'[data-panel="{name}"]')


def open_from_my_work(page: Page, who: str) -> None:
    panel(page, "console.my_work").get_by_role("link", name=who).first.click()
    expect(page.get_by_role("heading", name=who)).to_be_visible()


def wrap_up(page: Page, how: str) -> None:
    page.keyboard.press("w")
    closing = page.get_by_role("form", name="Wrap up")
    closing.get_by_label("How did it end?").select_option(label=how)
    closing.get_by_role("button", name="Wrap up").click()


def until_owed(page: Page, who: str) -> None:
    """Wait for the follow-up to stand in My work; the panel refreshes by itself."""
    line = panel(page, "console.my_work").get_by_role("link", name=re.compile(f"{who}.*Follow-up"))
    end = time.monotonic() + DUE_WITHIN
    while not line.count() and time.monotonic() < end:
        page.wait_for_timeout(500)
    line.first.click()


def bring_forward(stack: Stack) -> None:
    """Nobody watches a browser for the minute of delay: what they are owed is due now."""
    Site(stack).change(
        "update followups_followup set due_at = now() where status = 'planned' and customer_id in"
        " (select id from customers_customer where name in ('Ada Byron', 'Lily Chen'))"
    )


def let_an_agent_ask_lily(stack: Stack) -> None:
    """Her question would be followed up by mail, as another journey walks: here Sam calls."""
    Site(stack).change(
        "update followups_followup set ways = '{agent}', way = 'agent' where status = 'planned'"
        " and customer_id in (select id from customers_customer where name = 'Lily Chen')"
    )


def begin_follow_up(page: Page) -> Locator:
    page.get_by_role("button", name="Begin the call").click()
    script = panel(page, "followups.script")
    expect(script).to_be_visible()
    return script


def answer(script: Locator, question: str, words: str) -> None:
    asked = script.get_by_role("group", name=question)
    asked.locator("label").filter(has_text=re.compile(rf"{words}\b")).first.click()


def help_ada(sam: Page, stack: Stack) -> None:
    """Who she is, what helps, an offer accepted, a promise made, wrapped up."""
    # Who it is, what is going on, what helps: on one screen.
    open_from_my_work(sam, "Ada Byron")
    expect(panel(sam, "interactions.timeline")).to_contain_text("where is my card")
    expect(panel(sam, "service.requests")).to_contain_text("Card not arrived")
    expect(panel(sam, "service.requests")).to_contain_text("Your card is with you")
    ways = panel(sam, "offers.ways")
    expect(ways).to_contain_text("Card not arrived")

    # Notes are saved as they are typed, and survive a reload.
    notes = sam.get_by_role("textbox", name="Notes")
    notes.click()
    notes.press("End")
    notes.press_sequentially(" Found 3.10 % elsewhere.")
    expect(panel(sam, "interactions.conversation")).to_contain_text("Saved")
    sam.wait_for_timeout(1_500)
    sam.reload()
    expect(sam.get_by_role("textbox", name="Notes")).to_have_value(
        re.compile("Found 3.10 % elsewhere")
    )

    # The answer to the discovery question re-ranks the list in place.
    saver = ways.locator("#way-offer-saver-plus")
    expect(saver).to_have_count(0)
    sam.keyboard.press("q")
    sam.get_by_role("button", name="I get more interest elsewhere").click()
    expect(saver).to_contain_text("+£212.50 a year")
    expect(saver).to_contain_text("Better return")

    # Why this, and why not others, from the stored decision.
    saver.locator("summary").first.click()
    expect(saver).to_contain_text("£8,500.00 × (3.10 % − 0.60 %) = £212.50 a year")
    expect(saver.get_by_role("list", name="Why this")).to_contain_text("18 or over")
    sam.keyboard.press("y")
    expect(ways).to_contain_text("Only for businesses")

    # Accepting starts the fulfilment here, with its promise on the ledger.
    saver.get_by_role("button", name="Accept").click()
    expect(ways).not_to_contain_text("+£212.50 a year")
    expect(panel(sam, "service.requests")).to_contain_text("Saver Plus")

    # A promise with a date.
    sam.keyboard.press("p")
    promising = sam.get_by_role("form", name="Make a promise")
    promising.get_by_label("What do we promise?").fill("We ring you when the saver is open")
    promising.locator("label", has_text="Tomorrow").first.click()
    promising.get_by_role("button", name="Promise").click()
    expect(panel(sam, "service.requests")).to_contain_text("We ring you when the saver is open")

    # Wrap-up makes the follow-up and says when it will happen.
    take_to_daytime(stack, "Ada Byron", "Lily Chen")
    wrap_up(sam, "Helped, nothing left to do")
    expect(sam.get_by_role("status").filter(has_text="A follow-up call is owed")).to_be_visible()


def help_lily(sam: Page) -> None:
    """A mail that says what is needed; the need cannot be dropped."""
    # A second contact: what Lily wrote in a mail is a need, and it is met here too.
    open_from_my_work(sam, "Lily Chen")
    sam.get_by_role("button", name="Answer").click()
    expect(sam.get_by_role("button", name="Answer")).to_have_count(0)
    sam.get_by_role("button", name="State a need").click()
    stating = sam.get_by_role("form", name="State a need")
    stating.get_by_label("What does the customer need?").select_option(label="Spending abroad")
    stating.get_by_label("In their words").fill("Which card is best in Japan?")
    stating.get_by_role("button", name="Keep the need").click()
    expect(panel(sam, "needs.needs")).to_contain_text("Which card is best in Japan?")

    # A stated need cannot be dropped: wrapping up asks what became of it.
    wrap_up(sam, "Helped, nothing left to do")
    closing = sam.get_by_role("form", name="Wrap up")
    expect(closing).to_contain_text("Spending abroad")
    closing.get_by_text("Left open, because…").click()
    closing.get_by_label("Why Spending abroad stays open").fill("Wants to read about it first")
    closing.get_by_role("button", name="Wrap up").click()
    expect(
        sam.get_by_role("status").filter(has_text="A follow-up by e-mail is owed")
    ).to_be_visible()


def follow_up_ada(sam: Page) -> None:
    """A no becomes an owned service request at once."""
    # Celery finds them due; each stands in My work as a call to make. First Ada, who says no.
    until_owed(sam, "Ada Byron")
    script = begin_follow_up(sam)
    expect(script).to_contain_text("Read out: what we promised")
    expect(script).to_contain_text("We ring you when the saver is open")
    # By keys alone: the focus leads on, and what saving will do is told before.
    for key in (".", "y", "n"):
        sam.keyboard.press(key)
    sam.keyboard.type("No card yet")
    for key in ("Enter", "y", "6"):
        sam.keyboard.press(key)
    expect(script).to_contain_text("Saving opens a request for")
    sam.keyboard.press("s")
    expect(script).to_contain_text(re.compile(r"Request #\d+ is open"))
    expect(panel(sam, "service.requests")).to_contain_text("not as promised")


def follow_up_lily(sam: Page) -> None:
    """All yes: the next cycle begins."""
    # Lily is content: the next cycle begins.
    until_owed(sam, "Lily Chen")
    script = begin_follow_up(sam)
    for question in ("Did everything go", "Have we delivered", "Have we met"):
        answer(script, question, "Yes")
    answer(script, "How likely are you to recommend us", "9")
    script.get_by_role("button", name="Save the answers").click()
    expect(script).to_contain_text("The next look at their needs is planned")


def see_it_counted(una: Page) -> None:
    """The figure, and the records behind it."""
    una.get_by_role("link", name="Retention").click()
    expect(una.get_by_role("heading", name="Retention", exact=True)).to_be_visible()
    until_counted(una, "Ada Byron", "Lily Chen")
    una.get_by_role("link", name=re.compile("^No ")).click()
    expect(una.get_by_role("row").filter(has_text="Ada Byron")).to_contain_text("No card yet")


def until_counted(page: Page, *names: str) -> None:
    """The roll-ups are at most a minute behind: look again as a person would."""
    end = time.monotonic() + DUE_WITHIN
    while True:
        page.get_by_role("link", name="As promised").first.click()
        page.get_by_role("link", name=re.compile("^All ")).click()
        if all(page.get_by_role("link", name=name).count() for name in names):
            return
        assert time.monotonic() < end, f"{names} are not counted yet"
        page.get_by_role("link", name="Retention").first.click()
        page.wait_for_timeout(5_000)


def test_from_a_contact_to_the_next_cycle(window: Window, stack: Stack) -> None:
    sam = window("sam")
    help_ada(sam, stack)
    help_lily(sam)
    let_an_agent_ask_lily(stack)
    bring_forward(stack)
    follow_up_ada(sam)
    follow_up_lily(sam)
    see_it_counted(window("una"))


def test_a_changed_product_is_previewed_reviewed_published_and_shown(
    window: Window, stack: Stack
) -> None:
    sam = window("sam")
    open_from_my_work(sam, "Ben King")
    ways = panel(sam, "offers.ways")
    sam.keyboard.press("q")
    sam.get_by_role("button", name="I pay too much in charges").click()
    expect(ways.locator("#way-offer-everyday-zero")).to_contain_text("+£150.00 a year")

    # Max asks more of the product, and looks at Ben in the draft: what is in force stays.
    max_ = window("max")
    max_.get_by_role("link", name="Catalogue", exact=True).click()
    zero = max_.get_by_role("row").filter(has_text="Everyday Zero")
    zero.get_by_role("link", name="Figures").click()
    max_.get_by_label("Minimum benefit").fill("200")
    max_.get_by_role("button", name="Save", exact=True).click()
    max_.goto(f"{stack.url}/catalogue/")
    max_.get_by_role("link", name="Everyday Zero", exact=True).click()
    max_.get_by_label("Customer", exact=True).fill("Ben King")
    max_.get_by_label("Customer", exact=True).press("Enter")
    max_.get_by_role("link", name="Ben King").click()
    draft = max_.get_by_role("article", name="As typed")
    expect(draft).to_contain_text("at least £200.00")
    expect(draft).to_contain_text("not offered")
    expect(max_.get_by_role("article", name="In force").locator(".tag")).to_have_text(
        re.compile("^\\s*offered")
    )

    # Reviewed by Ivy and published, the console shows it: the list is decided anew by itself.
    max_.goto(f"{stack.url}/catalogue/")
    max_.get_by_label("What changes, in a line").fill("Ask more of Everyday Zero")
    max_.get_by_role("button", name="Propose for review").click()
    expect(max_.get_by_text("another administrator reviews it")).to_be_visible()
    ivy = window("ivy")
    ivy.goto(max_.url)
    ivy.get_by_role("button", name="Approve").click()
    ivy.get_by_label("Why a step is left out").fill("Agreed with the branch")
    ivy.get_by_role("button", name="Publish for all").click()
    expect(ivy.locator(".page-head")).to_contain_text("in force")
    expect(ways.locator("#way-offer-everyday-zero")).to_have_count(0, timeout=60_000)
