"""Calls of ours: the agent first, once, and only while every rule allows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from interactions.models import Interaction
from routing import outbound
from routing.assignment import free_agents, offer_waiting
from routing.models import CallBack, DialDecision, OutboundCall
from routing.outbound import NotDialled, PhoneNotReady, call_back, place_due
from routing.panels import call_backs, owed_call, phone
from telephony.gateway import CallState, GatewayUnavailable
from telephony.models import Call, CallerId, SuppressionEntry
from telephony.protocol import Kind
from tests.floor import Floor
from tests.threads import at_once

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; noon in London too
ADA = "+442079460101"


@pytest.fixture
def london(floor: Floor) -> Any:
    """Noon, an agent at work, a number of ours; the clock goes on from there."""
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on=date(2026, 1, 5))
    with time_machine.travel(NOON):
        floor.at_work(floor.cast.sam)
        yield floor


def owes(floor: Floor, *, number: str = ADA, is_known: bool = True) -> CallBack:
    call = Call.objects.create(gateway="switch", direction="inbound", remote_number=number)
    return CallBack.objects.create(
        call=call,
        queue=floor.queue,
        customer=floor.cast.ada if is_known else None,
        number=number,
        reason="asked",
        entered_at=timezone.now() - timedelta(minutes=5),
    )


def asked_for(floor: Floor, **more: Any) -> OutboundCall:
    asked = call_back(owes(floor, **more), by=floor.cast.sam)
    place_due()
    asked.refresh_from_db()
    asked.call.refresh_from_db()
    return asked


def tell(floor: Floor, asked: OutboundCall, kind: Kind, *, is_agent: bool, **more: Any) -> None:
    """Something happened to a leg, and what follows from it after the commit is done."""
    leg = (asked.leg or "") if is_agent else asked.call.customer_leg
    party: dict[str, Any] = (
        {"party": "agent", "user": asked.agent_id} if is_agent else {"party": "customer"}
    )
    floor.provider.tell(asked.call, kind, leg, **party, **more)
    asked.refresh_from_db()
    asked.call.refresh_from_db()


def agent_comes(floor: Floor, asked: OutboundCall, capture: Any) -> None:
    with capture(execute=True):
        tell(floor, asked, Kind.LEG_ADDED, is_agent=False)
        tell(floor, asked, Kind.LEG_RINGING, is_agent=True)
        tell(floor, asked, Kind.LEG_ANSWERED, is_agent=True)
    asked.refresh_from_db()


def test_the_agent_is_rung_first_and_nobody_else(london: Floor) -> None:
    asked = asked_for(london)
    assert london.provider.verbs() == ["open", "invite"]
    opened, invited = (detail for _, _, detail in london.provider.asked)
    assert (opened["direction"], opened["ring"]) == ("outbound", None)
    assert (invited["leg"], invited["user"]) == (asked.leg, london.cast.sam.pk)
    assert (asked.call.caller_id, asked.call.remote_number) == ("+442079460000", ADA)
    assert asked.call.purpose == "call_back"


def test_the_customers_phone_rings_once_the_agent_is_there(
    london: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    asked = asked_for(london)
    agent_comes(london, asked, django_capture_on_commit_callbacks)
    place_due()
    rung = [detail for verb, _, detail in london.provider.asked if verb == "ring"]
    assert [one["leg"] for one in rung] == [asked.call.customer_leg]
    assert rung[0]["ring"] >= 15
    decisions = DialDecision.objects.values_list("when", "is_allowed", "rule")
    assert list(decisions) == [("queued", True, "asked_for"), ("dialling", True, "asked_for")]


def test_an_answered_call_back_is_settled_and_is_a_contact_of_theirs(
    london: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    asked = asked_for(london)
    agent_comes(london, asked, django_capture_on_commit_callbacks)
    assert CallBack.objects.get().done_at is None
    tell(london, asked, Kind.LEG_RINGING, is_agent=False)
    tell(london, asked, Kind.LEG_ANSWERED, is_agent=False)
    owed = CallBack.objects.get()
    assert (owed.done_at is None, owed.owner) == (False, london.cast.sam)
    contact = Interaction.objects.get(call=asked.call)
    assert (contact.customer, contact.agent) == (london.cast.ada, london.cast.sam)
    assert contact.direction == "outbound"
    assert call_backs(london.cast.sam).count == 0


@pytest.mark.parametrize(
    ("cause", "state"), [("busy", "busy"), ("rejected", "busy"), ("no-answer", "no-answer")]
)
def test_a_call_back_that_was_not_answered_is_still_owed(
    london: Floor, django_capture_on_commit_callbacks: Any, cause: str, state: str
) -> None:
    asked = asked_for(london)
    agent_comes(london, asked, django_capture_on_commit_callbacks)
    tell(london, asked, Kind.LEG_RINGING, is_agent=False)
    london.provider.tell(asked.call, Kind.CALL_ENDED, cause=cause)
    asked.refresh_from_db()
    asked.call.refresh_from_db()
    assert (asked.call.state, asked.ended_at is None) == (state, False)
    owed = CallBack.objects.get()
    assert owed.done_at is None
    card = owed_call(owed)
    assert card.came_of_it
    assert not card.is_under_way
    again = call_back(owed, by=london.cast.sam)
    assert again.call_id != asked.call_id


def test_a_number_that_may_not_be_called_is_not_even_queued(london: Floor) -> None:
    SuppressionEntry.suppress(number=ADA, reason="Pressed 9")
    with pytest.raises(NotDialled, match="do-not-call"):
        call_back(owes(london), by=london.cast.sam)
    assert not OutboundCall.objects.exists()
    decision = DialDecision.objects.get()
    assert (decision.when, decision.is_allowed, decision.rule) == ("queued", False, "do_not_call")
    assert (decision.by, decision.customer) == (london.cast.sam, london.cast.ada)
    place_due()
    assert london.provider.asked == []


def test_do_not_call_set_after_queueing_is_heard_at_dialling(
    london: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    asked = asked_for(london)
    SuppressionEntry.suppress(number=ADA, reason="Pressed 9")
    agent_comes(london, asked, django_capture_on_commit_callbacks)
    assert "ring" not in london.provider.verbs()
    assert london.provider.verbs()[-1] == "end"
    assert "do-not-call" in asked.told
    last = DialDecision.objects.last()
    assert last is not None
    assert (last.when, last.is_allowed) == ("dialling", False)


@pytest.mark.parametrize(
    ("at", "is_lawful"),
    [
        (NOON.replace(hour=7, minute=59), False),
        (NOON.replace(hour=8), True),
        (NOON.replace(hour=21), False),
    ],
)
def test_whoever_asked_is_called_in_lawful_hours(
    london: Floor, at: datetime, is_lawful: bool
) -> None:
    with time_machine.travel(at):
        london.at_work(london.cast.sam)
        owed = owes(london)
        if is_lawful:
            assert call_back(owed, by=london.cast.sam).call.purpose == "call_back"
            return
        with pytest.raises(NotDialled, match="calling hours"):
            call_back(owed, by=london.cast.sam)
    assert not OutboundCall.objects.exists()


def test_a_decision_is_never_rewritten(london: Floor) -> None:
    asked_for(london)
    decision = DialDecision.objects.get()
    with pytest.raises(InternalError), transaction.atomic():
        DialDecision.objects.filter(pk=decision.pk).update(is_allowed=False)
    london.cast.ada.contact_points.all().delete()
    decision.refresh_from_db()
    assert (decision.contact_point, decision.number) == (None, ADA)


def test_a_number_of_ours_is_never_typed(london: Floor) -> None:
    CallerId.objects.update(verified_on=None)
    with pytest.raises(PhoneNotReady, match="verified"):
        call_back(owes(london), by=london.cast.sam)
    assert not Call.objects.filter(direction="outbound").exists()


def test_without_a_phone_or_with_a_call_nobody_is_called(london: Floor) -> None:
    with pytest.raises(PhoneNotReady, match="no open window"):
        call_back(owes(london), by=london.cast.rae)
    place = london.calls_in()
    assert offer_waiting() == 1
    place.refresh_from_db()
    with pytest.raises(PhoneNotReady, match="End that one first"):
        call_back(owes(london), by=london.cast.sam)
    assert not OutboundCall.objects.exists()


def test_an_agent_calls_one_at_a_time_and_is_offered_nobody_meanwhile(london: Floor) -> None:
    call_back(owes(london), by=london.cast.sam)
    with pytest.raises(Conflict, match="already"):
        call_back(owes(london, number="+442079460102", is_known=False), by=london.cast.sam)
    assert OutboundCall.objects.count() == 1
    assert london.cast.sam not in free_agents()


def test_a_provider_that_does_not_answer_is_told_as_it_is(london: Floor) -> None:
    owed = owes(london)
    call_back(owed, by=london.cast.sam)
    london.provider.fails = GatewayUnavailable("No switch is running.")
    assert place_due() == 0
    asked = OutboundCall.objects.select_related("call").get()
    assert (asked.call.state, asked.told) == (CallState.FAILED, "No switch is running.")
    assert owed_call(owed).came_of_it == "No switch is running."
    assert place_due() == 0


def test_whoever_claimed_and_died_is_not_repeated(london: Floor) -> None:
    call_back(owes(london), by=london.cast.sam)
    asked = OutboundCall.objects.get()
    assert asked.claim()
    assert place_due() == 0
    assert london.provider.asked == []
    assert not asked.claim()


def test_a_wish_that_nobody_heard_in_time_is_not_carried_out(london: Floor) -> None:
    call_back(owes(london), by=london.cast.sam)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert place_due() == 0
    asked = OutboundCall.objects.select_related("call").get()
    assert asked.call.state == CallState.FAILED
    assert "too late" in asked.told
    assert london.provider.asked == []


def test_a_call_that_got_stuck_is_ended_and_its_place_is_learnt(london: Floor) -> None:
    call_back(owes(london), by=london.cast.sam)
    asked = OutboundCall.objects.get()
    asked.claim()
    tell(london, asked, Kind.LEG_RINGING, is_agent=True, switch="s7")
    assert asked.call.place == "s7"
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        place_due()
    assert london.provider.verbs() == ["end"]


def test_what_a_dead_process_left_undone_is_dialled_once_by_the_next(london: Floor) -> None:
    asked = asked_for(london)
    tell(london, asked, Kind.LEG_ADDED, is_agent=False)
    tell(london, asked, Kind.LEG_ANSWERED, is_agent=True)
    assert "ring" not in london.provider.verbs()
    place_due()
    place_due()
    assert london.provider.verbs().count("ring") == 1


def test_the_agent_who_goes_ends_the_ringing(
    london: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    asked = asked_for(london)
    agent_comes(london, asked, django_capture_on_commit_callbacks)
    tell(london, asked, Kind.LEG_RINGING, is_agent=False)
    with django_capture_on_commit_callbacks(execute=True):
        tell(london, asked, Kind.LEG_LOST, is_agent=True)
    assert london.provider.verbs()[-1] == "end"


def test_the_agents_own_page_answers_by_itself(london: Floor) -> None:
    asked = asked_for(london)
    tell(london, asked, Kind.LEG_ADDED, is_agent=False)
    tell(london, asked, Kind.LEG_RINGING, is_agent=True)
    shown = phone(london.cast.sam)
    assert (shown.state, shown.is_ringing, shown.caller) == ("talking", False, "Ada Byron")
    assert shown.calls_out == "Connecting you first"
    tell(london, asked, Kind.LEG_ANSWERED, is_agent=True)
    tell(london, asked, Kind.LEG_RINGING, is_agent=False)
    assert phone(london.cast.sam).calls_out == "Their phone rings"


def test_those_to_be_called_stand_in_the_order_in_which_they_came(
    london: Floor, client: Client
) -> None:
    for number in range(8):
        owed = owes(london, number=f"+4420794602{number:02}", is_known=False)
        CallBack.objects.filter(pk=owed.pk).update(
            entered_at=timezone.now() - timedelta(minutes=number)
        )
    client.force_login(london.cast.sam)
    shown = call_backs(london.cast.sam)
    assert (shown.count, len(shown.shown), shown.further) == (8, 6, 2)
    assert [one.number[-1] for one in shown.shown] == list("765432")
    page = client.get(reverse("routing:call_backs")).content.decode()
    assert page.index("+442079460207") < page.index("+442079460206")
    assert "and 2 more" in page


def test_a_call_back_is_called_from_its_card(london: Floor, client: Client) -> None:
    owed = owes(london)
    client.force_login(london.cast.sam)
    page = client.get(reverse("routing:call_back", args=[owed.pk])).content.decode()
    assert "Ada Byron" in page
    assert "Asked to be called" in page
    assert 'data-key="c"' in page
    page = client.post(reverse("routing:call_back_call", args=[owed.pk])).content.decode()
    assert "is calling them now" in page
    assert OutboundCall.objects.get().agent == london.cast.sam


def test_one_without_a_number_cannot_be_called(london: Floor) -> None:
    with pytest.raises(RuleBroken, match="no number"):
        call_back(owes(london, number="", is_known=False), by=london.cast.sam)


@pytest.mark.django_db(transaction=True)
def test_two_agents_and_many_sweeps_make_one_call(london: Floor) -> None:
    london.at_work(london.cast.rae)
    owed = owes(london)
    people = [london.cast.sam, london.cast.rae] * 3

    def call(number: int) -> int:
        return call_back(CallBack.objects.get(pk=owed.pk), by=people[number]).pk

    assert len(set(at_once(6, call))) == 1
    at_once(6, lambda _: place_due())
    assert london.provider.verbs() == ["open", "invite"]
    asked = OutboundCall.objects.select_related("call", "agent").get()
    tell(london, asked, Kind.LEG_ANSWERED, is_agent=True)
    at_once(6, lambda _: outbound.dial(asked.pk))
    assert london.provider.verbs() == ["open", "invite", "ring"]
    assert DialDecision.objects.filter(when="dialling").count() == 1
