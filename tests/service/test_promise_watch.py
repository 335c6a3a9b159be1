"""A promise at risk is told of before it breaks: to its owner, its supervisors, its customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from customers.models import ContactDraw
from interactions.models import Interaction, TimelineEntry
from routing.models import DialDecision, OutboundCall
from routing.outbound import NotDialled
from service import forewarning, panels, tasks
from service.forewarning import PromiseNotTold
from service.models import (
    EarlyWarning,
    Promise,
    PromiseStatus,
    ServiceRequest,
    TellingDraft,
    WarningAnswered,
    WarningOutcome,
)
from service.watching import watch
from telephony.models import SuppressionEntry
from tests.cast import Cast, contact
from tests.floor import open_floor
from tests.threads import at_once
from tests.world import logged_in

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; noon in London too
HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(settings: Settings) -> Iterator[None]:
    settings.TELEPHONY_GATEWAY = "own_phone"
    with time_machine.travel(NOON, tick=False):
        yield


def promised(cast: Cast, *, hours: float, made: float = 0, **more: Any) -> Promise:
    """Made so many hours before noon, due so many after it."""
    words = {"customer": cast.ada, "text": "The card arrives", "owner": cast.sam} | more
    return Promise.objects.create(due_at=NOON + hours * HOURS, made_at=NOON - made * HOURS, **words)


def asked_for(cast: Cast, **more: Any) -> ServiceRequest:
    words: dict[str, Any] = {
        "customer": cast.ada,
        "request_type": cast.card_request,
        "subject": "Card",
    }
    return ServiceRequest.open_request(owner=cast.sam, by=cast.sam, **words, **more)


def warned(cast: Cast, **more: Any) -> EarlyWarning:
    promised(cast, hours=4, made=44, **more)
    watch(at=NOON)
    return EarlyWarning.objects.select_related("customer", "promise", "request").get()


@pytest.mark.parametrize(
    ("left", "is_warned"), [(24, False), (12.1, False), (12, True), (1, True), (0, False)]
)
def test_warned_when_a_quarter_of_the_time_is_left_and_nothing_moved(
    cast: Cast, left: float, is_warned: bool
) -> None:
    promised(cast, hours=left, made=48 - left)
    tasks.watch_promises()
    assert EarlyWarning.objects.exists() == is_warned


def test_what_moves_is_warned_of_at_the_last_tenth_only(cast: Cast) -> None:
    request = asked_for(cast)
    promised(cast, hours=12, made=36, request=request)
    request.move(to="in_progress", by=cast.sam)
    assert watch(at=NOON) == 0
    assert watch(at=NOON + 8 * HOURS) == 1
    warning = EarlyWarning.objects.get()
    assert warning.because == "short"
    assert warning.due_at == NOON + 12 * HOURS


def test_the_kind_of_request_may_say_another_share_or_never(cast: Cast) -> None:
    cast.card_request.warning_share = "0.50"
    cast.card_request.save()
    promised(cast, hours=24, made=24, request=asked_for(cast))
    assert watch(at=NOON) == 1
    cast.complaint_request.warning_share = 0
    cast.complaint_request.save()
    never = asked_for(cast, needs_confirmation=True)
    ServiceRequest.objects.filter(pk=never.pk).update(request_type=cast.complaint_request)
    promised(cast, hours=1, made=47, request=never, text="Never warned of")
    assert watch(at=NOON) == 0


def test_a_target_is_watched_where_no_promise_stands_for_it(cast: Cast) -> None:
    request, other = asked_for(cast), asked_for(cast)
    at = request.target_at - 6 * HOURS
    Promise.objects.create(
        customer=cast.ada, text="Later", owner=cast.sam, due_at=at + 900 * HOURS, request=other
    )
    assert watch(at=at) == 1
    assert EarlyWarning.objects.get().request == request
    assert watch(at=at) == 0


def test_the_owner_sees_it_and_in_time_the_supervisor(cast: Cast) -> None:
    warning = warned(cast)
    assert panels.at_risk(user=cast.sam) == [warning]
    assert panels.at_risk(user=cast.rae) == panels.at_risk(user=cast.una) == []
    watch(at=NOON + 2 * HOURS)
    assert panels.at_risk(user=cast.una) == [warning]
    assert panels.at_risk(user=cast.stranger) == []
    first = EarlyWarning.objects.get().escalated_at
    watch(at=NOON + 3 * HOURS)
    assert EarlyWarning.objects.get().escalated_at == first == NOON + 2 * HOURS


def keep(promise: Promise, cast: Cast) -> None:
    promise.keep(by=cast.sam)


def withdraw(promise: Promise, cast: Cast) -> None:
    promise.withdraw(by=cast.sam, because="Not wanted any more")


@pytest.mark.parametrize("act", [keep, withdraw])
def test_whoever_acts_hears_no_more_of_it(cast: Cast, act: Any) -> None:
    act(warned(cast).promise, cast)
    watch(at=NOON + 2 * HOURS)
    warning = EarlyWarning.objects.get()
    assert (warning.outcome, warning.escalated_at) == (WarningOutcome.ACTED, None)
    assert panels.at_risk(user=cast.sam) == []


def test_a_step_on_its_request_is_acting(cast: Cast) -> None:
    request = asked_for(cast)
    warned(cast, request=request)
    with time_machine.travel(NOON + HOURS, tick=False):
        request.move(to="in_progress", by=cast.sam)
    watch(at=NOON + 2 * HOURS)
    assert EarlyWarning.objects.get().outcome == WarningOutcome.ACTED


def test_its_time_comes_first(cast: Cast) -> None:
    warned(cast)
    tasks.break_overdue()
    watch(at=NOON + 5 * HOURS)
    assert EarlyWarning.objects.get().outcome == WarningOutcome.TOO_LATE


def test_told_in_time_the_old_promise_is_not_kept_and_the_new_one_stands(cast: Cast) -> None:
    warning = warned(cast)
    call = forewarning.begin(warning, by=cast.sam)
    assert (call.direction, call.is_follow_up, call.agent) == ("outbound", False, cast.sam)
    new = warning.tell(by=cast.sam, text="The card is there", due_at=NOON + 30 * HOURS)
    old = Promise.objects.get(pk__in=[warning.promise_id])
    assert new is not None
    assert (old.status, old.done_at, old.replaced_by) == (PromiseStatus.BROKEN, None, new)
    assert (new.status, new.owner, new.interaction) == (PromiseStatus.OPEN, cast.sam, call)
    assert list(Promise.objects.owed()) == [new]
    told = TimelineEntry.objects.get(title="Told before it broke: The card arrives")
    assert told.detail == "Promised instead: The card is there"
    assert EarlyWarning.objects.get().outcome == WarningOutcome.NEW_PROMISE
    draw = ContactDraw.objects.get()
    assert (draw.purpose, draw.what, draw.is_owed) == ("service", "promise", True)
    assert (
        Promise.objects.filter(due_at__lt=NOON + 5 * HOURS).break_overdue(at=NOON + 9 * HOURS) == 0
    )


def test_told_without_a_new_time_the_promise_runs_on(cast: Cast) -> None:
    warning = warned(cast)
    forewarning.begin(warning, by=cast.sam)
    assert warning.tell(by=cast.sam, text="", due_at=None) is None
    assert Promise.objects.get().status == PromiseStatus.OPEN
    assert TimelineEntry.objects.filter(title__startswith="Told before it breaks").count() == 1


def test_a_request_at_risk_gets_a_promise_and_keeps_its_target(cast: Cast) -> None:
    request = asked_for(cast)
    target = request.target_at
    at = target - 6 * HOURS
    watch(at=at)
    with time_machine.travel(at.replace(hour=10), tick=False):
        warning = EarlyWarning.objects.get()
        forewarning.begin(warning, by=cast.sam)
        new = warning.tell(by=cast.sam, text="On Monday", due_at=target + 60 * HOURS)
    assert new is not None
    assert new.request == request
    assert ServiceRequest.objects.get().target_at == target


def test_a_customer_is_told_once(cast: Cast) -> None:
    warning = warned(cast)
    call = forewarning.begin(warning, by=cast.sam)
    warning.was_not_reached(by=cast.sam)
    call.close(by=cast.sam, wrap_up_code=cast.not_helped, summary="Not reached")
    again = EarlyWarning.objects.select_related("customer", "promise", "contact").get()
    with pytest.raises(NotDialled, match="seen to this promise already"):
        forewarning.begin(again, by=cast.sam)
    assert watch(at=NOON + HOURS) == 0
    assert Interaction.objects.count() == 1


def test_said_to_be_in_time_nobody_is_called(cast: Cast) -> None:
    warning = warned(cast)
    warning.answer(by=cast.sam)
    with pytest.raises(WarningAnswered):
        warning.answer(by=cast.rae)
    assert EarlyWarning.objects.get().settled_by == cast.sam
    assert AuditEntry.objects.filter(verb="early warning answered").count() == 1


def test_the_contact_is_wrapped_up_after_its_warning(cast: Cast) -> None:
    warning = warned(cast)
    call = forewarning.begin(warning, by=cast.sam)
    with pytest.raises(PromiseNotTold):
        call.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    assert Interaction.objects.get().closed_at is None
    warning.tell(by=cast.sam, text="", due_at=None)
    call.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")


def withdraw_service(cast: Cast) -> None:
    cast.ada.record_consent(
        by=None,
        purpose="service",
        channel="voice",
        is_granted=False,
        source="mail",
        wording_version="1",
    )


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (withdraw_service, "does not want calls about service"),
        (
            lambda _: SuppressionEntry.suppress(number="+442079460101", reason="Said so"),
            "do-not-call list",
        ),
        (lambda cast: cast.ada.contact_points.all().delete(), "No phone number"),
        (lambda cast: contact(cast, cast.ada), "in contact with us"),
    ],
)
def test_what_the_rules_refuse_changes_nothing(cast: Cast, happens: Any, words: str) -> None:
    warning = warned(cast)
    happens(cast)
    before = Interaction.objects.count()
    with pytest.raises(NotDialled, match=words):
        forewarning.begin(warning, by=cast.sam)
    assert Interaction.objects.count() == before
    assert EarlyWarning.objects.get().contact is None


def test_at_night_the_card_says_from_when_on(cast: Cast) -> None:
    warning = warned(cast)
    night = forewarning.standing(warning, at=NOON + 11 * HOURS)
    assert night.ruling.code == "outside_hours"
    assert night.until == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_survey_refused_is_no_reason_not_to_tell(cast: Cast) -> None:
    warning = warned(cast, customer=cast.ben)
    cast.ben.record_consent(
        by=None,
        purpose="survey",
        channel="voice",
        is_granted=False,
        source="mail",
        wording_version="1",
    )
    assert forewarning.standing(warning).ruling.is_allowed


def test_our_switch_asks_the_rules_and_keeps_the_decision(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from telephony.models import CallerId

    floor = open_floor(settings, monkeypatch)
    CallerId.objects.create(number="+442079460000", name="Us", verified_on="2026-01-05")
    floor.at_work(floor.cast.sam)
    warning = warned(floor.cast)
    call = forewarning.call(warning, by=floor.cast.sam)
    assert call.call is not None
    assert OutboundCall.objects.get().about == warning.pk
    decision = DialDecision.objects.get()
    assert (decision.purpose, decision.is_allowed) == ("promise", True)


@pytest.mark.django_db(transaction=True)
def test_two_watches_at_once_warn_and_escalate_once(cast: Cast) -> None:
    for number in range(20):
        promised(cast, hours=4, made=44, text=f"Promise {number}")
    assert sum(at_once(3, lambda _: watch(at=NOON))) == 20
    assert EarlyWarning.objects.count() == 20
    teams = at_once(3, lambda _: EarlyWarning.objects.escalate_due(at=NOON + 3 * HOURS))
    assert EarlyWarning.objects.escalated().count() == 20
    assert any(teams)


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_make_one_contact(cast: Cast) -> None:
    warning = warned(cast)

    def begin(number: int) -> bool:
        mine = EarlyWarning.objects.select_related("customer", "promise").get(pk=warning.pk)
        try:
            forewarning.begin(mine, by=(cast.sam, cast.rae)[number])
        except (WarningAnswered, NotDialled):
            return False
        return True

    assert sorted(at_once(2, begin)) == [False, True]
    assert Interaction.objects.count() == 1


def test_a_replaced_promise_is_never_said_to_be_kept(cast: Cast) -> None:
    old, new = promised(cast, hours=4), promised(cast, hours=9, text="Another")
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=old.pk).update(replaced_by=new)


def test_from_my_work_to_the_new_promise_on_the_pages(cast: Cast) -> None:
    warning = warned(cast)
    client = logged_in(cast.sam)
    assert "The card arrives" in client.get(reverse("service:at_risk")).content.decode()
    card = client.get(reverse("service:warning", args=[warning.pk])).content.decode()
    assert "Begin the call" in card
    went = client.post(reverse("service:warning_begin", args=[warning.pk]))
    call = Interaction.objects.get()
    assert went["Location"] == reverse("console:contact", args=[call.pk])
    script_at = reverse("service:warning_of_contact", args=[call.pk])
    assert script_at in client.get(went["Location"]).content.decode()
    assert "I call so that you need not ask" in client.get(script_at).content.decode()
    told_at = reverse("service:warning_telling", args=[warning.pk])
    missing = client.post(told_at, {"outcome": "new_promise"})
    assert missing.status_code == 422
    assert "Say what is promised instead" in missing.content.decode()
    assert Promise.objects.count() == 1
    said = {"outcome": "new_promise", "text": "By Friday", "due_at": "2026-11-27T12:00"}
    assert "By Friday" in client.post(told_at, said).content.decode()
    assert client.post(told_at, said).status_code == 409
    assert Promise.objects.count() == 2


def test_what_is_typed_while_they_are_told_is_kept_until_it_is_said(cast: Cast) -> None:
    warning, client = warned(cast), logged_in(cast.sam)
    kept_at = reverse("service:warning_draft", args=[warning.pk])
    an_hour_on = (NOON + HOURS).isoformat(timespec="minutes")
    typed = {"text": "The <b>card</b> is there", "when": an_hour_on}
    assert client.post(kept_at, typed | {"version": 0}).status_code == 410, "nobody is told yet"
    assert client.post(kept_at, typed | {"version": "-1"}).status_code == 422
    client.post(reverse("service:warning_begin", args=[warning.pk]))
    saved = client.post(kept_at, typed | {"version": 0, "owner": "1"})
    assert saved.json() == {"version": 1, "at": "12:00"}
    other = client.post(kept_at, {"text": "Mine", "version": 0})
    assert (other.status_code, other.json()) == (409, {"version": 1, "typed": typed})
    call = Interaction.objects.get()
    script_at = reverse("service:warning_of_contact", args=[call.pk])
    page = client.get(script_at).content.decode()
    for words in ('data-version="1"', "Saved 12:00", "The &lt;b&gt;card&lt;/b&gt; is there"):
        assert words in page
    assert page.count(" checked") == 1
    with time_machine.travel(NOON + HOURS / 3, tick=False):  # “in 1 hour” is another time by now
        later = client.get(script_at).content.decode()
    assert 'value="2026-11-23T13:00"' in later
    assert " checked" not in later
    client.post(reverse("service:warning_telling", args=[warning.pk]), {"outcome": "told"})
    assert not TellingDraft.objects.exists()
    assert client.post(kept_at, typed | {"version": 1}).status_code == 410


def test_another_teams_warning_is_not_there(cast: Cast) -> None:
    warning = warned(cast)
    client = logged_in(cast.stranger)
    for name in ("begin", "call", "answer", "draft", "telling"):
        address = reverse(f"service:warning_{name}", args=[warning.pk])
        assert client.post(address, {"outcome": "told", "version": 0}).status_code == 404
    assert client.get(reverse("service:warning", args=[warning.pk])).status_code == 404
    assert EarlyWarning.objects.waiting().count() == 1
