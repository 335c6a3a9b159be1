"""Faults in the middle of a call, as people live through them: in browsers, with real sound.

Agents reach the stack through a network that can be cut. Counts are of the call's own rows. They
come last, on the stack that the others have used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import test_calls
from tests.journeys.breaking import AGAIN_WITHIN, Site, until
from tests.journeys.network import Network
from tests.journeys.stack import Stack
from tests.journeys.test_calls import LISTENING, RINGS_WITHIN, call, until_heard, wrap_up

pytestmark = [pytest.mark.journey, pytest.mark.calls]
at_work = test_calls.at_work  # a fixture
Desk = Callable[[str], Page]

BACK_WITHIN = AGAIN_WITHIN * 1000  # milliseconds
AWAY = 15  # seconds that the agent's network is cut for
HER_NUMBER = """
select value from customers_contactpoint p join customers_customer c on c.id = p.customer_id
where c.name = 'Ada Byron' and p.channel = 'voice'
"""


@pytest.fixture(scope="module")
def network(real: Stack) -> Generator[Network]:
    between = Network(int(real.url.rpartition(":")[2]))
    yield between
    between.close()


@pytest.fixture(scope="module")
def stack(real: Stack, network: Network) -> Stack:
    """As agents reach it."""
    return replace(real, url=network.url)


@pytest.fixture
def site(real: Stack) -> Generator[Site]:
    """A journey that fails leaves Sam with a wrap-up, which keeps nobody from the next one."""
    broken = Site(real)
    yield broken
    broken.change("update interactions_interaction set call_id = null where closed_at is null")


@pytest.fixture
def expected(expected: tuple[str, ...]) -> tuple[str, ...]:
    """Browsers complain of everything that does not answer while it is away."""
    return (*expected, "503", "ERR_", "WebSocket connection", "htmx:")


@pytest.fixture
def window(window: Desk, network: Network) -> Desk:
    def open_window(name: str) -> Page:
        page = window(name)
        page.add_init_script(network.script())
        return page

    return open_window


@pytest.fixture
def customer(browser: Browser, real: Stack) -> Generator[Page]:
    """A customer's own browser, on a network of its own."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.add_init_script(LISTENING)
    page = context.new_page()
    page.goto(f"{real.url}/call-us/")
    yield page
    page.screenshot(path=real.folder / "customer.png")
    context.close()


@dataclass
class Talk:
    """Sam and a customer on the line, and the call's rows."""

    site: Site
    sam: Page
    customer: Page
    pk: int

    @property
    def shown(self) -> tuple[str, str]:
        """How the call is shown: its state and its cause."""
        rows = self.site.rows("select state, cause from telephony_call where id = %s", self.pk)
        return rows[0][0], rows[0][1]

    @property
    def is_over(self) -> bool:
        question = "select 1 from telephony_call where id = %s and ended_at is not null"
        return bool(self.site.rows(question, self.pk))

    @property
    def place(self) -> str:
        rows = self.site.rows("select state from routing_place where call_id = %s", self.pk)
        return str(rows[0][0])

    def leg(self, party: str) -> str:
        question = (
            "select state from telephony_leg where call_id = %s and party = %s order by id desc"
        )
        return str(self.site.rows(question, self.pk, party)[0][0])

    @property
    def events(self) -> Counter[str]:
        kinds = self.site.rows("select kind from telephony_callevent where call_id = %s", self.pk)
        return Counter(kind for (kind,) in kinds)

    @property
    def owed(self) -> list[str]:
        """The reasons of the call-backs that this call has led to."""
        rows = self.site.rows("select reason from routing_callback where call_id = %s", self.pk)
        return [reason for (reason,) in rows]

    @property
    def notes(self) -> str:
        question = "select notes from interactions_interaction where call_id = %s"
        return str(self.site.rows(question, self.pk)[0][0])

    @property
    def follow_ups(self) -> int:
        question = (
            "select count(*) from followups_followup f"
            " join interactions_interaction i on i.id = f.interaction_id where i.call_id = %s"
        )
        return int(self.site.rows(question, self.pk)[0][0])

    def hear_each_other(self) -> None:
        until_heard(self.sam)
        until_heard(self.customer)

    def write(self, words: str) -> None:
        notes = self.sam.get_by_role("textbox", name="Notes")
        notes.press("Control+End")
        self.sam.keyboard.type(words)
        self.sam.keyboard.press("Escape")

    def hold_and_go_on(self) -> None:
        """The phone's keys do what they say, and are told so."""
        talks = self.sam.locator("#panel-phone.talking")
        self.sam.keyboard.press("h")
        expect(talks).to_contain_text("On hold")
        until_heard(self.customer)
        self.sam.keyboard.press("h")
        expect(talks).not_to_contain_text("On hold")
        self.hear_each_other()

    def hang_up(self) -> None:
        self.sam.locator("#panel-phone").get_by_role("button", name="Hang up").click()
        wrap_up(self.sam)

    def goes_on_with_both(self) -> None:
        """Both have answered once, and neither has left."""
        assert self.shown == ("in-progress", "")
        assert (self.events["leg.answered"], self.events["leg.left"]) == (2, 0)

    def was_talked_to_its_end(self) -> None:
        """Hung up by the agent, followed up once, and owed nothing."""
        assert (self.place, self.owed, self.follow_ups) == ("done", [], 1)


def begin(site: Site, sam: Page, customer: Page) -> Talk:
    """The customer calls, Sam answers and says who it is; they hear each other."""
    ((number,),) = site.rows(HER_NUMBER)
    call(customer, number)
    return answer(site, sam, customer)


def answer(site: Site, sam: Page, customer: Page) -> Talk:
    expect(sam.locator("#panel-phone.ringing")).to_be_visible(timeout=RINGS_WITHIN)
    sam.keyboard.press("a")
    expect(sam.locator("#panel-phone.talking")).to_be_visible()
    expect(customer.get_by_role("status")).to_have_text("You are talking to us.")
    sam.keyboard.press("i")
    expect(sam.get_by_role("textbox", name="Notes")).to_be_visible()
    ((pk,),) = site.rows("select max(id) from telephony_call")
    talk = Talk(site, sam, customer, pk)
    talk.hear_each_other()
    return talk


def test_a_killed_web_process_interrupts_nobody(site: Site, at_work: Desk, customer: Page) -> None:
    sam = at_work("sam")
    talk = begin(site, sam, customer)
    talk.write("Before.")
    gone = site.kill("web")
    expect(sam.locator(".connection")).to_be_visible()
    talk.write(" Meanwhile.")
    talk.hear_each_other()
    until(sam, lambda: site.is_back("web", gone))
    expect(sam.locator(".connection")).to_be_hidden(timeout=BACK_WITHIN)
    talk.write(" Afterwards.")
    until(sam, lambda: talk.notes == "Before. Meanwhile. Afterwards.")
    talk.hold_and_go_on()
    talk.goes_on_with_both()
    talk.hang_up()
    talk.was_talked_to_its_end()


def test_killed_workers_lose_and_double_nothing(site: Site, at_work: Desk, customer: Page) -> None:
    sam = at_work("sam")
    talk = begin(site, sam, customer)
    gone = {name: site.kill(name) for name in ("calls", "worker")}
    sam.keyboard.press("h")
    talk_on = sam.locator("#panel-phone.talking")
    until_heard(customer)
    for name, pid in gone.items():
        until(sam, partial(site.is_back, name, pid))
    expect(talk_on).to_contain_text("On hold", timeout=BACK_WITHIN)
    sam.keyboard.press("h")
    expect(talk_on).not_to_contain_text("On hold")
    talk.hear_each_other()
    talk.hang_up()
    until(sam, lambda: talk.place == "done")
    assert (talk.events["leg.held"], talk.events["leg.resumed"]) == (1, 1)
    assert talk.events["call.created"] == 1
    talk.was_talked_to_its_end()


def test_a_killed_switch_is_told_to_both_and_owed_once(
    site: Site, at_work: Desk, customer: Page
) -> None:
    sam = at_work("sam")
    talk = begin(site, sam, customer)
    talk.write("Cut off in the middle.")
    gone = site.kill("switch")
    said = re.compile("connection is lost|cut off")  # the one becomes the other, soon or later
    expect(sam.locator("#panel-phone")).to_contain_text(said, timeout=BACK_WITHIN)
    over = customer.locator("[data-over]")
    expect(over).to_contain_text("cut off", timeout=BACK_WITHIN)
    expect(over).to_contain_text("We will call you back")
    until(sam, lambda: talk.is_over)
    assert talk.shown == ("completed", "switch-gone")
    assert talk.owed == ["cut_off"]
    expect(sam.locator("#panel-phone.silent")).to_be_visible(timeout=BACK_WITHIN)
    expect(sam.locator("#panel-phone")).to_contain_text("cut off")
    wrap_up(sam)
    assert talk.notes == "Cut off in the middle."
    assert site.is_back("switch", gone)

    # A new call works, and nothing more is owed for the old one.
    customer.get_by_role("button", name="Call again").click()
    again = begin(site, sam, customer)
    assert again.pk != talk.pk
    again.hold_and_go_on()
    again.hang_up()
    again.was_talked_to_its_end()
    assert talk.owed == ["cut_off"]


def test_people_talk_on_while_redis_is_emptied_and_killed(
    site: Site, at_work: Desk, customer: Page
) -> None:
    sam = at_work("sam")
    talk = begin(site, sam, customer)
    site.redis.flushall()
    talk.hear_each_other()
    until(sam, site.has_a_switch)
    talk.hold_and_go_on()
    gone = site.kill("redis")
    talk.hear_each_other()
    until(sam, lambda: site.is_back("redis", gone))
    until(sam, site.has_a_switch)
    talk.hold_and_go_on()
    talk.goes_on_with_both()
    assert (talk.events["leg.held"], talk.events["leg.resumed"]) == (2, 2)
    talk.hang_up()
    talk.was_talked_to_its_end()
    ((made,),) = site.rows("select count(*) from telephony_call where id > %s", talk.pk)
    assert made == 0


def test_an_agent_whose_network_is_cut_comes_back_by_themselves(
    site: Site, at_work: Desk, customer: Page, network: Network
) -> None:
    sam = at_work("sam")
    talk = begin(site, sam, customer)
    talk.write("Before.")
    until(sam, lambda: talk.notes == "Before.")
    with network.cut():
        until(sam, lambda: talk.leg("agent") == "lost")
        until_heard(customer)  # music: nothing else can come
        expect(sam.locator("#panel-phone")).to_contain_text("connection is lost. Trying again")
        talk.write(" Meanwhile.")
        assert talk.place == "talking"
        until(sam, lambda: network.seconds_cut > AWAY)
    until(sam, lambda: talk.leg("agent") == "talking")
    talk.hear_each_other()
    expect(sam.locator("#panel-phone")).not_to_contain_text("Trying again")
    talk.write(" Afterwards.")
    until(sam, lambda: talk.notes == "Before. Meanwhile. Afterwards.")
    talk.goes_on_with_both()
    talk.hold_and_go_on()
    talk.hang_up()
    talk.was_talked_to_its_end()
