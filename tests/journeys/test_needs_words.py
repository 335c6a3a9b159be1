"""Needs from words in a browser: heard while typing, answered by one key, the list re-ranked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey
Window = Callable[[str], Page]


def start(page: Page, name: str, reason: str) -> None:
    """Begin a contact with somebody whom no other journey speaks to."""
    page.keyboard.press("Control+k")
    page.keyboard.type(name)
    expect(page.get_by_role("option", name=name).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.keyboard.press("s")
    opening = page.locator("#desk-slot form")
    opening.get_by_label("Why the customer got in touch").select_option(label=reason)
    opening.locator(".button.primary").click()
    expect(page.locator(".contact-bar")).to_contain_text(reason)
    expect(page.get_by_role("textbox", name="Notes")).to_be_visible()


def note(page: Page, words: str) -> None:
    """Type at the end of the notes, as an agent does, and leave them."""
    page.keyboard.press("n")
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    expect(page.locator("#notes-state")).to_contain_text("Saved ")


def heard(page: Page) -> Locator:
    return page.locator("#panel-suggestions .heard-need")


def test_a_note_is_heard_confirmed_by_one_key_and_the_list_ranked_again(window: Window) -> None:
    page = window("sam")
    start(page, "Deepa Nair", "Question about savings")
    ways = page.locator("#panel-offers-ways")
    expect(ways).to_contain_text("Promise a date")
    note(page, " Passed security. My savings earn next to nothing, she found a better rate.")
    suggestion = heard(page).filter(has_text="Better return?")
    expect(suggestion.locator("mark")).to_contain_text("savings earn next to nothing")
    expect(suggestion.locator(".tag")).to_have_text("almost certain")
    notes = page.get_by_role("textbox", name="Notes")
    expect(notes).to_be_focused()
    assert notes.input_value().endswith("she found a better rate.")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(heard(page).first).to_be_focused()
    number = suggestion.locator("[data-key-name^=Yes]").get_attribute("data-key")
    page.keyboard.press(str(number))
    expect(suggestion).to_have_count(0)
    need = page.locator("#panel-needs .need", has_text="Better return")
    expect(need.locator("q")).to_contain_text("savings earn next to nothing")
    expect(need.locator(".tag")).to_have_text("stated")
    moved = ways.locator(".way", has_text="Saver").first
    expect(moved.locator(".moved-because")).to_contain_text("Answers “Better return”")


def test_a_suggestion_is_corrected_by_two_keys(window: Window) -> None:
    page = window("sam")
    start(page, "Bronwen Rees", "Change of details")
    note(page, " She has a new address. Five pounds a month for nothing, too many fees.")
    page.keyboard.press("Escape")
    suggestion = heard(page).first
    expect(suggestion).to_be_visible()
    suggested = suggestion.locator("strong").inner_text().removesuffix("?")
    said = suggestion.locator("mark").inner_text()
    page.keyboard.press("f")
    page.keyboard.press("o")
    another = page.get_by_role("form", name="Another need")
    expect(another).to_contain_text(said)
    chosen = another.locator(".choice").nth(1)
    name = " ".join(chosen.inner_text().split()[1:])
    assert name != suggested
    expect(another.locator(".choice").first).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_text(f"Need kept: {name}")).to_be_visible()
    expect(page.locator("#panel-needs .need", has_text=name)).to_be_visible()
    expect(heard(page).filter(has_text=f"{suggested}?")).to_have_count(0)


def test_a_rejected_suggestion_stays_away(window: Window) -> None:
    page = window("rae")
    start(page, "Callum Fraser", "Change of details")
    note(page, " The card debt eats her up.")
    suggestion = heard(page).filter(has_text="Cheaper borrowing?")
    expect(suggestion).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.press("r")
    expect(suggestion).to_have_count(0)
    note(page, " She cannot get the card balance down, too many debts.")
    page.wait_for_timeout(2_000)
    expect(suggestion).to_have_count(0)
    expect(page.locator("#panel-needs .need", has_text="Cheaper borrowing")).to_have_count(0)


def test_what_is_pressed_before_the_page_is_ready_waits_for_it(
    window: Window, stack: Stack
) -> None:
    page = window("max")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/htmx*.js", hold)
    page.goto(f"{stack.url}/needs/words/?view=all", wait_until="commit")
    row = page.locator(".examples tbody tr").nth(1)
    row.get_by_role("button", name="Right so").click(no_wait_after=True)
    expect(page.get_by_text("this counts from now on")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.get_by_text("this counts from now on")).to_be_visible()


def test_an_administrator_looks_through_the_words(window: Window) -> None:
    page = window("max")
    page.get_by_role("link", name="Needs from words").click()
    page.get_by_role("link", name="All", exact=True).click()
    row = page.locator(".examples tbody tr").first
    row.get_by_role("button", name="Right so").click()
    expect(page.get_by_text("this counts from now on")).to_be_visible()
    page.get_by_role("link", name="Unknown needs").click()
    group = page.locator(".unknown-group", has_text="university").first
    group.get_by_label("A new kind of need").fill("Paying for studies")
    group.get_by_label("In one line").fill("Money for a course at a university.")
    group.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Paying for studies is a kind of need now")).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_text("reads now")).to_be_visible()
