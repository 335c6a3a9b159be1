"""Contacts that an agent begins by hand: counted like all others, refused where it is enough."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.urls import reverse

from accounts.errors import RuleBroken
from customers import budget
from customers.models import ContactDraw, DrawnFor, Purpose
from interactions.models import Interaction
from offers.errors import HeardEnough
from offers.models import ContactPolicy
from offers.publishing import publish
from service.models import ServiceRequest
from tests.cast import Cast, assemble
from tests.offers.test_routes import as_
from tests.threads import at_once


def begun(cast: Cast, direction: str = "outbound") -> Interaction:
    return Interaction.begin(
        customer=cast.ada, by=cast.sam, channel="email", direction=direction, subject="Your card"
    )


def lines() -> list[tuple[str, str, str, bool]]:
    rows = ContactDraw.objects.standing().order_by("pk")
    return list(rows.values_list("purpose", "channel", "what", "is_owed"))


def room_for(cast: Cast, most: int) -> None:
    ContactPolicy.objects.update_or_create(pk=1, defaults={"max_contacts": most})
    publish(by=cast.max, note=f"{most} contacts are enough")


def test_only_a_contact_that_we_begin_is_counted(people: Cast) -> None:
    begun(people, "inbound")
    assert lines() == []
    begun(people)
    assert lines() == [("service", "email", "contact", False)]


def test_who_has_heard_enough_is_not_contacted_and_the_form_says_what_to_do(people: Cast) -> None:
    room_for(people, 1)
    begun(people)
    before = lines(), Interaction.objects.count()
    typed = {"channel": "voice", "direction": "outbound", "contact_reason": "", "subject": "News"}
    page = as_(people.sam).post(reverse("interactions:opening", args=[people.ada.pk]), typed)
    told = page.content.decode()
    assert page.status_code == 422
    assert "1 contacts of ours in 30 days are enough. There is room again from" in told
    assert 'value="News"' in told, "what was typed stands"
    with pytest.raises(HeardEnough, match="open a request first"):
        begun(people)
    assert (lines(), Interaction.objects.count()) == before
    assert begun(people, "inbound").pk


def test_what_was_asked_for_is_counted_and_never_refused(people: Cast) -> None:
    room_for(people, 0)
    ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.card_request,
        subject="Card not arrived",
        owner=people.sam,
        by=people.sam,
    )
    begun(people)
    assert lines() == [("service", "email", "contact", True)]


@pytest.fixture
def crowd(transactional_db: None) -> Cast:
    return assemble()


@pytest.mark.parametrize("seed", [1, 2])
def test_eight_at_once_by_hand_and_otherwise_never_exceed_the_budget(
    crowd: Cast, seed: int
) -> None:
    room_for(crowd, 3)
    asked: dict[str, Any] = {"limits": budget.Limits(30, 3, {}), "channel": "sms", "by": None}

    def act(number: int) -> bool:
        try:
            if kinds[number]:
                begun(crowd)
                return True
        except RuleBroken:
            return False
        return budget.draw(
            customer_id=crowd.ada.pk,
            purpose=Purpose.SURVEY,
            what=DrawnFor.FOLLOW_UP,
            subject_id=number,
            **asked,
        ).is_allowed

    kinds = Random(seed).sample([True] * 4 + [False] * 4, 8)
    assert sum(at_once(8, act)) == 3
    assert len(lines()) == 3
    by_hand = [line for line in lines() if line[2] == "contact"]
    assert Interaction.objects.filter(direction="outbound").count() == len(by_hand)
