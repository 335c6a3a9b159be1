"""Into which rows does a past go? Tables that are copied into the database together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import TypeVar

from customers.budget import LONGEST_PERIOD
from customers.models import Consent, ContactDraw, ContactPoint, Customer, Holding
from followups.models import Answer, Attempt, FollowUp, usual_questions
from followups.models.policy import by_agent
from intake.copying import IDS_AT_ONCE, Table, array, trusted, write_all
from intake.seeding.clock import DAY, day_of, stamp
from intake.seeding.world import World
from interactions.models import Interaction, Message, TimelineEntry
from needs.models import Need, NeedsReview
from offers.models import Offer
from service.models import Promise, ServiceRequest, StatusChange

T = TypeVar("T")


class Book:
    """The tables of a past, with the world it refers to and the chances it is drawn from."""

    def __init__(self, world: World, random: Random, *, block: int = IDS_AT_ONCE) -> None:
        self.world = world
        self.use(random)
        table = partial(Table, block=block)
        self.customers = table(
            Customer,
            "team_id kind name segment born_on customer_since vulnerable_since vulnerable_because"
            " figures source external_id created_at",
        )
        self.points = table(
            ContactPoint, "customer_id channel value verified_at", always={"is_preferred": True}
        )
        self.consents = table(
            Consent,
            "customer_id purpose channel is_granted recorded_at",
            always={"source": "application form", "wording_version": "2025-04"},
        )
        self.holdings = table(
            Holding,
            "customer_id product_id reference opened_on cancelled_on cancelled_because balance"
            " annual_rate monthly_charge",
        )
        self.interactions = table(
            Interaction,
            "customer_id channel direction contact_reason_id subject agent_id is_follow_up"
            " opened_at closed_at wrap_up_code_id summary notes notes_version",
        )
        self.messages = table(Message, "interaction_id direction author_id body sent_at")
        self.timeline = table(
            TimelineEntry, "customer_id interaction_id at kind title detail channel"
        )
        self.requests = table(
            ServiceRequest,
            "customer_id interaction_id request_type_id subject status owner_id"
            " needs_confirmation opened_at target_at expected_at resolved_at",
        )
        self.changes = table(StatusChange, "request_id from_status to_status at by_id")
        self.promises = table(
            Promise,
            "customer_id request_id interaction_id text owner_id made_at due_at expected_at"
            " status done_at",
        )
        self.needs = table(
            Need,
            "customer_id interaction_id need_type_id source strength evidence status stated_at"
            " settled_at settled_by_id settled_because settled_in_id",
        )
        self.offers = table(
            Offer,
            "customer_id interaction_id product_id need_id status because later_on benefit"
            " benefit_sentence presented_at answered_at answered_by_id",
        )
        self.follow_ups = table(
            FollowUp,
            "interaction_id customer_id owner_id status due_at lapses_at attempts_made ready_at"
            " refused_because call_id answered_at request_id",
            always={
                "policy_id": world.policy,
                "questions": array(usual_questions()),
                "ways": array(by_agent()),
                "window_start": "08:00",
                "window_end": "21:00",
                "max_attempts": 2,
                "retry_minutes": 1440,
                "review_days": 180,
            },
        )
        self.attempts = table(
            Attempt,
            "follow_up_id number call_id by_id started_at ended_at outcome",
            always={"gateway": "own_phone"},
        )
        self.answers = table(Answer, "follow_up_id question is_yes score words at")
        self.draws = table(
            ContactDraw,
            "customer_id purpose channel what subject_id on at by_id",
            always={"is_owed": False},
        )
        self.reviews = table(
            NeedsReview, "customer_id interaction_id owner_id due_on created_at done_at"
        )

    def drew(
        self, customer: int, purpose: str, what: str, subject: int, *, second: int, by: int
    ) -> None:
        """A line of the contact budget's ledger, where it still may count."""
        if second > self.world.second - LONGEST_PERIOD * DAY:
            on, at = day_of(second), stamp(second)
            self.draws.add(customer, purpose, "voice", what, subject, on, at, by)

    def use(self, random: Random) -> None:
        """Draw from here on from other chances."""
        self.random = random
        self.chance = random.random

    def pick(self, among: Sequence[T]) -> T:
        return among[int(self.chance() * len(among))]

    def between(self, least: int, limit: int) -> int:
        """A whole number from `least` on, below `limit`."""
        return least + int(self.chance() * (limit - least))

    def line(  # noqa: PLR0917  (called for every event: keywords would cost)
        self,
        customer: int,
        interaction: int,
        at: int,
        kind: str,
        title: str,
        detail: str = "",
        channel: str = "",
    ) -> None:
        """One entry of the customer's timeline."""
        self.timeline.add(customer, interaction, stamp(at), kind, title, detail, channel)

    @property
    def tables(self) -> list[Table]:
        """In the order in which foreign keys allow them to be written."""
        return [table for table in vars(self).values() if isinstance(table, Table)]

    def write(self) -> int:
        """Customers with all that watches them; what belongs to them refers to them for sure.

        The figures of the dashboards are not told: count them anew afterwards.
        """
        written = self.customers.write()
        with trusted():
            return written + write_all(self.tables)
