"""What keeps a suitable offer waiting: service first, the purpose of the call, enough was offered?

Pure, like the stages before; each lock says until when or what it waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from offers.catalogue import Policy
from offers.days import day
from offers.matching import Match
from offers.rules import FactValue

SERVICE_FIRST = "service_first"
PURPOSE_GUARD = "purpose_guard"
CONTACT_BUDGET = "contact_budget"
LOCKING = (SERVICE_FIRST, PURPOSE_GUARD, CONTACT_BUDGET)
REFUSED = {
    "declined": "Declined",
    "not_relevant": "Called not relevant",
    "would_need": "Not what they would need",
}


class Lock(NamedTuple):
    stage: str
    because: str
    until: str


class Locks:
    """The locks of one contact; `answers` are the newest to earlier offers, by product."""

    def __init__(
        self,
        inputs: Mapping[str, Any],
        *,
        facts: Mapping[str, FactValue],
        answers: Mapping[str, Mapping[str, Any]],
        policy: Policy,
    ) -> None:
        self.inputs = inputs
        self.facts = facts
        self.answers = answers
        self.policy = policy
        self.today = date.fromisoformat(inputs["today"])
        self.spent_until = self._spent_until()

    def on(self, product: str, match: Match) -> Lock | None:
        """The first lock on that product, by its code; None when it may be offered now."""
        return (
            self._service_first(match)
            or self._purpose_guard()
            or self._contact_budget(product, match)
        )

    def _service_first(self, match: Match) -> Lock | None:
        if self.facts["has_open_complaint"]:
            return Lock(
                SERVICE_FIRST,
                "An open complaint comes before any offer.",
                "the complaint is settled",
            )
        if match.answers_now:
            return None
        if self.facts["is_vulnerable"]:
            return Lock(
                SERVICE_FIRST,
                "Marked vulnerable: only what they say they need now is offered.",
                "the customer says that they need it",
            )
        contact = self.inputs["contact"]
        if contact["settled"] is None:
            first = contact["waits_for"]
            return Lock(
                SERVICE_FIRST,
                f"First what the customer got in touch for: {first}.",
                f"{first} is done or has a date",
            )
        return None

    def _purpose_guard(self) -> Lock | None:
        contact = self.inputs["contact"]
        if not contact["is_follow_up"] or self.inputs["marketing"]["is_permitted"]:
            return None
        because = self.inputs["marketing"]["because"]
        return Lock(
            PURPOSE_GUARD,
            f"This contact asks how it went; it may not sell: {because}.",
            "the customer permits marketing calls, within the hours for calls",
        )

    def _contact_budget(self, product: str, match: Match) -> Lock | None:
        offer = self.answers.get(product)
        if offer is not None and (lock := self._answered(offer)):
            return lock
        if self.spent_until is not None and not match.answers_now:
            return Lock(
                CONTACT_BUDGET,
                f"{self.policy.max_offers} offers in {self.policy.period_days} days are enough.",
                day(self.spent_until),
            )
        return None

    def _answered(self, offer: Mapping[str, Any]) -> Lock | None:
        on = date.fromisoformat(offer["on"])
        if offer["status"] == "later":
            later_on = date.fromisoformat(offer["later_on"])
            if later_on > self.today:
                return Lock(CONTACT_BUDGET, f"To be asked again on {day(later_on)}.", day(later_on))
        if offer["status"] in REFUSED:
            again = on + timedelta(days=self.policy.cooling_off_days)
            if again > self.today:
                words = REFUSED[offer["status"]]
                return Lock(CONTACT_BUDGET, f"{words} on {day(on)}.", day(again))
        return None

    def _spent_until(self) -> date | None:
        """The day from which one more offer may be put; None when that is today."""
        period = timedelta(days=self.policy.period_days)
        put = sorted(date.fromisoformat(offer["on"]) for offer in self.inputs["offers"])
        within = [on for on in put if on + period > self.today]
        if len(within) < self.policy.max_offers:
            return None
        return within[-self.policy.max_offers] + period if self.policy.max_offers else date.max
