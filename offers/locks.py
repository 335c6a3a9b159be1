"""What keeps a suitable offer waiting: service first, the purpose of the call, enough was offered?

Pure, like the stages before; each lock says until when or what it waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from customers.budget import Limits, Ruling, read_beside, ruling
from customers.models import Purpose
from offers.compiled import Policy
from offers.days import day
from offers.matching import Match, need_type_of
from offers.rules import FactValue

SERVICE_FIRST = "service_first"
PURPOSE_GUARD = "purpose_guard"
CONTACT_BUDGET = "contact_budget"
LOCKING = (SERVICE_FIRST, PURPOSE_GUARD, CONTACT_BUDGET)
MARKETING = Purpose.MARKETING.value
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
        met: Mapping[str, str],
        cool: Mapping[str, Mapping[str | None, date]],
    ) -> None:
        self.inputs = inputs
        self.met = met
        self.cool = cool
        self.facts = facts
        self.answers = answers
        self.policy = policy
        self.today = date.fromisoformat(inputs["today"])
        self.budget = self._budget()

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
        if offer is not None and (lock := self._answered(offer, match)):
            return lock
        if not self.budget.is_allowed and not match.answers_now:
            until = self.budget.until
            return Lock(CONTACT_BUDGET, self.budget.because, day(until) if until else "never")
        return None

    def _answered(self, offer: Mapping[str, Any], match: Match) -> Lock | None:
        on = date.fromisoformat(offer["on"])
        if offer["status"] == "later":
            later_on = date.fromisoformat(offer["later_on"])
            if later_on > self.today:
                return Lock(CONTACT_BUDGET, f"To be asked again on {day(later_on)}.", day(later_on))
        again = self._again(offer, match)
        if again is None or again <= self.today:
            return None
        told = f": {offer['reason']}" if offer.get("reason") else ""
        words = f"{REFUSED[offer['status']]} on {day(on)}{told}."
        return Lock(CONTACT_BUDGET, words, day(again))

    def _again(self, offer: Mapping[str, Any], match: Match) -> date | None:
        """The day from which the product may be offered again; None where nothing stands against.

        “Not relevant” stands for that need alone, “would need” until the condition is met.
        """
        status, product = offer["status"], offer["product"]
        if status not in REFUSED or (status == "would_need" and product in self.met):
            return None
        if status == "not_relevant" and "need" in offer:
            return self.cool.get(product, {}).get(need_type_of(match))
        return date.fromisoformat(offer["on"]) + timedelta(days=self.policy.cooling_off_days)

    def _budget(self) -> Ruling:
        """Whether the person may hear one more offer, by the ledger as the inputs tell it."""
        lines = self.inputs.get("drawn")
        if lines is None:  # as decisions of format 1 counted: offers alone
            lines = [{"purpose": MARKETING, "on": offer["on"]} for offer in self.inputs["offers"]]
            limits = replace(self.policy.limits, most=max(len(lines) + 1, 1))
            return self._ruling(lines, limits)
        return self._ruling(lines, self.policy.limits)

    def _ruling(self, lines: Sequence[Mapping[str, Any]], limits: Limits) -> Ruling:
        return ruling(read_beside(lines), purpose=MARKETING, limits=limits, today=self.today)
