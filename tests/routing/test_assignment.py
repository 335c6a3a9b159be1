"""Who takes the caller, and what becomes of a caller whom nobody takes?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Presence
from interactions.models import Interaction
from routing.assignment import offer_waiting, take_back_overdue
from routing.models import AgentPhone, AgentSkill, CallBack, Place, PlaceState, Queue, Skill
from telephony.gateway import GatewayUnavailable
from telephony.models import Call
from telephony.protocol import Kind
from tests.floor import Floor
from tests.threads import at_once


def test_a_caller_waits_while_nobody_is_free(floor: Floor) -> None:
    place = floor.calls_in()
    assert offer_waiting() == 0
    place.refresh_from_db()
    assert (place.state, place.agent) == (PlaceState.WAITING, None)


def test_the_agent_who_has_been_free_for_longest_is_rung(floor: Floor) -> None:
    floor.at_work(floor.cast.sam, free_for=10)
    floor.at_work(floor.cast.rae, free_for=60)
    place = floor.calls_in()
    assert offer_waiting() == 1
    place.refresh_from_db()
    assert (place.state, place.agent) == (PlaceState.OFFERED, floor.cast.rae)
    assert floor.provider.asked[-1] == (
        "invite",
        str(place.call.key),
        {"leg": place.leg, "user": floor.cast.rae.pk, "ring": 20},
    )


def test_a_customer_who_returns_gets_the_agent_they_know(floor: Floor) -> None:
    floor.at_work(floor.cast.sam, free_for=10)
    floor.at_work(floor.cast.rae, free_for=60)
    Interaction.open_contact(customer=floor.cast.ada, by=floor.cast.sam, channel="email")
    number = floor.cast.ada.contact_points.get(channel="voice").value
    place = floor.calls_in(number, is_presented=True)
    assert place.customer == floor.cast.ada
    offer_waiting()
    place.refresh_from_db()
    assert place.agent == floor.cast.sam


@pytest.mark.parametrize("why", ["break", "no phone", "stale phone", "no skill", "other team"])
def test_who_cannot_take_calls_is_not_rung(floor: Floor, why: str) -> None:
    sam = floor.cast.stranger if why == "other team" else floor.cast.sam
    floor.at_work(sam)
    if why == "break":
        sam.be(Presence.ON_BREAK)
    if why == "no phone":
        AgentPhone.gone(user=sam, tab=f"tab-{sam.pk}")
    if why == "stale phone":
        AgentPhone.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    if why == "no skill":
        Queue.objects.update(skill=Skill.objects.create(code="welsh", name="Welsh"))
    floor.calls_in()
    assert offer_waiting() == 0
    assert "invite" not in floor.provider.verbs()


def test_a_skilled_agent_is_rung_before_one_who_is_free_for_longer(floor: Floor) -> None:
    welsh = Skill.objects.create(code="welsh", name="Welsh")
    Queue.objects.update(skill=welsh)
    AgentSkill.objects.create(user=floor.cast.sam, skill=welsh)
    floor.at_work(floor.cast.sam)
    floor.at_work(floor.cast.rae, free_for=600)
    place = floor.calls_in()
    offer_waiting()
    place.refresh_from_db()
    assert place.agent == floor.cast.sam


def test_an_agent_has_one_call_at_a_time(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    first, second = floor.calls_in(), floor.calls_in()
    assert offer_waiting() == 1
    assert offer_waiting() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (PlaceState.OFFERED, PlaceState.WAITING)


def test_a_missed_offer_makes_the_agent_not_ready_and_keeps_the_place(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    first = floor.calls_in()
    later = floor.calls_in()
    offer_waiting()
    floor.rings(first)
    floor.leaves(first, "no-answer")
    floor.cast.sam.refresh_from_db()
    assert floor.cast.sam.presence == Presence.MISSED
    assert (first.state, first.passed_by) == (PlaceState.WAITING, [floor.cast.sam.pk])
    floor.at_work(floor.cast.rae)
    offer_waiting()
    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.agent, later.state) == (floor.cast.rae, PlaceState.WAITING)


def test_an_agent_who_declines_stays_ready_and_somebody_else_is_rung(floor: Floor) -> None:
    floor.at_work(floor.cast.sam, free_for=60)
    floor.at_work(floor.cast.rae)
    place = floor.calls_in()
    offer_waiting()
    floor.rings(place)
    floor.leaves(place, "rejected")
    floor.cast.sam.refresh_from_db()
    assert floor.cast.sam.presence == Presence.AVAILABLE
    offer_waiting()
    place.refresh_from_db()
    assert place.agent == floor.cast.rae


def test_a_phone_that_cannot_be_rung_costs_the_caller_nothing(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    floor.provider.fails = GatewayUnavailable("silent")
    offer_waiting()
    place.refresh_from_db()
    assert (place.state, place.passed_by) == (PlaceState.WAITING, [])


def test_an_offer_of_which_nothing_is_heard_is_taken_back(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    offer_waiting()
    assert take_back_overdue(timezone.now()) == 0
    assert take_back_overdue(timezone.now() + timedelta(minutes=1)) == 1
    place.refresh_from_db()
    assert place.state == PlaceState.WAITING


def test_after_a_while_the_other_queue_helps(floor: Floor) -> None:
    business = Queue.objects.create(name="Business", team=floor.cast.other_team)
    Queue.objects.filter(pk=floor.queue.pk).update(overflow_to=business, overflow_after=60)
    floor.at_work(floor.cast.stranger)
    place = floor.calls_in()
    assert offer_waiting() == 0
    Place.objects.update(entered_at=timezone.now() - timedelta(seconds=61))
    assert offer_waiting() == 1
    place.refresh_from_db()
    assert place.agent == floor.cast.stranger


def test_who_is_still_wrapping_up_is_not_rung(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    offer_waiting()
    floor.answers(place)
    interaction = place.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause="hung-up")
    floor.calls_in()
    assert offer_waiting() == 0
    interaction.close(by=floor.cast.sam, wrap_up_code=floor.cast.helped, summary="done")
    assert offer_waiting() == 1


def test_an_agent_who_is_lost_gives_the_caller_back_to_the_front(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    first = floor.calls_in()
    offer_waiting()
    floor.answers(first)
    waiting = floor.calls_in()
    floor.leaves(first, "lost")
    assert (first.state, first.agent) == (PlaceState.WAITING, None)
    AgentPhone.gone(user=floor.cast.sam, tab=f"tab-{floor.cast.sam.pk}")
    floor.at_work(floor.cast.rae)
    offer_waiting()
    first.refresh_from_db()
    waiting.refresh_from_db()
    assert (first.agent, waiting.state) == (floor.cast.rae, PlaceState.WAITING)


@pytest.mark.parametrize(
    ("cause", "answered", "owed"),
    [
        ("switch-gone", True, "cut_off"),
        ("lost", True, "cut_off"),
        ("hung-up", False, "left"),
        ("hung-up", True, None),
    ],
)
def test_who_was_cut_off_or_left_waiting_is_called_back(
    floor: Floor, cause: str, answered: bool, owed: str | None
) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in("+442079460101")
    if answered:
        offer_waiting()
        floor.answers(place)
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause=cause)
    found = list(CallBack.objects.values_list("reason", "number", "owner", "entered_at"))
    owner = floor.cast.sam.pk if answered else None
    expected = [(owed, "+442079460101", owner, place.entered_at)] if owed else []
    assert found == expected
    place.refresh_from_db()
    assert place.state == (PlaceState.DONE if answered else PlaceState.LEFT)


@pytest.mark.django_db(transaction=True)
def test_many_processes_offer_each_caller_once(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    floor.at_work(floor.cast.rae)
    places = [floor.calls_in() for _ in range(3)]
    connection.close()
    at_once(8, lambda _: offer_waiting())
    rung = [detail["user"] for verb, _, detail in floor.provider.asked if verb == "invite"]
    assert sorted(rung) == sorted([floor.cast.sam.pk, floor.cast.rae.pk])
    states = sorted(Place.objects.values_list("state", flat=True))
    assert states == ["offered", "offered", "waiting"]
    assert Call.objects.count() == len(places)
