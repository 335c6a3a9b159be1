"""A follow-up that an automatic voice makes by itself, on the customer's own telephone."""

from __future__ import annotations

import json
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.breaking import Site, until
from tests.journeys.daytime import asked_of, take_to_daytime
from tests.journeys.stack import Stack
from tests.journeys.test_calls import LISTENING, RINGS_WITHIN, until_heard, until_silent

pytestmark = [pytest.mark.journey, pytest.mark.calls]

ASKED = "Zoe Hartley"  # has agreed to be asked, has no complaint
RINGS = """
addEventListener("DOMContentLoaded", () => {
  const main = document.querySelector("[data-handset]");
  let was = "";
  window.rings = 0;
  if (main) new MutationObserver(() => {
    if (main.dataset.state === "ringing" && was !== "ringing") window.rings += 1;
    was = main.dataset.state;
  }).observe(main, { attributeFilter: ["data-state"] });
});
"""
HER_TELEPHONE = f"""
from customers.models import ContactPoint
from django.urls import reverse
from portal.handset import token_of
point = ContactPoint.objects.get(customer__name="{ASKED}", channel="voice")
print(reverse("handset:phone", args=[token_of(point)]))
"""
CLOSE_A_CONTACT = f"""
from accounts.models import User
from customers.models import Customer
from django.utils import timezone
from followups.models import FollowUp, FollowUpPolicy
from interactions.models import ContactReason, Interaction, Outcome, WrapUpCode
sam = User.objects.get(username="sam")
by_voice = FollowUpPolicy.objects.get(ways__0="voice")
contact = Interaction.open_contact(
    customer=Customer.objects.get(name="{ASKED}"), by=sam, channel="email",
    contact_reason=ContactReason.objects.get(code=by_voice.reasons[0]), subject="locked out",
)
code = WrapUpCode.objects.filter(outcome=Outcome.RESOLVED).first()
contact.close(by=sam, wrap_up_code=code, summary="The password was set anew.")
print(FollowUp.objects.filter(interaction=contact).update(due_at=timezone.now()))
"""
SWEEP = "from followups import tasks; tasks.sweep(); tasks.call_by_voice()"
BECAME = f"""
import json
from followups.models import FollowUp
from interactions.models import Interaction
from routing.models import DialDecision
from telephony.models import Call
owed = FollowUp.objects.filter(customer__name="{ASKED}").latest("pk")
numbers = owed.customer.contact_points.values("value")
calls = Call.objects.filter(purpose="survey", remote_number__in=numbers)
decisions = DialDecision.objects.filter(call_key__in=calls.values("key"))
asked_in = Interaction.objects.filter(call__in=calls)
print(json.dumps({{
    "calls": [call.state for call in calls],
    "decisions": sorted(decisions.values_list("when", "is_allowed")),
    "attempts": owed.attempts.count(),
    "answers": {{one.question: one.is_yes for one in owed.answers.all()}},
    "contacts": [one.is_follow_up and one.closed_at is not None for one in asked_in],
    "follow_ups_of_it": FollowUp.objects.filter(interaction__in=asked_in).count(),
}}))
"""


@pytest.fixture
def telephone(browser: Browser, stack: Stack) -> Generator[Page]:
    """The customer's own, which counts how often it rings."""
    take_to_daytime(stack, ASKED)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.add_init_script(LISTENING)
    context.add_init_script(RINGS)
    page = context.new_page()
    page.goto(f"{stack.url}{asked_of(stack, HER_TELEPHONE).strip()}")
    expect(page.get_by_role("status")).to_contain_text("Ready")
    yield page
    context.close()


def became(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked_of(stack, BECAME))
    return found


def test_a_voice_calls_once_whatever_happens_to_who_placed_it(
    telephone: Page, stack: Stack
) -> None:
    site = Site(stack)
    assert asked_of(stack, CLOSE_A_CONTACT).strip() == "1"
    expect(telephone.locator("[data-handset][data-state=ringing]")).to_be_visible(
        timeout=RINGS_WITHIN
    )

    # Celery's worker dies while it rings, and two others look for what is due.
    gone = site.kill("worker")
    with ThreadPoolExecutor(2) as both:
        list(both.map(asked_of, [stack, stack], [SWEEP, SWEEP]))
    until(telephone, lambda: site.is_back("worker", gone))

    # Somebody answers: one says that they have time, then yes to all.
    telephone.get_by_role("button", name="Answer").click()
    for _ in range(4):
        until_heard(telephone)
        until_silent(telephone)
        telephone.get_by_role("group", name="Keypad").get_by_role("button", name="1").click()
    expect(telephone.locator("[data-handset][data-state=silent]")).to_be_visible(
        timeout=RINGS_WITHIN
    )
    assert until(telephone, lambda: became(stack)["answers"])
    assert became(stack) == {
        "calls": ["completed"],
        "decisions": [["dialling", True], ["queued", True]],
        "attempts": 1,
        "answers": {"as_expected": True, "as_promised": True, "met_expectations": True},
        "contacts": [True],
        "follow_ups_of_it": 0,
    }
    assert telephone.evaluate("window.rings") == 1
