"""What supervisors see of the telephone now, and what they can do there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Presence, Role, User
from routing.assignment import offer_waiting
from routing.board import board, clock
from routing.models import AgentPhone, Consultation, Place, PlaceState, Queue
from telephony.models import Call, Leg
from telephony.protocol import Kind
from tests.cast import user as person
from tests.floor import Floor

STATEMENTS = 7  # queues, figures, transfers, holds, callers, agents, and the teams of who looks


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A day whose midnight is far away."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)


def past(floor: Floor, at: datetime, *, waited: float, answered: bool, **more: Any) -> Place:
    """A call of today that is over: answered after `waited` seconds, or left then."""
    talked = more.pop("talked", 60.0)
    cause = more.pop("cause", "hung-up")
    end = at + timedelta(seconds=waited + (talked if answered else 0))
    call = Call.objects.create(
        gateway="switch",
        direction="inbound",
        state="completed",
        created_at=at,
        ended_at=end,
        cause=cause,
    )
    state = PlaceState.DONE if answered else PlaceState.LEFT
    answer = {"answered_at": at + timedelta(seconds=waited)} if answered else {}
    fields = {"state": state, "entered_at": at, "ended_at": end} | answer | more
    return Place.objects.create(call=call, queue=floor.queue, **fields)


def test_the_service_level_counts_whom_its_definition_names(floor: Floor, noon: datetime) -> None:
    past(floor, noon, waited=20, answered=True)
    past(floor, noon, waited=21, answered=True)
    past(floor, noon, waited=6, answered=False)
    past(floor, noon, waited=5, answered=False)
    past(floor, noon, waited=60, answered=False, cause="switch-gone")
    past(floor, noon, waited=60, answered=False, state=PlaceState.CALL_BACK)
    past(floor, noon - timedelta(days=1), waited=1, answered=True)
    [row] = board(floor.cast.una).queues
    assert (row.answered, row.within, row.abandoned, row.short, row.cut_off) == (2, 1, 1, 1, 1)
    assert row.service_level == 33
    assert row.wait == timedelta(seconds=20.5)
    assert row.handling == timedelta(seconds=60)


def test_a_quiet_morning_has_no_figures_rather_than_zero(floor: Floor) -> None:
    [row] = board(floor.cast.una).queues
    assert (row.waiting, row.oldest, row.service_level, row.transfers) == (0, None, None, None)
    assert row.clocks == ("–", "–", "–")
    page = as_(floor.cast.una).get(reverse("routing:board")).content.decode()
    assert "Nobody waits" in page


def test_holds_and_transfers_are_counted_over_answered_calls(floor: Floor, noon: datetime) -> None:
    first = past(floor, noon, waited=2, answered=True)
    past(floor, noon, waited=2, answered=True)
    Leg.objects.create(
        call=first.call, key="c", party="customer", state="left", held_for=timedelta(seconds=30)
    )
    asked = {"call": first.call, "by": floor.cast.sam, "to": floor.cast.rae, "brief": "A card"}
    Consultation.objects.create(**asked, leg="t1", handed_over_at=noon)
    Consultation.objects.create(**asked, leg="t2", returned_at=noon)
    [row] = board(floor.cast.una).queues
    assert (row.transfers, row.hold) == (0.5, timedelta(seconds=30))
    assert clock(row.hold) == "0:30"


def test_callers_stand_in_their_order_with_their_place(floor: Floor) -> None:
    other = Queue.objects.create(name="Savings", team=floor.cast.team)
    floor.calls_in()
    second, third = floor.calls_in(), floor.calls_in()
    Place.objects.filter(pk=second.pk).update(queue=other)
    shown = board(floor.cast.una)
    assert [(number, place.queue.name) for number, place in shown.callers] == [
        (1, "Everyday"),
        (1, "Savings"),
        (2, "Everyday"),
    ]
    assert third.pk == shown.callers[2][1].pk
    assert shown.waiting == 3


def states(floor: Floor) -> dict[str, str]:
    return {one.user.username: one.state for one in board(floor.cast.una).agents}


def test_agents_are_told_as_they_are(floor: Floor) -> None:
    sam, rae = floor.cast.sam, floor.cast.rae
    assert states(floor) == {"sam": "offline", "rae": "offline"}
    floor.at_work(sam)
    rae.be(Presence.ON_BREAK)
    assert states(floor) == {"sam": "available", "rae": "not-ready"}
    AgentPhone.objects.all().delete()
    assert states(floor)["sam"] == "no-phone"
    floor.at_work(sam)
    place = floor.calls_in()
    offer_waiting()
    floor.rings(place)
    assert states(floor)["sam"] == "ringing"
    floor.provider.tell(place.call, Kind.LEG_ANSWERED, place.leg, party="agent", user=sam.pk)
    assert states(floor)["sam"] == "talking"
    place.refresh_from_db()
    place.confirm(customer=floor.cast.ada, by=sam)
    floor.provider.tell(place.call, Kind.CALL_ENDED, cause="hung-up")
    assert states(floor)["sam"] == "wrap-up"


def test_agents_stand_by_the_length_of_their_state(floor: Floor) -> None:
    floor.at_work(floor.cast.rae, free_for=300)
    floor.at_work(floor.cast.sam, free_for=100)
    assert [one.user for one in board(floor.cast.una).agents] == [floor.cast.rae, floor.cast.sam]


def test_other_teams_are_not_on_the_board(floor: Floor) -> None:
    other = Queue.objects.create(name="Business", team=floor.cast.other_team)
    place = floor.calls_in()
    Place.objects.filter(pk=place.pk).update(queue=other)
    shown = board(floor.cast.una)
    assert [row.queue.name for row in shown.queues] == ["Everyday"]
    assert (shown.callers, shown.waiting) == ([], 0)
    assert floor.cast.stranger not in [one.user for one in shown.agents]
    everything = board(floor.cast.max)
    assert {row.queue.name for row in everything.queues} == {"Everyday", "Business"}
    assert everything.waiting == 1


def test_the_board_takes_the_same_statements_however_much_there_is(floor: Floor) -> None:
    looks = as_(floor.cast.una)
    looks.get(reverse("routing:board"))
    counts = []
    for number in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            board(User.objects.get(pk=floor.cast.una.pk))
        counts.append(len(asked) - 1)
        for again in range(4):
            floor.at_work(person(f"Agent{number}{again}", Role.AGENT, floor.cast.team))
            floor.calls_in(floor.cast.ada.contact_points.get(channel="voice").value)
    assert counts == [STATEMENTS, STATEMENTS]


def test_an_agent_who_missed_a_call_is_put_back_to_work(floor: Floor) -> None:
    sam, una = floor.cast.sam, floor.cast.una
    sam.be(Presence.MISSED)
    page = as_(una).post(reverse("routing:availability", args=[sam.pk]))
    assert page.status_code == 200
    sam.refresh_from_db()
    assert sam.presence == Presence.AVAILABLE
    entry = AuditEntry.objects.filter(verb="presence changed").latest("pk")
    assert (entry.by, entry.subject_id, entry.detail) == (una, sam.pk, {"presence": "available"})


@pytest.mark.parametrize("presence", [Presence.ON_BREAK, Presence.OFFLINE])
def test_nobody_is_called_back_from_their_own_choice(floor: Floor, presence: str) -> None:
    floor.cast.sam.be(presence)
    before = AuditEntry.objects.count()
    as_(floor.cast.una).post(reverse("routing:availability", args=[floor.cast.sam.pk]))
    floor.cast.sam.refresh_from_db()
    assert floor.cast.sam.presence == presence
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("una", 404), ("sam", 403)])
def test_only_who_leads_an_agent_changes_their_presence(
    floor: Floor, name: str, status: int
) -> None:
    leader = person("Leader", Role.SUPERVISOR, floor.cast.other_team)
    agent = floor.cast.stranger if name == "una" else floor.cast.sam
    agent.be(Presence.MISSED)
    who = leader if name == "stranger" else getattr(floor.cast, name)
    answer = as_(who).post(reverse("routing:availability", args=[agent.pk]))
    assert answer.status_code == status
    agent.refresh_from_db()
    assert agent.presence == Presence.MISSED


def as_(user: User) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client
