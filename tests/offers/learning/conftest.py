"""One cast with its catalogue in force, and offers answered some time ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from customers.models import Customer
from interactions.models import Interaction
from needs.models import Need
from offers import presenting
from offers.models import Offer
from offers.publishing import publish
from tests import cast
from tests.cast import Cast

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Answer = Callable[..., Offer]


@pytest.fixture
def people(db: None) -> Cast:
    assembled = cast.assemble()
    publish(by=assembled.max, note="The first catalogue")
    return assembled


@pytest.fixture
def answer(people: Cast) -> Answer:
    """Ada, or another customer, is offered the saver some days before noon and answers."""

    def answered(
        *, accepts: bool = True, days_ago: float = 1, person: Customer | None = None
    ) -> Offer:
        with time_machine.travel(NOON - timedelta(days=days_ago), tick=False):
            who = person or people.ada
            interaction = in_need(people, who)
            saver, sam = people.saver, people.sam
            if accepts:
                return presenting.accept(interaction=interaction, product=saver, by=sam)
            return presenting.decline(
                interaction=interaction, product=saver, by=sam, because="Not today"
            )

    return answered


def in_need(people: Cast, person: Customer) -> Interaction:
    interaction = cast.contact(people, person)
    Need.state(
        customer=person,
        need_type=people.better_return,
        by=people.sam,
        strength=Decimal("0.9"),
        evidence="more interest",
        interaction=interaction,
    )
    return interaction
