"""A supervisor listens to a call, whispers, joins, and leaves; its agent sees it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, Role, User
from routing.assignment import offer_waiting
from routing.models import Place
from routing.monitoring import HEARD
from telephony.gateway import CallRefused, GatewayUnavailable
from telephony.models import Leg
from telephony.protocol import Ear, Kind
from tests.cast import user as person
from tests.floor import Floor


@pytest.fixture
def talking(floor: Floor) -> Place:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    offer_waiting()
    return floor.answers(place)


def post(user: User, name: str, place: Place, **fields: Any) -> Any:
    client = Client(headers={"Accept": "application/json"})
    client.force_login(user)
    return client.post(reverse(f"routing:{name}", args=[place.call_id]), fields)


def hears(floor: Floor, place: Place, ear: str) -> str:
    """The provider tells that Una is in the call, and how."""
    [(_, _, asked)] = [one for one in floor.provider.asked if one[0] == "monitor"][-1:]
    leg, una = asked["leg"], floor.cast.una.pk
    if not Leg.objects.filter(key=leg).exists():
        floor.provider.tell(place.call, Kind.LEG_ADDED, leg, party="supervisor", user=una)
        floor.provider.tell(place.call, Kind.LEG_ANSWERED, leg, party="supervisor", user=una)
    floor.provider.tell(place.call, Kind.LEG_EAR, leg, party="supervisor", user=una, ear=ear)
    return str(leg)


def panel(floor: Floor) -> str:
    client = Client()
    client.force_login(floor.cast.sam)
    return client.get(reverse("routing:phone")).content.decode()


def test_a_supervisor_listens_whispers_joins_and_leaves(floor: Floor, talking: Place) -> None:
    una = floor.cast.una
    answer = post(una, "listening", talking, ear="listen", sdp="v=0")
    assert answer.json() == {"sdp": "answer to v=0"}
    leg = hears(floor, talking, "listen")
    assert "Una listens" in panel(floor)
    for ear in (Ear.WHISPER, Ear.BARGE):
        words = HEARD[ear]
        assert post(una, "listening", talking, ear=ear).json() == {}
        assert words not in panel(floor), "only an event may say so"
        hears(floor, talking, ear)
        assert words in panel(floor)
    assert post(una, "leaving", talking).status_code == 200
    assert floor.provider.asked[-1][2]["leg"] == leg
    floor.provider.tell(talking.call, Kind.LEG_LEFT, leg, party="supervisor", cause="hung-up")
    assert "Una" not in panel(floor)
    said = AuditEntry.objects.filter(by=una).order_by("pk").values_list("verb", "detail")
    asked = "call monitoring asked"
    assert list(said) == [
        (asked, {"ear": "listen"}),
        (asked, {"ear": "whisper"}),
        (asked, {"ear": "barge"}),
        ("monitoring ended", {}),
    ]


def test_listening_again_is_a_leg_of_its_own(floor: Floor, talking: Place) -> None:
    post(floor.cast.una, "listening", talking, ear="listen", sdp="v=0")
    first = hears(floor, talking, "listen")
    post(floor.cast.una, "listening", talking, ear="listen", sdp="v=0")
    assert hears(floor, talking, "listen") == first
    floor.provider.tell(talking.call, Kind.LEG_LEFT, first, party="supervisor", cause="hung-up")
    post(floor.cast.una, "listening", talking, ear="listen", sdp="v=0")
    assert hears(floor, talking, "listen") != first


def test_the_agent_is_not_told_where_the_policy_says_so(
    floor: Floor, talking: Place, settings: Settings
) -> None:
    settings.MONITORING_IS_SHOWN = False
    post(floor.cast.una, "listening", talking, ear="listen", sdp="v=0")
    hears(floor, talking, "listen")
    assert "Una" not in panel(floor)


def test_a_call_of_another_team_does_not_exist(floor: Floor, talking: Place) -> None:
    leader = person("Leader", Role.SUPERVISOR, floor.cast.other_team)
    before = floor.provider.verbs()
    for name in ("listening", "leaving"):
        assert post(leader, name, talking, ear="listen", sdp="v=0").status_code == 404
        assert post(floor.cast.sam, name, talking, ear="listen", sdp="v=0").status_code == 403
    assert floor.provider.verbs() == before
    assert not AuditEntry.objects.filter(verb__contains="monitoring").exists()


@pytest.mark.parametrize(
    ("ear", "sdp", "status"), [("spy", "v=0", 422), ("", "", 422), ("whisper", "", 409)]
)
def test_what_cannot_be_is_refused(
    floor: Floor, talking: Place, ear: str, sdp: str, status: int
) -> None:
    assert post(floor.cast.una, "listening", talking, ear=ear, sdp=sdp).status_code == status
    assert "monitor" not in floor.provider.verbs()


def test_nobody_listens_to_a_caller_who_waits(floor: Floor) -> None:
    place = floor.calls_in()
    answer = post(floor.cast.una, "listening", place, ear="listen", sdp="v=0")
    assert answer.status_code == 409
    assert floor.provider.verbs() == ["open"]


@pytest.mark.parametrize(
    ("error", "status"), [(CallRefused("over"), 409), (GatewayUnavailable("silent"), 503)]
)
def test_a_provider_that_does_not_do_it_is_told_in_words(
    floor: Floor, talking: Place, error: Exception, status: int
) -> None:
    floor.provider.fails = error  # type: ignore[assignment]
    answer = post(floor.cast.una, "listening", talking, ear="listen", sdp="v=0")
    assert answer.status_code == status
    assert answer.json()["message"]
    assert not Leg.objects.filter(party="supervisor").exists()
