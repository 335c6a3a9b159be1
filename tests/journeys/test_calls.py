"""Calls as people have them: browsers and real sound; nothing an agent does drops a customer."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.daytime import asked_of
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.journey, pytest.mark.calls]
Window = Callable[[str], Page]

RINGS_WITHIN = 60_000  # milliseconds; a phone that was left a moment ago may be tried before
SOUND_WITHIN = 30_000
LOOKED = 200
QUIET = 1.5  # seconds of sound played; a microphone of a journey beeps once in one of them
HEARD = (
    1e-5  # joules per second of full scale, relative: silence has none, a beep or music has more
)
BRIEFED = re.compile(r"^\[from Sam Carter\] Refund of £12\.50, asked twice")
CUT_OFF = "+442079460199"  # nobody's number

# The sound that arrives is counted by the browser itself (WebRTC statistics, W3C webrtc-stats):
# its energy, and how many seconds of sound were played.
LISTENING = """
const Before = window.RTCPeerConnection;
window.lines = [];
window.RTCPeerConnection = function (...given) {
  const line = new Before(...given);
  window.lines.push(line);
  return line;
};
window.RTCPeerConnection.prototype = Before.prototype;
window.soundHeard = async () => {
  const line = window.lines.findLast((one) => one.connectionState === "connected");
  const stats = line ? [...(await line.getStats()).values()] : [];
  const sound = stats.find((one) => one.type === "inbound-rtp");
  return { energy: sound?.totalAudioEnergy ?? 0, seconds: sound?.totalSamplesDuration ?? 0 };
};
"""


# A window closed a moment ago may still be the phone: then this one is to be used, as it says.
READY = """
() => {
  const status = document.querySelector("[data-phone-status]")?.textContent;
  const here = document.querySelector("[data-phone-here]");
  if (here && !here.hidden) here.click();
  return status === "Phone ready";
}
"""


def until_heard(page: Page) -> None:
    """Somebody or music is heard; the fake microphone of a browser beeps once a second."""
    _listen(page, "energy > heard")


def until_silent(page: Page) -> None:
    """For a while there is nothing to be heard any more, though sound is played."""
    _listen(page, "energy <= heard && seconds > quiet")


def _listen(page: Page, until: str) -> None:
    """Compare what is heard with the beginning, or with when there was something last.

    The loop is the page's own: `wait_for_function` takes the promise of an answer for a yes.
    """
    page.evaluate(
        f"""async ([heard, quiet, looked, within]) => {{
          let from = await soundHeard();
          for (let left = within; left > 0; left -= looked) {{
            await new Promise((done) => setTimeout(done, looked));
            const now = await soundHeard();
            const energy = now.energy - from.energy, seconds = now.seconds - from.seconds;
            if ({until}) return;
            if (energy > heard || seconds < 0) from = now;
          }}
          throw new Error("Not so within the time: {until}");
        }}""",
        [HEARD, QUIET, LOOKED, SOUND_WITHIN],
    )


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
        page.wait_for_function(READY, timeout=RINGS_WITHIN, polling=LOOKED)
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


def call_backs(stack: Stack) -> list[str]:
    """Why we owe calls to the number that was cut off, as the database says."""
    script = f"""
from routing.models import CallBack
print(*CallBack.objects.filter(number="{CUT_OFF}").values_list("reason", flat=True))
"""
    return asked_of(stack, script).split()


def wrap_up(page: Page) -> None:
    """The form opens by itself after the call."""
    closing = page.get_by_role("form", name="Wrap up")
    closing.get_by_role("button", name="Wrap up").click()
    expect(page.locator(".closed-note")).to_contain_text("follow-up", ignore_case=True)


def ask_rae(sam: Page, rae: Page, brief: str) -> None:
    """Sam asks; Rae reads why before she answers, and then they talk."""
    sam.keyboard.press("t")
    asking = sam.locator("#phone-transfer form")
    expect(asking).to_contain_text("Rae Okafor")
    asking.get_by_label("Colleague").select_option(label="Rae Okafor")
    asking.get_by_label("What they should know").fill(brief)
    asking.get_by_role("button", name="Ask first").click()
    expect(rae.locator("#panel-phone.ringing")).to_contain_text(brief, timeout=RINGS_WITHIN)
    rae.keyboard.press("a")
    expect(rae.locator("#panel-phone.talking")).to_be_visible()
    until_heard(rae)
    expect(sam.locator("#panel-phone")).to_contain_text("Asking Rae")


def test_a_colleague_is_asked_with_a_brief_and_takes_the_customer_over(
    at_work: Callable[[str], Page], customer: Page
) -> None:
    sam = at_work("sam")
    call(customer, "020 7946 0102")
    expect(sam.locator("#panel-phone.ringing")).to_be_visible(timeout=RINGS_WITHIN)
    sam.keyboard.press("a")
    expect(sam.locator("#panel-phone.talking")).to_be_visible()
    sam.keyboard.press("i")
    expect(sam.get_by_role("heading", level=1)).to_have_text("Ben King")
    rae = at_work("rae")

    ask_rae(sam, rae, "Refund of £12.50, asked twice")
    until_heard(customer)
    sam.keyboard.press("g")

    # The call and its contact are Rae's, the brief stands in its notes, and Sam is free.
    expect(rae.get_by_role("heading", level=1)).to_have_text("Ben King")
    expect(rae.get_by_role("textbox", name="Notes")).to_have_value(BRIEFED)
    expect(sam.locator("#panel-phone.silent")).to_be_visible()
    expect(sam).to_have_url(re.compile(r"/desk/$"))
    until_heard(rae)
    until_heard(customer)
    customer.get_by_role("button", name="Hang up").click()
    wrap_up(rae)


def test_a_caller_who_is_cut_off_is_owed_a_call(
    at_work: Callable[[str], Page], customer: Page, stack: Stack
) -> None:
    rae = at_work("rae")
    call(customer, CUT_OFF)
    expect(rae.locator("#panel-phone.ringing")).to_be_visible(timeout=RINGS_WITHIN)
    rae.keyboard.press("a")
    expect(rae.locator("#panel-phone.talking")).to_be_visible()
    until_heard(rae)
    customer.close()
    expect(rae.locator("#panel-phone.silent")).to_be_visible(timeout=RINGS_WITHIN)
    assert call_backs(stack) == ["cut_off"]
