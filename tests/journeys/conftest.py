"""Browsers for the journeys: one stack, one window a person, no error tolerated on any page."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.journeys.stack import BROWSER_ARGUMENTS, Stack, browser_path, named_or_own

PATIENCE = 45_000  # milliseconds for anything a person waits for, on a busy machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def real() -> Generator[Stack]:
    with named_or_own() as found:
        yield found


@pytest.fixture(scope="session")
def stack(real: Stack) -> Stack:
    """As people reach it; some journeys have a network between."""
    return real


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("no browser found: install chromium, or name one in CONTINUUM_BROWSER")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Of each person who has logged in: the next window of theirs need not do it again."""
    return {}


@pytest.fixture
def expected() -> tuple[str, ...]:
    """What a browser may complain of: answers that refuse. A journey may expect more."""
    return ("409", "410", "422")


def log_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


@pytest.fixture
def window(
    browser: Browser,
    stack: Stack,
    sessions: dict[str, StorageState],
    expected: tuple[str, ...],
    request: pytest.FixtureRequest,
) -> Generator[Callable[[str], Page]]:
    """`window("sam")` opens a browser window of its own in which Sam is logged in.

    At the end no window may have shown a script error or a broken content policy.
    """
    complaints: list[str] = []
    opened: list[tuple[str, Page]] = []

    def open_window(name: str) -> Page:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768},
            locale="en-GB",
            storage_state=sessions.get(name),
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{name}: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{name}: {message.text} {message.location['url']}")
                if message.type == "error" and not any(words in message.text for words in expected)
                else None
            ),
        )
        page.goto(f"{stack.url}/")
        if "/accounts/login/" in page.url:
            log_in(page, name, stack.password)
            sessions[name] = {"cookies": context.storage_state()["cookies"], "origins": []}
        opened.append((name, page))
        return page

    yield open_window
    for name, page in opened:
        page.screenshot(path=stack.folder / f"{request.node.name}-{name}.png")
        page.context.close()
    assert complaints == []
