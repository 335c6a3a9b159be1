"""Satisfied is the moment for the next cycle: the look at the needs comes up when it is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from customers.budget import draw
from customers.models import Customer, Purpose
from followups import reviewing
from followups.errors import NotPermittedNow
from interactions.models import Interaction, WrapUpCode
from needs.models import NeedsReview, ReviewInThePast, ReviewSettled
from service.models import ServiceRequest
from tests.cast import Cast, contact
from tests.followups.scenes import NOON, answers, begun, default_policy
from tests.world import logged_in

pytestmark = pytest.mark.usefixtures("noon")
TODAY = date(2026, 11, 23)


def consent(person: Customer, *, is_granted: bool = True) -> None:
    person.record_consent(
        by=None,
        purpose=Purpose.MARKETING,
        channel="voice",
        is_granted=is_granted,
        source="branch",
        wording_version="2026-1",
    )


def review(cast: Cast, person: Customer | None = None, *, due_on: date = TODAY) -> NeedsReview:
    """Due today, of a customer who agreed to such a call."""
    person = person or cast.ada
    asked = contact(cast, person)
    asked.close(by=cast.sam, wrap_up_code=cast.helped, summary="Asked")
    consent(person)
    return NeedsReview.start(customer=person, interaction=asked, owner=cast.sam, due_on=due_on)


def due(cast: Cast) -> list[NeedsReview]:
    return reviewing.due_now(user=cast.sam)


def test_a_review_comes_up_on_its_day_and_not_before(cast: Cast) -> None:
    tomorrow = review(cast, due_on=TODAY + timedelta(days=1))
    assert due(cast) == []
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert due(cast) == [tomorrow]
        assert reviewing.due_now(user=cast.rae) == []
        assert reviewing.permitted(user=cast.una, on=timezone.localdate()).count() == 1
        assert not reviewing.permitted(user=cast.stranger, on=timezone.localdate()).exists()


def withdraw_consent(cast: Cast) -> None:
    consent(cast.ada, is_granted=False)


def complain(cast: Cast) -> None:
    ServiceRequest.open_request(
        customer=cast.ada,
        request_type=cast.complaint_request,
        subject="Third time",
        owner=cast.sam,
        by=cast.sam,
    )


def hear_enough(cast: Cast) -> None:
    for offer in range(3):
        draw(
            customer_id=cast.ada.pk,
            purpose="marketing",
            channel="voice",
            what="offer",
            subject_id=offer,
            limits=None,
            by=cast.sam,
        )


def lose_the_phone(cast: Cast) -> None:
    cast.ada.contact_points.filter(channel="voice").delete()


@pytest.mark.parametrize(
    "happens",
    [withdraw_consent, complain, hear_enough, lose_the_phone, lambda c: contact(c, c.ada)],
)
def test_who_may_not_be_called_about_needs_does_not_come_up(
    cast: Cast, happens: Callable[[Cast], object]
) -> None:
    waiting = review(cast)
    assert due(cast) == [waiting]
    happens(cast)
    assert due(cast) == []


def test_nobody_comes_up_at_night(cast: Cast) -> None:
    review(cast)
    with time_machine.travel(NOON + timedelta(hours=11), tick=False):
        assert due(cast) == []


@pytest.mark.parametrize("happens", [withdraw_consent, complain, lose_the_phone])
def test_the_rules_are_asked_again_when_the_call_is_begun(
    cast: Cast, happens: Callable[[Cast], object]
) -> None:
    waiting = review(cast)
    happens(cast)
    with pytest.raises(NotPermittedNow):
        reviewing.begin(waiting, by=cast.sam)
    assert not Interaction.objects.filter(subject=reviewing.SUBJECT).exists()
    waiting.refresh_from_db()
    assert waiting.begun_in is None


def closing(cast: Cast, contact: Interaction, *, outcome: str) -> None:
    code, _ = WrapUpCode.objects.get_or_create(code=outcome, name=outcome, outcome=outcome)
    contact.close(by=cast.sam, wrap_up_code=code, summary="")


def test_a_review_is_begun_once_and_comes_back_when_nobody_was_reached(cast: Cast) -> None:
    waiting = review(cast)
    stale = NeedsReview.objects.get()
    first = reviewing.begin(waiting, by=cast.sam)
    assert (first.agent, first.direction, first.is_follow_up) == (cast.sam, "outbound", False)
    with pytest.raises(ReviewSettled):
        reviewing.begin(stale, by=cast.rae)
    assert Interaction.objects.filter(subject=reviewing.SUBJECT).count() == 1
    assert due(cast) == []
    closing(cast, first, outcome="not_reached")
    assert due(cast) == [waiting]
    second = reviewing.begin(NeedsReview.objects.get(), by=cast.sam)
    closing(cast, second, outcome="resolved")
    assert due(cast) == []


def test_a_newer_good_answer_ends_the_look_that_was_waiting(cast: Cast) -> None:
    default_policy()
    old = review(cast)
    begun(cast, cast.ada).record_answers(by=cast.sam, answers=answers())
    old.refresh_from_db()
    assert old.done_at == NOON
    newest = NeedsReview.objects.open().get()
    assert newest.due_on == TODAY + timedelta(days=180)
    assert due(cast) == []


def test_of_several_open_looks_only_the_newest_counts(cast: Cast) -> None:
    """Rows that came in by bulk, where no verb ended the older ones."""
    old = review(cast, due_on=TODAY - timedelta(days=200))
    newest = review(cast, due_on=TODAY)
    NeedsReview.objects.filter(pk=old.pk).update(done_at=None)
    assert due(cast) == [newest]


def test_a_review_is_settled_or_put_off(cast: Cast) -> None:
    waiting = review(cast)
    with pytest.raises(ReviewInThePast):
        waiting.put_off(by=cast.sam, to=TODAY)
    waiting.put_off(by=cast.sam, to=TODAY + timedelta(days=7))
    waiting.refresh_from_db()
    assert (waiting.due_on, due(cast)) == (TODAY + timedelta(days=7), [])
    waiting.finish(by=cast.sam)
    with pytest.raises(ReviewSettled):
        waiting.finish(by=cast.rae)
    with pytest.raises(ReviewSettled):
        waiting.put_off(by=cast.rae, to=TODAY + timedelta(days=9))
    waiting.refresh_from_db()
    assert (waiting.done_at, waiting.done_by) == (NOON, cast.sam)
    verbs = AuditEntry.objects.filter(subject_type="needs.needsreview").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "needs review started",
        "needs review put off",
        "needs review done",
    ]


def test_my_work_leads_to_the_review_and_its_call(cast: Cast) -> None:
    people: list[Model] = [cast.ada, cast.ben]
    for person in people:
        review(cast, person)  # type: ignore[arg-type]
    waiting, client = NeedsReview.objects.get(customer=cast.ada), logged_in(cast.sam)
    assert reverse("followups:reviews") in client.get(reverse("console:work")).content.decode()
    group = client.get(reverse("followups:reviews")).content.decode()
    assert "Needs reviews due<span>2</span>" in group
    address = f"{reverse('console:customer', args=[cast.ada.pk])}?review={waiting.pk}"
    assert address in group
    assert reverse("followups:review", args=[waiting.pk]) in client.get(address).content.decode()
    card = client.get(reverse("followups:review", args=[waiting.pk])).content.decode()
    assert "Begin the call" in card
    went = client.post(reverse("followups:review_begin", args=[waiting.pk]))
    call = Interaction.objects.get(subject=reviewing.SUBJECT)
    assert went["Location"] == reverse("console:contact", args=[call.pk])


def test_a_review_is_settled_from_its_card(cast: Cast) -> None:
    waiting, client = review(cast), logged_in(cast.sam)
    address = reverse("followups:review_settlement", args=[waiting.pk])
    assert client.post(address, {"due_on": "soon"}).status_code == 422
    assert client.post(address, {"due_on": "2026-11-22"}).status_code == 422
    later = client.post(address, {"due_on": "2026-12-01"}).content.decode()
    assert "1 December 2026" in later
    assert b"looked at" in client.post(address, {"to": "done"}).content
    assert client.post(address, {"to": "done"}).status_code == 409
    assert NeedsReview.objects.get().done_by == cast.sam


def test_a_supervisor_sees_how_many_are_due(cast: Cast) -> None:
    review(cast)
    page = logged_in(cast.una).get(reverse("followups:list")).content.decode()
    assert "Needs reviews due: 1" in page
