"""A needs review's call: permitted when it is asked for and when it is dialled, and one contact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from followups import reviewing
from interactions.models import Interaction
from needs.models import NeedsReview, ReviewSettled
from routing.models import DialDecision, OutboundCall
from routing.outbound import NotDialled, PhoneNotReady, place_due
from telephony.models import Call, CallerId, SuppressionEntry
from telephony.protocol import Cause, Kind
from tests.cast import contact
from tests.floor import Floor, open_floor
from tests.followups.scenes import NOON
from tests.followups.test_reviewing import (
    closing,
    complain,
    hear_enough,
    lose_the_phone,
    review,
    withdraw_consent,
)
from tests.threads import at_once

ADAS = "+442079460101"
Happens = Callable[[Any], object]


@pytest.fixture
def bank(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Floor]:
    """A floor at a Monday's noon, with a number of ours and Sam's phone in a window."""
    found = open_floor(settings, monkeypatch)
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on=date(2026, 1, 5))
    with time_machine.travel(NOON):
        found.at_work(found.cast.sam)
        yield found


def called(bank: Floor) -> tuple[NeedsReview, OutboundCall]:
    """Asked for by Sam, and placed at the provider."""
    waiting = review(bank.cast)
    reviewing.call(waiting, by=bank.cast.sam)
    place_due()
    waiting.refresh_from_db()
    asked = reviewing.last_call(waiting)
    assert asked
    return waiting, asked


def agent_comes(bank: Floor, asked: OutboundCall, capture: Any) -> None:
    with capture(execute=True):
        bank.provider.tell(
            asked.call, Kind.LEG_ANSWERED, asked.leg or "", party="agent", user=asked.agent_id
        )


def suppress(_: object) -> None:
    SuppressionEntry.suppress(number=ADAS, reason="Said so")


def number_changes(cast: Any) -> None:
    cast.ada.contact_points.filter(channel="voice").update(is_preferred=False)
    cast.ada.add_contact_point(by=None, channel="voice", value="+442079460155", is_preferred=True)


def looked_at(cast: Any) -> None:
    NeedsReview.objects.get(done_at=None).finish(by=cast.rae)


REFUSALS = [
    (suppress, "do_not_call"),
    (withdraw_consent, "consent_withdrawn"),
    (complain, "complaint_open"),
    (hear_enough, "heard_enough"),
    (lambda cast: contact(cast, cast.ada), "in_contact"),
]


def test_the_contact_of_the_call_is_the_reviews(bank: Floor) -> None:
    waiting, asked = called(bank)
    begun = waiting.begun_in
    assert begun is not None
    assert (begun.call, begun.subject, begun.agent) == (asked.call, "Needs review", bank.cast.sam)
    assert (begun.direction, begun.is_follow_up) == ("outbound", False)
    assert (asked.call.remote_number, asked.call.purpose) == (ADAS, "needs_review")
    assert (asked.about, asked.customer) == (waiting.pk, bank.cast.ada)
    assert bank.provider.verbs() == ["open", "invite"]


def test_their_phone_rings_after_the_rules_were_asked_twice(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    _, asked = called(bank)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    assert bank.provider.verbs() == ["open", "invite", "ring"]
    decisions = list(DialDecision.objects.values_list("purpose", "when", "is_allowed", "rule"))
    assert decisions == [
        ("needs_review", "queued", True, "permitted"),
        ("needs_review", "dialling", True, "permitted"),
    ]


@pytest.mark.parametrize(("happens", "rule"), REFUSALS)
def test_refused_when_asked_for_nothing_is_opened(bank: Floor, happens: Happens, rule: str) -> None:
    waiting = review(bank.cast)
    happens(bank.cast)
    before = Interaction.objects.count()
    with pytest.raises(NotDialled):
        reviewing.call(waiting, by=bank.cast.sam)
    decision = DialDecision.objects.get()
    assert (decision.when, decision.is_allowed, decision.rule) == ("queued", False, rule)
    assert Interaction.objects.count() == before
    assert not Call.objects.filter(direction="outbound").exists()
    waiting.refresh_from_db()
    assert waiting.begun_in is None


def test_at_night_nobody_is_called(bank: Floor) -> None:
    waiting = review(bank.cast)
    with time_machine.travel(NOON + timedelta(hours=11)):
        bank.at_work(bank.cast.sam)
        with pytest.raises(NotDialled, match="Outside the calling hours"):
            reviewing.call(waiting, by=bank.cast.sam)
    assert DialDecision.objects.get().rule == "outside_hours"


def test_without_a_number_there_is_nothing_to_decide(bank: Floor) -> None:
    waiting = review(bank.cast)
    lose_the_phone(bank.cast)
    with pytest.raises(NotDialled, match="No phone number"):
        reviewing.call(waiting, by=bank.cast.sam)
    assert not DialDecision.objects.exists()
    assert not Interaction.objects.filter(subject=reviewing.SUBJECT).exists()


@pytest.mark.parametrize(
    ("happens", "rule"),
    [
        *REFUSALS[:4],
        (number_changes, "number_changed"),
        (lose_the_phone, "no_phone"),
        (looked_at, "review_settled"),
    ],
)
def test_refused_at_the_moment_of_dialling_the_agent_sees_why(
    bank: Floor,
    django_capture_on_commit_callbacks: Any,
    client: Client,
    happens: Happens,
    rule: str,
) -> None:
    waiting, asked = called(bank)
    happens(bank.cast)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    assert bank.provider.verbs() == ["open", "invite", "end"]
    assert bank.provider.asked[-1][2] == {"cause": Cause.CANCELED}
    decision = DialDecision.objects.get(when="dialling")
    assert (decision.is_allowed, decision.rule) == (False, rule)
    told = f"Not dialled: {decision.words}."
    client.force_login(bank.cast.sam)
    assert f'data-why="{told}"' in client.get(reverse("routing:phone")).content.decode()
    strip = client.get(reverse("followups:review_of_contact", args=[waiting.begun_in_id]))
    assert told in strip.content.decode()


def test_a_call_that_came_to_nothing_is_made_again_in_the_same_contact(bank: Floor) -> None:
    waiting, asked = called(bank)
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause="failed")
    again = reviewing.call(NeedsReview.objects.get(pk=waiting.pk), by=bank.cast.sam)
    assert again.pk == waiting.begun_in_id
    second = reviewing.last_call(waiting)
    assert second is not None
    assert second.pk != asked.pk
    assert Interaction.objects.get(pk=again.pk).call == second.call
    assert Interaction.objects.filter(subject=reviewing.SUBJECT).count() == 1


def test_a_phone_that_has_rung_rings_again_only_in_another_contact(
    bank: Floor, django_capture_on_commit_callbacks: Any
) -> None:
    waiting, asked = called(bank)
    agent_comes(bank, asked, django_capture_on_commit_callbacks)
    bank.provider.tell(asked.call, Kind.LEG_RINGING, asked.call.customer_leg, party="customer")
    bank.provider.tell(asked.call, Kind.CALL_ENDED, cause="no-answer")
    first = reviewing.call(NeedsReview.objects.get(pk=waiting.pk), by=bank.cast.sam)
    assert OutboundCall.objects.count() == 1
    closing(bank.cast, first, outcome="not_reached")
    second = reviewing.call(NeedsReview.objects.get(pk=waiting.pk), by=bank.cast.sam)
    assert second.pk != first.pk
    assert OutboundCall.objects.count() == 2


def test_a_colleague_cannot_call_about_a_review_that_is_begun(bank: Floor) -> None:
    waiting, _ = called(bank)
    bank.at_work(bank.cast.rae)
    with pytest.raises(ReviewSettled):
        reviewing.call(NeedsReview.objects.get(pk=waiting.pk), by=bank.cast.rae)
    assert OutboundCall.objects.count() == 1


def test_without_a_phone_in_a_window_nothing_happens(bank: Floor) -> None:
    waiting = review(bank.cast)
    with pytest.raises(PhoneNotReady):
        reviewing.call(waiting, by=bank.cast.rae)
    assert not DialDecision.objects.exists()
    assert not Interaction.objects.filter(subject=reviewing.SUBJECT).exists()


@pytest.mark.django_db(transaction=True)
def test_pressed_often_it_is_one_call_and_one_contact(bank: Floor) -> None:
    waiting = review(bank.cast)
    stale = [NeedsReview.objects.select_related("customer").get(pk=waiting.pk) for _ in range(4)]
    contacts = at_once(4, lambda number: reviewing.call(stale[number], by=bank.cast.sam).pk)
    assert len(set(contacts)) == 1
    assert OutboundCall.objects.count() == 1
    assert Interaction.objects.filter(subject=reviewing.SUBJECT).count() == 1


def test_my_work_the_card_and_the_contact_have_the_key(bank: Floor, client: Client) -> None:
    waiting = review(bank.cast)
    address = reverse("followups:review_call", args=[waiting.pk])
    client.force_login(bank.cast.sam)
    for page in ("reviews", "review"):
        parts = [waiting.pk] if page == "review" else []
        shown = client.get(reverse(f"followups:{page}", args=parts)).content.decode()
        assert f'hx-post="{address}"' in shown
        assert 'data-key="c"' in shown
    went = client.post(address)
    begun = Interaction.objects.get(subject=reviewing.SUBJECT)
    assert went["Location"] == reverse("console:contact", args=[begun.pk])
    strip = reverse("followups:review_of_contact", args=[begun.pk])
    assert strip in client.get(went["Location"]).content.decode()
    assert "Connecting you first" in client.get(strip).content.decode()
    assert 'data-key="c"' not in client.get(strip).content.decode()
    failed = OutboundCall.objects.get().call
    bank.provider.tell(failed, Kind.CALL_ENDED, cause="failed")
    assert f'hx-post="{address}"' in client.get(strip).content.decode()


def test_a_contact_that_is_no_review_shows_no_call_about_needs(bank: Floor, client: Client) -> None:
    client.force_login(bank.cast.sam)
    other = contact(bank.cast, bank.cast.ben)
    strip = reverse("followups:review_of_contact", args=[other.pk])
    assert client.get(strip).content.strip() == b""
