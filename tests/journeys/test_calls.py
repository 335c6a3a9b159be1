"""Calls as people have them: browsers and real sound; nothing an agent does drops a customer."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey
Window = Callable[[str], Page]

RINGS_WITHIN = 60_000  # milliseconds; a phone that was left a moment ago may be tried before
SOUND_WITHIN = 10_000
LISTENED = 1_500
HEARD = (
    1e-5  # joules per second of full scale, relative: silence has none, a beep or music has more
)

# The sound that arrives is counted by the browser itself (WebRTC statistics, W3C webrtc-stats).
LISTENING = """
const Before = window.RTCPeerConnection;
window.lines = [];
window.RTCPeerConnection = function (...given) {
  const line = new Before(...given);
  window.lines.push(line);
  return line;
};
window.RTCPeerConnection.prototype = Before.prototype;
window.energyHeard = async () => {
  const line = window.lines.findLast((one) => one.connectionState === "connected");
  const stats = line ? [...(await line.getStats()).values()] : [];
  return stats.find((one) => one.type === "inbound-rtp")?.totalAudioEnergy ?? 0;
};
"""


def energy(page: Page) -> float:
    """What this page hears within a moment; silence is nothing."""
    before = page.evaluate("energyHeard()")
    page.wait_for_timeout(LISTENED)
    return float(page.evaluate("energyHeard()") - before)


def until_heard(page: Page) -> None:
    """Somebody or music is heard; the fake microphone of a browser beeps once a second."""
    page.wait_for_function(
        """async (heard) => {
          const now = await energyHeard();
          if (window.lastHeard === undefined || now < window.lastHeard) window.lastHeard = now;
          return now - window.lastHeard > heard;
        }""",
        arg=HEARD,
        timeout=SOUND_WITHIN,
    )
    page.evaluate("window.lastHeard = undefined")


def until_silent(page: Page) -> None:
    """Nothing is heard any more, but for what was on its way."""
    for _ in range(6):
        if energy(page) < HEARD:
            return
    raise AssertionError("there is still something to be heard")


@pytest.fixture
def customer(browser: Browser, stack: Stack) -> Generator[Page]:
    """A customer's own browser, on the page from which they call."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.add_init_script(LISTENING)
    page = context.new_page()
    page.goto(f"{stack.url}/call-us/")
    yield page
    context.close()


@pytest.fixture
def at_work(window: Window) -> Generator[Callable[[str], Page]]:
    """An agent's desk whose phone is ready, and whose sound can be measured."""
    opened: list[Page] = []

    def open_desk(name: str) -> Page:
        page = window(name)
        page.add_init_script(LISTENING)
        page.reload()
        if page.locator("[data-phone-status]", has_text="Phone ready").count() == 0:
            page.wait_for_timeout(1_500)
        if page.get_by_role("button", name="Use this window").is_visible():
            page.get_by_role("button", name="Use this window").click()
        expect(page.locator("[data-phone-status]")).to_have_text("Phone ready")
        be(page, "Available")
        opened.append(page)
        return page

    yield open_desk
    for page in opened:
        be(page, "Offline")


def be(page: Page, presence: str) -> None:
    page.locator("#presence > summary").click()
    page.locator("#presence").get_by_role("button", name=presence, exact=True).click()
    expect(page.locator("#presence > summary")).to_contain_text(presence)


def call(page: Page, number: str, about: str = "Close an account") -> None:
    page.get_by_label("What is it about?").select_option(label=about)
    page.get_by_label("Your phone number").fill(number)
    page.get_by_role("button", name="Call", exact=True).click()


def wrap_up(page: Page) -> None:
    """The form opens by itself after the call."""
    closing = page.get_by_role("form", name="Wrap up")
    closing.get_by_role("button", name="Wrap up").click()
    expect(page.locator(".closed-note")).to_contain_text("follow-up", ignore_case=True)


def test_a_call_from_the_first_ring_to_its_wrap_up(
    at_work: Callable[[str], Page], customer: Page
) -> None:
    sam = at_work("sam")
    rings = sam.locator("#panel-phone.ringing")
    talks = sam.locator("#panel-phone.talking")

    # Who calls is there before the answer; of a maybe there is the name and nothing else.
    call(customer, "020 7946 0101")
    expect(rings).to_be_visible(timeout=RINGS_WITHIN)
    expect(rings).to_contain_text("Maybe")
    expect(rings).to_contain_text("Ada Byron")
    expect(rings).to_contain_text("Close an account")
    until_heard(customer)

    # They hear each other.
    sam.keyboard.press("a")
    expect(talks).to_be_visible()
    expect(customer.get_by_role("status")).to_have_text("You are talking to us.")
    until_heard(sam)
    until_heard(customer)

    # The contact opens beside the call; nothing navigates.
    sam.evaluate("window.isTheSamePage = true")
    sam.keyboard.press("i")
    expect(sam.get_by_role("heading", level=1)).to_have_text("Ada Byron")
    assert sam.evaluate("window.isTheSamePage") is True
    until_heard(sam)

    # On hold the customer hears music, and the agent nobody.
    sam.keyboard.press("h")
    expect(talks).to_contain_text("On hold")
    until_silent(sam)
    until_heard(customer)
    sam.keyboard.press("h")
    expect(talks).not_to_contain_text("On hold")
    until_heard(sam)

    # Muted, the customer hears nothing.
    sam.keyboard.press("m")
    expect(sam.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    until_silent(customer)
    sam.keyboard.press("m")
    until_heard(customer)

    # The agent's page is loaded anew: the customer goes on hearing, and the leg comes back.
    sam.reload()
    until_heard(customer)
    until_heard(sam)
    expect(talks).to_be_visible()

    # A wrap-up opens by itself when the call is over.
    sam.locator("#panel-phone").get_by_role("button", name="Hang up").click()
    wrap_up(sam)
