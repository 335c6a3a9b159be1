"""How soon is an agent back in a call after a reload of the page, in a real browser?

The page itself measures: from the start of the navigation (its time origin) until the channel to
the switch opens, which the switch does once it has the new line. The customer is a second page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

from bench import prepare
from bench.driver import percentile
from bench.inside import Figure
from tests.journeys.stack import BROWSER_ARGUMENTS, browser_path

RELOADS = 9
TARGET = 1000.0  # milliseconds
PATIENCE = 60_000  # milliseconds
BACK = "() => performance.getEntriesByName('phone-connected')[0]?.startTime"


def reloads(port: int) -> Iterator[Figure]:
    """The median of several reloads in one call; nothing where there is no browser."""
    path = browser_path()
    if path is None:
        sys.stdout.write("No browser found: the leg's return after a reload is not measured.\n")
        return
    cookies = prepare.cookies("sam")  # Django asks no database within Playwright's loop
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        try:
            took = _measured(browser, f"http://127.0.0.1:{port}", cookies)
        finally:
            browser.close()
    title = f"agent's leg back after a reload, Chromium, median of {RELOADS}"
    yield Figure("leg-back", title, percentile(took, 0.5), "ms", TARGET)


def _measured(browser: Browser, address: str, cookies: str) -> list[float]:
    sam = _page(browser, f"{address}/desk/", cookies)
    sam.locator("[data-phone-status]", has_text="Phone ready").wait_for(state="attached")
    caller = _page(browser, f"{address}/call-us/")
    caller.get_by_label("What is it about?").select_option(index=1)
    caller.get_by_role("button", name="Call", exact=True).click()
    sam.locator("[data-phone-answer]").click()
    sam.wait_for_function(BACK)
    took = [_reloaded(sam) for _ in range(RELOADS)]
    caller.get_by_role("button", name="Hang up").click()
    sam.locator("#panel-phone.silent").wait_for()
    return took


def _reloaded(page: Page) -> float:
    page.locator("#panel-phone.talking").wait_for()
    page.reload()
    page.wait_for_function(BACK)
    return float(page.evaluate(BACK))


def _page(browser: Browser, address: str, cookies: str = "") -> Page:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    for cookie in filter(None, cookies.split("; ")):
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": urljoin(address, "/")}])
    page = context.new_page()
    page.goto(address)
    return page
