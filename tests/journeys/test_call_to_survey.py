"""One call as the customer lives through it, from the first ring to a promise to put it right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import test_calls
from tests.journeys.daytime import asked_of
from tests.journeys.stack import Stack
from tests.journeys.test_calls import (
    RINGS_WITHIN,
    ask_rae,
    call,
    until_heard,
    until_silent,
    wrap_up,
)

pytestmark = [pytest.mark.journey, pytest.mark.calls]
at_work, customer = test_calls.at_work, test_calls.customer  # fixtures

LINES = "**/connection/"
LEG_IS_BACK = '() => performance.getEntriesByName("phone-connected")[0]?.startTime'
SURVEYED, HER_NUMBER = "Zoe Hartley", "020 7946 0126"  # has agreed to be asked, has no complaint


def answer_by_keys(customer: Page, *keys: str) -> None:
    """Listen to each question to its end, then press a key; afterwards the call is over."""
    for key in keys:
        until_heard(customer)
        until_silent(customer)
        customer.get_by_role("group", name="Keypad").get_by_role("button", name=key).click()
    expect(customer.get_by_text("The call has ended.")).to_be_visible(timeout=RINGS_WITHIN)


def asked_and_answered(stack: Stack, name: str) -> dict[str, Any]:
    """The newest follow-up of that customer, and the request it opened, as the database says."""
    script = f"""
import json
from followups.models import FollowUp, VoiceAnswer
owed = FollowUp.objects.filter(customer__name="{name}").latest("pk")
given = VoiceAnswer.objects.filter(survey__call=owed.interaction.call)
request = owed.request
print(json.dumps({{
    "by_voice": {{one.question: one.is_yes for one in given}},
    "answers": {{one.question: one.is_yes for one in owed.answers.all()}},
    "status": owed.status,
    "request": request and {{
        "status": request.status,
        "owner": request.owner.username,
        "is_of_the_call": request.interaction_id == owed.interaction_id,
        "has_a_target": request.target_at > request.opened_at,
    }},
}}))
"""
    found: dict[str, Any] = json.loads(asked_of(stack, script))
    return found


def reload_in_a_call(page: Page, customer: Page) -> None:
    """The page is loaded anew, and while its phone is away the customer hears music."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(LINES, hold)
    with page.expect_request(LINES):
        page.reload()
    until_heard(customer)
    until_heard(customer)
    held.pop().continue_()
    page.unroute(LINES)
    until_heard(page)
    until_heard(customer)
    expect(page.locator("#panel-phone.talking")).to_be_visible()


def test_a_call_from_the_first_ring_to_a_promise_to_put_it_right(
    at_work: Callable[[str], Page],
    customer: Page,
    stack: Stack,
) -> None:
    sam = at_work("sam")
    rings = sam.locator("#panel-phone.ringing")
    talks = sam.locator("#panel-phone.talking")

    # Who calls, why and on which line is there before the answer; of a maybe only the name.
    call(customer, HER_NUMBER)
    expect(rings).to_be_visible(timeout=RINGS_WITHIN)
    expect(rings).to_contain_text("Maybe")
    expect(rings).to_contain_text(SURVEYED)
    expect(rings).to_contain_text("Close an account")
    expect(rings).to_contain_text("Everyday banking")
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
    expect(sam.get_by_role("heading", level=1)).to_have_text(SURVEYED)
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

    # The agent's page is loaded anew: the customer is not alone for a moment, the leg comes back.
    sam.reload()
    sam.wait_for_function(LEG_IS_BACK, timeout=RINGS_WITHIN)
    until_heard(sam)
    reload_in_a_call(sam, customer)

    # A colleague is asked, with a brief, while the customer hears music; then it is hers.
    rae = at_work("rae")
    ask_rae(sam, rae, "Moving abroad, wants her last statement")
    until_heard(customer)
    sam.keyboard.press("g")
    expect(rae.get_by_role("heading", level=1)).to_have_text(SURVEYED)
    expect(sam.locator("#panel-phone.silent")).to_be_visible()
    until_heard(rae)
    until_heard(customer)

    # When Rae has hung up, a voice asks on the same line; the keys answer: yes, no, yes.
    rae.locator("#panel-phone").get_by_role("button", name="Hang up").click()
    expect(rae.locator("#panel-phone.silent")).to_be_visible()
    answer_by_keys(customer, "1", "2", "1")
    wrap_up(rae)

    # The no is a request that Rae owns, with a target, and it stands on her desk.
    expect(rae.locator("#panel-requests")).to_contain_text("not as promised")
    said = {"as_expected": True, "as_promised": False, "met_expectations": True}
    assert asked_and_answered(stack, SURVEYED) == {
        "by_voice": said,
        "answers": said,
        "status": "answered",
        "request": {
            "status": "open",
            "owner": "rae",
            "is_of_the_call": True,
            "has_a_target": True,
        },
    }
