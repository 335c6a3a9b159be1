"""A supervisor pauses a policy, its follow-ups wait and say why, and lets it go on."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

SWEPT_WITHIN = 90  # seconds: a sweep every 15 s on a busy machine


def first_that_waits(una: Page, stack: Stack) -> tuple[str, str]:
    """The customer and the policy of a follow-up that nobody has begun."""
    for view in ("ready", "waiting"):
        una.goto(f"{stack.url}/followups/?view={view}")
        row = una.locator("#steering tbody tr").first
        if row.count():
            policy = row.locator("[data-policy]").inner_text()
            return row.get_by_role("rowheader").inner_text(), policy
    raise AssertionError("the seeded day has no follow-up that waits")


def plan_anew(una: Page, stack: Stack, who: str) -> None:
    """By keys: choose the row, say what it would do, confirm."""
    for view in ("ready", "waiting"):
        una.goto(f"{stack.url}/followups/?view={view}")
        chosen = una.get_by_role("checkbox", name=f"Choose {who}")
        if chosen.count():
            break
    chosen.first.press("Space")
    una.keyboard.press("r")
    expect(una.get_by_text("Nothing is changed before you confirm")).to_be_visible()
    una.wait_for_load_state()  # keys are heard from then on
    una.keyboard.press("y")
    expect(una.get_by_text("Plan anew: 1 done.")).to_be_visible()


def row_of(una: Page, stack: Stack, who: str, told: re.Pattern[str]) -> Locator:
    """The row of that customer once the rules have answered."""
    end = time.monotonic() + SWEPT_WITHIN
    while True:
        for view in ("waiting", "ready", "refused"):
            una.goto(f"{stack.url}/followups/?view={view}")
            row = una.locator("#steering tbody tr").filter(has_text=who).filter(has_text=told)
            if row.count():
                return row.first
        assert time.monotonic() < end, f"{who} never said {told.pattern}"
        una.wait_for_timeout(2_000)


def test_a_paused_policy_lets_its_follow_ups_wait(
    window: Callable[[str], Page], stack: Stack
) -> None:
    una = window("una")
    who, policy = first_that_waits(una, stack)
    line = una.get_by_label("Policies").get_by_role("listitem").filter(has_text=policy).first
    line.get_by_text("Pause", exact=True).click()
    line.get_by_label("Why it is paused").fill("The lines are down")
    line.get_by_role("button", name="Pause “").click()
    line = una.get_by_label("Policies").get_by_role("listitem").filter(has_text=policy).first
    expect(line).to_contain_text("The lines are down")

    plan_anew(una, stack, who)
    paused = row_of(una, stack, who, re.compile("The policy is paused"))
    paused.get_by_role("link", name="History of").click()
    expect(una.get_by_role("row").filter(has_text="The policy is paused").first).to_be_visible()
    una.get_by_role("link", name="All follow-ups").press("Enter")

    line = una.get_by_label("Policies").get_by_role("listitem").filter(has_text=policy).first
    line.get_by_role("button", name="Go on").click()
    expect(una.get_by_label("Policies")).not_to_contain_text("The lines are down")
    plan_anew(una, stack, who)
    row_of(
        una,
        stack,
        who,
        re.compile("calls: it stands|asked again (?!.*paused)|Nobody asks|goes out|next"),
    )
