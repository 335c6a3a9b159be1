"""The desk in a real browser: nothing typed is lost, one key is enough, everybody can read it."""

import json
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.accessibility import AXE, serious_findings, show

pytestmark = pytest.mark.journey
Window = Callable[[str], Page]


def open_contact(page: Page, name: str) -> None:
    before = page.locator("#desk-view").element_handle()
    page.locator("#panel-work .row", has_text=name).first.click()
    page.wait_for_function("before => !before.isConnected", arg=before)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_notes_survive_a_lost_connection_and_a_reload(window: Window) -> None:
    page = window("sam")
    open_contact(page, "Ben King")
    notes, state = page.get_by_role("textbox", name="Notes"), page.locator("#notes-state")
    page.keyboard.press("n")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Saved words.")
    expect(state).to_contain_text("Saved ")

    def another_answers(route: Route) -> None:
        """The network of a train, which answers everything with its own page."""
        route.fulfill(status=200, content_type="text/html", body="<h1>Welcome on board</h1>")

    page.route("**/notes/", another_answers)
    page.keyboard.type(" Words on the train.")
    expect(state).to_contain_text("kept on this device")
    page.reload()
    assert notes.input_value().endswith("Saved words. Words on the train.")
    page.unroute("**/notes/", another_answers)
    page.keyboard.press("n")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Back.")
    expect(state).to_contain_text("Saved ", timeout=40_000)
    page.reload()
    assert notes.input_value().endswith("Words on the train. Back.")
    assert (
        page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('unsaved'))") == []
    )


def test_two_windows_lose_neither_text(window: Window) -> None:
    first, second = window("rae"), window("rae")
    for page in (first, second):
        with page.expect_navigation():
            page.locator("#panel-work .row").first.click()
        expect(page.get_by_role("textbox", name="Notes")).to_be_visible()
    for page, words in ((first, "From the first."), (second, "From the second.")):
        page.get_by_role("textbox", name="Notes").press("Control+End")
        page.keyboard.type(words)
        expect(page.locator("#notes-state")).to_contain_text("Saved ")
        page.wait_for_timeout(1500)
    second.reload()
    kept = second.get_by_role("textbox", name="Notes").input_value()
    assert "From the first." in kept
    assert "From the second." in kept


def test_the_shell_stays_while_the_desk_goes_on(window: Window) -> None:
    page = window("sam")
    page.evaluate("window.isTheSamePage = true")
    open_contact(page, "Ben King")
    page.keyboard.press("n")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Typed on the way out.")
    open_contact(page, "Ada Byron")
    assert not page.get_by_role("textbox", name="Notes").input_value().endswith("way out.")
    expect(page.locator("#panel-work [aria-current]")).to_contain_text("Ada Byron")
    expect(page).to_have_title("Ada Byron · Continuum")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben King")
    assert page.get_by_role("textbox", name="Notes").input_value().endswith("Typed on the way out.")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Byron")
    page.keyboard.press("e")
    page.get_by_role("button", name="Save the reason").click()
    expect(page.locator("#desk-slot form")).to_have_count(0)
    page.keyboard.press("w")
    expect(page.get_by_role("form", name="Wrap up")).to_be_visible()
    assert page.evaluate("window.isTheSamePage") is True


def test_a_lost_live_connection_is_said_and_heals(window: Window) -> None:
    page = window("sam")
    banner = page.get_by_text("The live connection is lost")
    expect(banner).to_be_hidden()
    page.context.route_web_socket("**/ws/desk/", lambda socket: socket.close())
    page.reload()
    expect(banner).to_be_visible()


def test_the_command_bar_finds_a_customer_and_every_action(window: Window) -> None:
    page = window("sam")
    page.keyboard.press("Control+k")
    page.keyboard.type("byron")
    expect(page.get_by_role("option", name="Ada Byron").first).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Byron")
    page.keyboard.press("Control+k")
    page.keyboard.type("break")
    expect(page.get_by_role("option", name="break").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#presence > summary")).to_contain_text("On a break")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys on this page")).to_be_visible()


def test_enter_waits_for_the_answer_to_what_was_typed(window: Window) -> None:
    page = window("sam")
    page.keyboard.press("Control+k")
    page.keyboard.type("king")
    stale = page.locator("[data-command-found]").get_by_role("option", name="Ben King").first
    expect(stale).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/search/?q=ada*", hold)
    with page.expect_request("**/search/?q=ada*"):
        page.get_by_role("combobox", name="Customer, phone").fill("ada byron")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Search or command")).to_be_visible()
    expect(stale).to_be_visible()
    with page.expect_navigation():
        held.pop().continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Byron")


def test_a_promise_takes_a_key_its_words_and_a_time(window: Window) -> None:
    page = window("sam")
    open_contact(page, "Ben King")
    page.keyboard.press("p")
    expect(page.get_by_label("What do we promise?")).to_be_focused()
    page.keyboard.type("We refund the charge")
    page.get_by_text("tomorrow 12:00").click()
    page.get_by_role("button", name="Promise", exact=True).first.click()
    expect(page.get_by_text("Promised: We refund the charge")).to_be_visible()
    expect(page.locator("#panel-requests")).to_contain_text("We refund the charge")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_the_desk_has_a_serious_accessibility_finding(
    window: Window, theme: Literal["light", "dark"]
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page = window("sam")
    show(page, theme)
    found = {}
    places = [("", "desk"), ("p", "promise"), ("w", "wrap-up")]
    for key, name in places:
        if key:
            open_contact(page, "Ben King")
            page.keyboard.press(key)
            expect(page.locator("#desk-slot form")).to_be_visible()
        found[name] = serious_findings(page)
    assert found == {name: [] for _, name in places}, json.dumps(found, indent=1)


def test_what_a_colleague_does_shows_at_once(window: Window) -> None:
    sam, rae = window("sam"), window("rae")
    open_contact(sam, "Ben King")
    rae.goto(sam.url)
    before = sam.locator("#panel-requests .row", has_text="Refund").first.inner_text()
    rae.locator("#panel-requests .row", has_text="Refund").first.click()
    rae.get_by_label("What was done").fill("Asked the merchant")
    rae.locator("#desk-slot .slot-form .button").first.click()
    request = sam.locator("#panel-requests .row", has_text="Refund").first
    expect(request).not_to_have_text(before, timeout=5_000)
    expect(sam.locator("#panel-timeline li").first).to_contain_text("Asked the merchant")
