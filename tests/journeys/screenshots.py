"""Takes the pictures of docs/screenshots on a stack of its own: `make screenshots`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.journeys.daytime import asked_of, take_to_daytime
from tests.journeys.stack import BROWSER_ARGUMENTS, Stack, browser_path, running_stack

PICTURES = Path(__file__).parents[2] / "docs" / "screenshots"
SIZES = ((1366, 768), (1920, 1080))
THEMES = ("light", "dark")
SETTLED = 900  # milliseconds until panels and fonts are still
DUE_WITHIN = 150  # seconds
RINGS_WITHIN = 120_000  # milliseconds
TELEPHONE: Final[ViewportSize] = {"width": 390, "height": 844}
LONG_RING = "from routing.models import Queue; Queue.objects.update(ring_seconds=60)"


def logged_in(browser: Browser, stack: Stack, name: str) -> Page:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{stack.url}/accounts/login/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    return page


def picture(page: Page, name: str) -> None:
    """One page in both themes and both sizes."""
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(SETTLED)
            page.screenshot(path=PICTURES / f"{name}-{theme}-{width}.png")
    page.set_viewport_size({"width": 1366, "height": 768})


def picture_of_telephone(page: Page, name: str) -> None:
    """A page that customers open on their telephone, in both themes."""
    page.mouse.move(0, 0)
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.wait_for_timeout(SETTLED)
        page.screenshot(path=PICTURES / f"{name}-{theme}-{TELEPHONE['width']}.png")


def telephone(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=TELEPHONE, locale="en-GB").new_page()
    page.goto(address)
    return page


def phone_of(browser: Browser, stack: Stack, name: str) -> Page:
    page = telephone(browser, f"{stack.url}/handset/")
    page.get_by_role("link", name=name).click()
    return page


def caller(browser: Browser, stack: Stack, number: str, about: str) -> Page:
    page = telephone(browser, f"{stack.url}/call-us/")
    page.get_by_label("What is it about?").select_option(label=about)
    page.get_by_label("Your phone number").fill(number)
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_text("in the queue").wait_for()
    return page


def work_line(page: Page, text: str) -> None:
    page.locator("#panel-work").get_by_role("link").filter(has_text=text).first.click()


def desk(page: Page, stack: Stack) -> None:
    picture(page, "my-work")
    work_line(page, "Ada Byron")
    page.keyboard.press("q")
    page.get_by_role("button", name="I get more interest elsewhere").click()
    saver = page.locator("#way-offer-saver-plus")
    saver.wait_for()
    saver.locator("summary").first.click()
    saver.get_by_text("Declines, because…").wait_for()
    picture(page, "desk")
    saver.locator("summary").first.click()
    page.keyboard.press("w")
    page.get_by_role("form", name="Wrap up").wait_for()
    picture(page, "wrap-up")
    page.locator("#way-offer-saver-plus summary").first.click()
    page.locator("#way-offer-saver-plus").get_by_role("button", name="Accept").click()
    page.locator("#way-offer-saver-plus").wait_for(state="detached")
    take_to_daytime(stack, "Ada Byron")
    page.keyboard.press("w")
    closing = page.get_by_role("form", name="Wrap up")
    closing.get_by_role("button", name="Wrap up").click()
    page.get_by_text("A follow-up call is owed").wait_for()


def calls(browser: Browser, stack: Stack, sam: Page) -> None:
    """A known customer calls, while two others wait; every sound of it is real."""
    asked_of(stack, LONG_RING)
    work_line(sam, "Ben King")
    jean = phone_of(browser, stack, "Jean Crawford")
    jean.get_by_role("button", name="Call the bank").click()
    sam.locator("#panel-phone.ringing .caller-why").wait_for(timeout=RINGS_WITHIN)
    picture(sam, "ringing")
    sam.keyboard.press("a")
    sam.get_by_role("heading", name="Jean Crawford", level=1).wait_for()
    sam.locator("#panel-phone.talking").wait_for()
    picture(sam, "talking")
    rae = logged_in(browser, stack, "rae")
    first = caller(browser, stack, "020 7946 0107", "Cannot log in")
    rae.locator("#panel-phone.ringing").wait_for(timeout=RINGS_WITHIN)
    second = caller(browser, stack, "020 7946 0112", "Using a card abroad")
    una = logged_in(browser, stack, "una")
    una.goto(f"{stack.url}/calls/board/")
    picture(una, "board")
    picture_of_telephone(second, "call-us")
    for page in (first, second, jean):
        page.get_by_role("button", name="Hang up").click()
    closing = sam.get_by_role("form", name="Wrap up")
    closing.get_by_role("button", name="Wrap up").click()
    sam.locator(".closed-note").wait_for()
    for page in (first, second, jean, rae, una):
        page.context.close()


def ring_at(browser: Browser, stack: Stack, sam: Page, name: str) -> None:
    """The follow-up that is open rings at the customer's phone, who answers and hangs up."""
    theirs = phone_of(browser, stack, name)
    sam.keyboard.press("c")
    theirs.get_by_role("button", name="Answer").wait_for(timeout=RINGS_WITHIN)
    picture_of_telephone(theirs, "handset")
    theirs.get_by_role("button", name="Answer").click()
    sam.get_by_role("button", name="Hold").wait_for()
    theirs.get_by_role("button", name="Hang up").click()
    theirs.context.close()


def follow_up(page: Page) -> None:
    line = page.locator("#panel-work").get_by_role("link").filter(has_text="Follow-up · close")
    line.first.wait_for(timeout=DUE_WITHIN * 1000)
    line.first.click()
    page.get_by_role("button", name="Begin the call").click()
    page.locator("#panel-followups-script").wait_for()
    picture(page, "follow-up")


def supervision(page: Page, url: str) -> None:
    page.goto(f"{url}/insights/")
    while page.get_by_text("being counted").count():
        page.wait_for_timeout(5_000)
        page.reload()
    picture(page, "insights")
    page.goto(f"{url}/insights/records/as_promised/")
    picture(page, "records")
    page.goto(f"{url}/followups/?view=answered")
    picture(page, "follow-ups")


def administration(page: Page, url: str) -> None:
    page.goto(f"{url}/catalogue/")
    picture(page, "catalogue")
    page.goto(f"{url}/catalogue/products/saver-plus/?q=Oliver+Hughes")
    page.get_by_role("link", name="Oliver Hughes").click()
    page.get_by_role("article", name="As typed").wait_for()
    picture(page, "preview")
    page.goto(f"{url}/followups/policies/")
    picture(page, "policies")


def main() -> int:
    path = browser_path()
    if path is None:
        print("No browser found: install chromium, or name one in CONTINUUM_BROWSER.")  # noqa: T201
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with running_stack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        sam = logged_in(browser, stack, "sam")
        chapters: tuple[Callable[[], None], ...] = (
            lambda: desk(sam, stack),
            lambda: calls(browser, stack, sam),
            lambda: administration(logged_in(browser, stack, "max"), stack.url),
            lambda: follow_up(sam),
            lambda: ring_at(browser, stack, sam, "Ada Byron"),
            lambda: supervision(logged_in(browser, stack, "una"), stack.url),
        )
        for chapter in chapters:
            chapter()
        browser.close()
    count = len(list(PICTURES.glob("*.png")))
    print(f"{count} pictures are in docs/screenshots after {time.monotonic() - started:.0f} s.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
