"""What an agent does with a call, over HTTP, as the phone in the console does it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEntry, User
from interactions.models import Interaction
from routing.assignment import offer_waiting
from routing.models import AgentPhone, CallBack, Consultation, Match, Place, PlaceState
from telephony.gateway import CallRefused, GatewayUnavailable
from telephony.models import Call, Leg
from telephony.protocol import Kind
from tests.floor import Floor

HTMX = {"HX-Request": "true"}


def as_(user: User) -> Client:
    client = Client(headers=HTMX)
    client.force_login(user)
    return client


def post(user: User, name: str, data: dict[str, Any] | None = None, **parts: Any) -> Any:
    return as_(user).post(reverse(f"routing:{name}", kwargs=parts), data or {})


@pytest.fixture
def talking(floor: Floor) -> Place:
    """Ada's number has called, and Sam talks with whoever it is."""
    floor.at_work(floor.cast.sam)
    number = floor.cast.ada.contact_points.get(channel="voice").value
    place = floor.calls_in(number)
    offer_waiting()
    return floor.answers(place)


def test_before_the_answer_a_maybe_is_a_name_and_nothing_more(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    number = floor.cast.ada.contact_points.get(channel="voice").value
    place = floor.calls_in(number)
    offer_waiting()
    floor.rings(place)
    page = as_(floor.cast.sam).get(reverse("routing:phone")).content.decode()
    assert "Maybe" in page
    assert "Ada Byron" in page
    assert number not in page
    assert reverse("routing:connection", args=[place.leg]) in page


def test_answering_gives_the_browser_its_connection(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    offer_waiting()
    floor.rings(place)
    answer = post(floor.cast.sam, "connection", {"sdp": "v=0"}, key=place.leg)
    assert answer.json() == {"sdp": "answer to v=0"}


def test_nobody_answers_a_call_that_rings_for_somebody_else(floor: Floor) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    offer_waiting()
    floor.rings(place)
    for name in ("connection", "refusal"):
        assert post(floor.cast.rae, name, {"sdp": "v=0"}, key=place.leg).status_code == 404
    assert floor.provider.verbs() == ["open", "invite"]


@pytest.mark.parametrize("sdp", ["", "x" * 20_001])
def test_an_unusable_connection_is_refused_in_words(floor: Floor, sdp: str) -> None:
    floor.at_work(floor.cast.sam)
    place = floor.calls_in()
    offer_waiting()
    floor.rings(place)
    answer = post(floor.cast.sam, "connection", {"sdp": sdp}, key=place.leg)
    assert answer.status_code == 422
    assert "Reload the page" in answer.content.decode()
    assert "attach" not in floor.provider.verbs()


def test_hold_and_talk_again_are_asked_of_the_provider_alone(floor: Floor, talking: Place) -> None:
    post(floor.cast.sam, "hold")
    assert floor.provider.asked[-1][2] == {"leg": talking.call.customer_leg, "is_held": True}
    customer = Leg.objects.get(key=talking.call.customer_leg)
    assert customer.held_since is None
    floor.provider.tell(talking.call, Kind.LEG_HELD, customer.key, party="customer")
    page = as_(floor.cast.sam).get(reverse("routing:phone")).content.decode()
    assert "On hold" in page
    post(floor.cast.sam, "hold", {"over": "1"})
    assert floor.provider.asked[-1][2]["is_held"] is False


def test_hanging_up_ends_the_call_for_both(
    floor: Floor, talking: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    post(floor.cast.sam, "ending")
    verb, _, detail = floor.provider.asked[-1]
    assert (verb, detail["leg"], detail["cause"]) == ("drop", talking.leg, "hung-up")
    talking.refresh_from_db()
    assert talking.state == PlaceState.TALKING  # until the provider says that the leg has gone
    with django_capture_on_commit_callbacks(execute=True):
        floor.leaves(talking, "hung-up")
    assert floor.provider.verbs()[-2:] == ["drop", "end"]
    assert (talking.state, talking.call.state) == (PlaceState.DONE, "in-progress")
    floor.provider.tell(talking.call, Kind.CALL_ENDED, cause="lost")
    assert CallBack.objects.count() == 0  # nothing was cut off: they had said good-bye


def test_a_colleague_who_is_there_keeps_the_customer(
    floor: Floor, talking: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    asked = ask_rae(floor, talking)
    rae = floor.cast.rae.pk
    floor.provider.tell(talking.call, Kind.LEG_ANSWERED, asked.leg, party="agent", user=rae)
    post(floor.cast.sam, "ending")
    with django_capture_on_commit_callbacks(execute=True):
        floor.leaves(talking, "hung-up")
    assert "end" not in floor.provider.verbs()


def test_a_colleague_who_still_rings_is_let_go_with_the_customer(
    floor: Floor, talking: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    asked = ask_rae(floor, talking)
    rae: dict[str, Any] = {"party": "agent", "user": floor.cast.rae.pk}
    floor.provider.tell(talking.call, Kind.LEG_RINGING, asked.leg, **rae)
    post(floor.cast.sam, "ending")
    dropped = [detail["leg"] for verb, _, detail in floor.provider.asked if verb == "drop"]
    assert dropped == [asked.leg, talking.leg]
    floor.provider.tell(talking.call, Kind.LEG_LEFT, asked.leg, cause="canceled", **rae)
    with django_capture_on_commit_callbacks(execute=True):
        floor.leaves(talking, "hung-up")
    assert floor.provider.verbs()[-1] == "end"


def test_a_provider_that_is_silent_is_told_and_nothing_changes(
    floor: Floor, talking: Place
) -> None:
    before = (list(Call.objects.values()), list(Place.objects.values()))
    floor.provider.fails = GatewayUnavailable("The telephone does not answer. Try again.")
    for name in ("hold", "ending"):
        answer = post(floor.cast.sam, name)
        assert answer.status_code == 503
        assert "The telephone does not answer" in answer.content.decode()
    floor.provider.fails = CallRefused("This call is over.")
    assert post(floor.cast.sam, "hold").status_code == 409
    assert (list(Call.objects.values()), list(Place.objects.values())) == before


def test_confirming_the_caller_opens_their_contact_once(floor: Floor, talking: Place) -> None:
    sam, ada = floor.cast.sam, floor.cast.ada.pk
    first = post(sam, "caller", pk=talking.pk, customer_id=ada)
    second = post(sam, "caller", pk=talking.pk, customer_id=ada)
    interaction = Interaction.objects.get()
    assert (interaction.call, interaction.customer) == (talking.call, floor.cast.ada)
    assert (interaction.channel, interaction.direction) == ("voice", "inbound")
    assert interaction.contact_reason == floor.cast.closing
    assert first["HX-Redirect"] == second["HX-Redirect"]
    assert AuditEntry.objects.filter(verb="caller confirmed").count() == 1


def test_another_agents_caller_and_another_teams_customer_do_not_exist(
    floor: Floor, talking: Place
) -> None:
    stranger = floor.cast.stranger
    ada = floor.cast.ada.pk
    assert post(floor.cast.rae, "caller", pk=talking.pk, customer_id=ada).status_code == 404
    assert post(stranger, "caller", pk=talking.pk, customer_id=ada).status_code == 404
    assert post(floor.cast.rae, "somebody_else", pk=talking.pk).status_code == 404
    assert Interaction.objects.count() == 0


def test_a_maybe_that_is_somebody_else_is_forgotten(floor: Floor, talking: Place) -> None:
    page = post(floor.cast.sam, "somebody_else", pk=talking.pk).content.decode()
    talking.refresh_from_db()
    assert (talking.match, talking.customer) == (Match.NOBODY, None)
    assert "Ada Byron" not in page


def ask_rae(floor: Floor, talking: Place) -> Consultation:
    floor.at_work(floor.cast.rae)
    post(
        floor.cast.sam,
        "consultation",
        {"to": floor.cast.rae.pk, "brief": "Wants to close; has a card on its way."},
    )
    return Consultation.objects.get()


def test_a_colleague_is_asked_with_a_brief_while_the_customer_is_held(
    floor: Floor, talking: Place
) -> None:
    asked = ask_rae(floor, talking)
    (hold, _, held), (invite, _, invited) = floor.provider.asked[-2:]
    assert (hold, held["is_held"]) == ("hold", True)
    assert (invite, invited["user"], invited["leg"]) == ("invite", floor.cast.rae.pk, asked.leg)
    floor.provider.tell(
        talking.call, Kind.LEG_RINGING, asked.leg, party="agent", user=floor.cast.rae.pk
    )
    page = as_(floor.cast.rae).get(reverse("routing:phone")).content.decode()
    assert "Wants to close; has a card on its way." in page
    assert "Sam asks you" in page


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ([], "whose phone rings"),
        ([Kind.LEG_RINGING], "whose phone rings"),
        ([Kind.LEG_RINGING, Kind.LEG_ANSWERED], "who is on the line"),
        ([Kind.LEG_RINGING, Kind.LEG_LEFT], "is not on the line. Go back to the customer"),
    ],
)
def test_who_asks_sees_how_far_the_colleague_is(
    floor: Floor, talking: Place, kinds: list[Kind], words: str
) -> None:
    asked = ask_rae(floor, talking)
    for kind in kinds:
        floor.provider.tell(
            talking.call, kind, asked.leg, party="agent", user=floor.cast.rae.pk, cause="no-answer"
        )
    assert words in as_(floor.cast.sam).get(reverse("routing:phone")).content.decode()


@pytest.mark.parametrize("brief", ["", "   "])
def test_nobody_is_asked_without_a_brief(floor: Floor, talking: Place, brief: str) -> None:
    floor.at_work(floor.cast.rae)
    answer = post(floor.cast.sam, "consultation", {"to": floor.cast.rae.pk, "brief": brief})
    assert answer.status_code == 422
    assert "nobody has to ask twice" in answer.content.decode()
    assert Consultation.objects.count() == 0
    assert "hold" not in floor.provider.verbs()


def test_a_colleague_who_is_not_free_cannot_be_asked(floor: Floor, talking: Place) -> None:
    answer = post(floor.cast.sam, "consultation", {"to": floor.cast.rae.pk, "brief": "x"})
    assert answer.status_code == 422
    assert Consultation.objects.count() == 0


def test_handing_over_needs_a_colleague_who_has_answered(floor: Floor, talking: Place) -> None:
    ask_rae(floor, talking)
    answer = post(floor.cast.sam, "handover")
    assert answer.status_code == 422
    assert "has not answered yet" in answer.content.decode()
    assert Consultation.objects.get().handed_over_at is None


def test_the_call_its_contact_and_the_brief_go_to_the_colleague(
    floor: Floor, talking: Place
) -> None:
    interaction = talking.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    interaction.save_notes(text="Has asked twice.", version=0)
    asked = ask_rae(floor, talking)
    rae = floor.cast.rae
    floor.provider.tell(talking.call, Kind.LEG_ANSWERED, asked.leg, party="agent", user=rae.pk)
    assert post(floor.cast.sam, "handover").status_code == 200
    talking.refresh_from_db()
    interaction.refresh_from_db()
    assert (talking.state, talking.agent, talking.leg) == (PlaceState.TALKING, rae, asked.leg)
    assert interaction.agent == rae
    assert interaction.notes.startswith("[from Sam] Wants to close")
    assert interaction.notes.endswith("Has asked twice.")
    (hold, _, held), (drop, _, dropped) = floor.provider.asked[-2:]
    assert (hold, held["is_held"]) == ("hold", False)
    assert (drop, dropped["cause"]) == ("drop", "transferred")


def test_back_to_the_customer_ends_the_asking(floor: Floor, talking: Place) -> None:
    asked = ask_rae(floor, talking)
    floor.provider.tell(
        talking.call, Kind.LEG_RINGING, asked.leg, party="agent", user=floor.cast.rae.pk
    )
    assert post(floor.cast.sam, "return").status_code == 200
    assert Consultation.objects.get().returned_at is not None
    (drop, _, dropped), (_, _, held) = floor.provider.asked[-2:]
    assert (drop, dropped["leg"]) == ("drop", asked.leg)
    assert held["is_held"] is False


def test_one_page_is_the_phone_and_another_takes_over_when_it_is_gone(floor: Floor) -> None:
    sam = floor.cast.sam
    assert post(sam, "life", {"tab": "one"}).json() == {"is_phone": True}
    assert post(sam, "life", {"tab": "two"}).json() == {"is_phone": False}
    post(sam, "life", {"tab": "one", "gone": "1"})
    assert post(sam, "life", {"tab": "two"}).json() == {"is_phone": True}
    assert AgentPhone.objects.get().tab == "two"


def pass_to_rae(floor: Floor) -> Any:
    floor.at_work(floor.cast.rae)
    said = {"to": floor.cast.rae.pk, "brief": "Wants to close.", "straight": "1"}
    return post(floor.cast.sam, "consultation", said)


def test_a_call_is_handed_straight_to_a_colleagues_phone(floor: Floor, talking: Place) -> None:
    interaction = talking.confirm(customer=floor.cast.ada, by=floor.cast.sam)
    sam, rae = floor.cast.sam, floor.cast.rae
    assert pass_to_rae(floor).status_code == 200
    (invite, _, invited), (drop, _, dropped) = floor.provider.asked[-2:]
    assert (invite, invited["user"], drop, dropped["cause"]) == (
        "invite",
        rae.pk,
        "drop",
        "transferred",
    )
    floor.rings(talking)
    page = as_(rae).get(reverse("routing:phone")).content.decode()
    assert "hands you a call" in page
    assert "Wants to close." in page
    interaction.refresh_from_db()
    assert interaction.agent == sam  # until somebody has answered
    floor.answers(talking)
    interaction.refresh_from_db()
    assert (talking.state, talking.agent, interaction.agent) == (PlaceState.TALKING, rae, rae)
    assert interaction.notes.startswith("[from Sam] Wants to close.")


def test_a_colleague_who_does_not_answer_leaves_the_caller_first_in_the_queue(
    floor: Floor, talking: Place
) -> None:
    entered_at = talking.entered_at
    pass_to_rae(floor)
    floor.rings(talking)
    floor.leaves(talking, "no-answer")
    assert talking.state in {PlaceState.WAITING, PlaceState.OFFERED}
    assert talking.entered_at == entered_at
    assert floor.cast.rae.pk in talking.passed_by


def test_a_phone_that_cannot_be_rung_leaves_the_call_where_it_is(
    floor: Floor, talking: Place
) -> None:
    floor.at_work(floor.cast.rae)
    floor.provider.fails = GatewayUnavailable("The telephone does not answer. Try again.")
    assert pass_to_rae(floor).status_code == 503
    talking.refresh_from_db()
    assert (talking.state, talking.agent) == (PlaceState.TALKING, floor.cast.sam)
    assert Consultation.objects.count() == 0


def test_a_call_is_not_handed_on_while_a_colleague_is_being_asked(
    floor: Floor, talking: Place
) -> None:
    ask_rae(floor, talking)
    assert pass_to_rae(floor).status_code == 422
    talking.refresh_from_db()
    assert (talking.state, talking.agent) == (PlaceState.TALKING, floor.cast.sam)


def test_another_window_can_be_made_the_phone(floor: Floor) -> None:
    sam = floor.cast.sam
    post(sam, "life", {"tab": "one"})
    assert post(sam, "life", {"tab": "two", "takes": "1"}).json() == {"is_phone": True}
    assert post(sam, "life", {"tab": "one"}).json() == {"is_phone": False}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([("call.ended", "switch-gone")], "cut off. We owe them a call"),
        ([("leg.left", "lost")], "goes to whoever is free next"),
        ([("leg.left", "lost"), ("call.ended", "hung-up")], "the call is over by now"),
        ([("call.ended", "hung-up")], ""),
    ],
)
def test_a_phone_that_lost_its_call_is_told_what_became_of_it(
    floor: Floor, talking: Place, told: list[tuple[str, str]], words: str
) -> None:
    for kind, cause in told:
        leg = talking.leg if kind == "leg.left" else ""
        detail: dict[str, Any] = {"party": "agent", "user": floor.cast.sam.pk} if leg else {}
        floor.provider.tell(talking.call, Kind(kind), leg, cause=cause, **detail)
    asked = {"tab": f"tab-{floor.cast.sam.pk}", "leg": talking.leg}
    said = post(floor.cast.sam, "life", asked).json()
    assert said["is_phone"] is True
    assert words in said["words"]
    assert bool(words) == bool(said["words"])
    assert post(floor.cast.rae, "life", {"tab": "r", "leg": talking.leg}).json()["words"] == ""
