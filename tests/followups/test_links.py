"""A customer's link: sent once, opened without a log-in, answered once, and late answers count."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from followups import confirming, messaging
from followups.grounds import Rule
from followups.models import (
    Answer,
    Attempt,
    Confirmation,
    FollowUp,
    FollowUpStatus,
    Link,
    Way,
)
from followups.sweeping import sweep
from messaging import replying
from messaging.gateway import NotSent, SendingRefused, SendingState
from messaging.models import InboxItem, Sending
from needs.models import NeedsReview
from service.models import ServiceRequest
from telephony.models import SuppressionEntry
from tests.cast import Cast
from tests.followups.scenes import NOON, owed
from tests.followups.texts import HERS, ready, sent

pytestmark = pytest.mark.django_db


def path(link: Link) -> str:
    return f"/r/{link.token}/"


def well(**noes: str) -> dict[str, str]:
    names = ("as_expected", "as_promised", "met_expectations")
    return {name: noes.get(name, "yes") for name in names} | {"recommend": "9"}


def test_a_link_goes_out_by_sms_once_and_says_nothing_of_her(bank: Cast) -> None:
    follow_up, link = sent(bank)
    assert messaging.send_due() == 0
    item = InboxItem.objects.get()
    assert (item.to, item.sender) == (HERS, "+442079460000")
    assert link.address in item.text
    assert link.address == f"https://bank.example/r/{link.token}/"
    assert re.fullmatch(r"[0-9a-f]{40}", link.token)
    assert "STOP" in item.text
    assert "Ada" not in item.text
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.gateway, attempt.by) == ("sent", "inbox", None)
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.PLANNED, Way.SMS)
    assert follow_up.due_at == NOON + timedelta(days=1)
    assert "waits for an answer" in follow_up.waits_because


def test_an_sms_counts_as_a_try_by_law_and_a_mail_does_not(bank: Cast) -> None:
    follow_up, _ = sent(bank)
    soon = NOON + timedelta(hours=2)
    FollowUp.objects.filter(pk=follow_up.pk).update(due_at=soon)
    with time_machine.travel(soon, tick=False):
        sweep()
        assert messaging.send_due() == 0
    follow_up.refresh_from_db()
    assert follow_up.waits_because == Rule.TOO_SOON.label
    assert follow_up.due_at == NOON + timedelta(days=1)
    FollowUp.objects.filter(pk=follow_up.pk).update(way=Way.EMAIL, status="ready", max_attempts=9)
    assert messaging.send_due() == 0  # the SMS was just now
    with time_machine.travel(NOON + timedelta(days=1, minutes=1), tick=False):
        sweep()
        assert messaging.send_due() == 1
    outcomes = Attempt.objects.order_by("number").values_list("outcome", flat=True)
    assert list(outcomes) == ["sent", "mailed"]


def test_what_was_to_be_asked_on_a_page_goes_on_to_the_next_way(bank: Cast) -> None:
    one, last = owed(bank, bank.ada), owed(bank, bank.ada)
    waits = FollowUp.objects.filter(pk__in=[one.pk, last.pk])
    waits.update(ways=["portal", "agent"], way="portal", status="ready", ready_at=NOON)
    FollowUp.objects.filter(pk=last.pk).update(ways=["portal"])
    messaging.send_due()
    told = {row.pk: (row.way, row.status) for row in waits.all()}
    assert told == {one.pk: ("agent", "planned"), last.pk: ("portal", "refused")}
    assert waits.get(pk=last.pk).refused_because == messaging.NO_PAGE
    assert not Sending.objects.exists()


def test_silence_is_asked_again_then_the_next_way(bank: Cast) -> None:
    follow_up, _ = sent(bank)
    with time_machine.travel(NOON + timedelta(days=1, minutes=1), tick=False):
        sweep()
        assert messaging.send_due() == 1
    follow_up.refresh_from_db()
    assert follow_up.way == Way.EMAIL
    with time_machine.travel(NOON + timedelta(days=2, minutes=2), tick=False):
        sweep()
        assert messaging.send_due() == 1
    (sent_mail,) = mail.outbox
    assert sent_mail.to == ["ada@example.com"]
    assert InboxItem.objects.count() == 2


def test_a_scanner_that_opens_everything_changes_nothing(bank: Cast) -> None:
    follow_up, link = sent(bank)
    before = AuditEntry.objects.count()
    for address in (path(link), f"{path(link)}stop/"):
        response = Client().get(address)
        assert response.status_code == 200
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]
        assert "<script" not in response.content.decode()
        assert not response.cookies
    follow_up.refresh_from_db()
    assert (follow_up.status, AuditEntry.objects.count()) == (FollowUpStatus.PLANNED, before)


def test_all_well_starts_the_next_cycle(bank: Cast) -> None:
    follow_up, link = sent(bank)
    response = Client().post(path(link), well(), follow=True)
    assert "Your answers have reached us" in response.content.decode()
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.request) == (FollowUpStatus.ANSWERED, None)
    assert Answer.objects.count() == 4
    assert NeedsReview.objects.filter(customer=bank.ada).exists()


def test_a_no_is_an_owned_request_by_her_expectation(bank: Cast) -> None:
    follow_up, link = sent(bank)
    FollowUp.objects.update(questions=[*follow_up.questions, "expected_days"])
    said = well(as_promised="no") | {"as_promised_words": "It never came", "expected_days": "4"}
    shown = Client().post(path(link), said, follow=True).content.decode()
    request = ServiceRequest.objects.get()
    assert (request.owner, request.needs_confirmation) == (bank.sam, True)
    assert request.target_at == request.expected_at == NOON + timedelta(days=4)
    assert "It never came" in request.description
    assert str(request.pk) in shown
    assert "Sam has it" in shown
    assert "Friday 27 November" in shown


def test_a_problem_alone_is_enough(bank: Cast) -> None:
    _, link = sent(bank)
    assert Client().post(path(link), {"problem": "The card is lost"}).status_code == 302
    assert "The card is lost" in ServiceRequest.objects.get().description
    assert not Answer.objects.exists()


def test_nothing_typed_is_lost_on_an_error(bank: Cast) -> None:
    _, link = sent(bank)
    said = {"as_expected": "yes", "as_expected_words": "Fine, but slow", "recommend": "9"}
    response = Client().post(path(link), said)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "An answer is missing" in shown
    assert "Fine, but slow" in shown
    assert shown.count("checked") == 2
    assert not Answer.objects.exists()


def test_the_first_answers_stay_and_a_problem_may_be_added(bank: Cast) -> None:
    follow_up, link = sent(bank)
    client = Client()
    client.post(path(link), well())
    second = client.post(
        path(link), well(as_expected="no") | {"as_expected_words": "Bad after all"}
    )
    assert second.status_code == 409
    assert "Bad after all" in second.content.decode()
    assert not Answer.objects.filter(is_yes=False).exists()
    client.post(path(link), {"more": "1", "problem": "Bad after all"})
    request = ServiceRequest.objects.get()
    assert "Bad after all" in request.description
    client.post(path(link), {"more": "1", "problem": "And rude"})
    request.refresh_from_db()
    assert request.description == "Bad after all\nAnd rude"
    follow_up.refresh_from_db()
    assert follow_up.request == request


@pytest.mark.parametrize(
    "status", [FollowUpStatus.LAPSED, FollowUpStatus.UNREACHABLE, FollowUpStatus.REFUSED]
)
def test_late_answers_count(bank: Cast, status: str) -> None:
    follow_up, link = sent(bank)
    FollowUp.objects.update(status=status, refused_because="Too late")
    with time_machine.travel(follow_up.lapses_at + timedelta(days=3), tick=False):
        assert Client().post(path(link), well()).status_code == 302
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.ANSWERED


def test_an_expired_link_says_whom_to_call_and_keeps_the_words(bank: Cast) -> None:
    follow_up, link = sent(bank)
    with time_machine.travel(follow_up.lapses_at + timedelta(days=31), tick=False):
        response = Client().post(path(link), {"problem": "Too late?"})
    shown = response.content.decode()
    assert response.status_code == 410
    assert "+442079460000" in shown
    assert "Too late?" in shown
    assert not Answer.objects.exists()


@pytest.mark.parametrize("token", ["x", "0" * 40, "%00", "é" * 40, "9" * 5000])
def test_a_link_that_is_not_ours_is_a_page_with_our_number(bank: Cast, token: str) -> None:
    response = Client().get(f"/r/{token}/")
    assert response.status_code == 404
    assert "+442079460000" in response.content.decode()
    assert Client().post(f"/r/{token}/", {"problem": "x"}).status_code == 403


def test_a_link_with_one_letter_changed_is_no_link(bank: Cast) -> None:
    _, link = sent(bank)
    for place in range(40):
        other = "0" if link.token[place] != "0" else "1"
        assert Link.of(link.token[:place] + other + link.token[place + 1 :]) is None


def test_whoever_asks_too_often_waits(bank: Cast) -> None:
    client = Client()
    statuses = {client.post("/r/guessed/", {}).status_code for _ in range(32)}
    assert statuses == {403, 429}


@pytest.mark.parametrize("how", ["link", "reply"])
def test_stop_acts_at_once_on_everything_queued(bank: Cast, how: str) -> None:
    follow_up, link = sent(bank)
    other = owed(bank, bank.ada)
    if how == "link":
        Client().post(f"{path(link)}stop/", {"List-Unsubscribe": "One-Click"})
    else:
        replying.take_in(
            gateway="inbox", event_id="1", carrier="sms", sender=HERS, text="Stop it, please"
        )
    for one in (follow_up, other):
        one.refresh_from_db()
        assert one.status == FollowUpStatus.REFUSED
    withdrawn = bank.ada.consents.filter(purpose="survey", is_granted=False)
    assert sorted(withdrawn.values_list("channel", flat=True)) == ["email", "sms", "voice"]
    assert AuditEntry.objects.filter(verb="follow-ups stopped").count() == 1
    sweep()
    assert messaging.send_due() == 0


def test_stop_from_somebody_else_stops_nobody_else(bank: Cast) -> None:
    follow_up, _ = sent(bank)
    replying.take_in(
        gateway="inbox", event_id="1", carrier="sms", sender="+442079460102", text="STOP"
    )
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.PLANNED


def test_consent_withdrawn_between_writing_and_sending(
    bank: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up = ready(bank)
    written = messaging.queue(follow_up)
    assert written is not None
    bank.ada.record_consent(
        by=None, purpose="survey", channel="sms", is_granted=False, source="x", wording_version="1"
    )
    assert messaging.send_due() == 0
    written.refresh_from_db()
    assert written.state == SendingState.CANCELED
    assert not InboxItem.objects.exists()
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.REFUSED
    assert Attempt.objects.get().outcome == "not_called"


def test_a_suppressed_number_gets_no_sms(bank: Cast) -> None:
    follow_up = ready(bank)
    SuppressionEntry.suppress(number=HERS, reason="Asked")
    messaging.send_due()
    assert not InboxItem.objects.exists()
    follow_up.refresh_from_db()
    assert follow_up.status != FollowUpStatus.IN_PROGRESS


def test_what_is_refused_goes_on_to_the_next_way_and_uses_up_no_try(
    bank: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any) -> None:
        raise SendingRefused("No such number.")

    monkeypatch.setattr("messaging.inbox.LocalInbox.send", refuses)
    follow_up = ready(bank)
    assert messaging.send_due() == 0
    follow_up.refresh_from_db()
    assert (follow_up.way, follow_up.status) == (Way.EMAIL, FollowUpStatus.PLANNED)
    assert follow_up.max_attempts - follow_up.attempts_made == 2
    assert Attempt.objects.get().outcome == "not_sent"


def test_a_provider_that_is_away_is_tried_again_by_the_rules_of_that_moment(
    bank: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise NotSent("Away.")

    with monkeypatch.context() as patched:
        patched.setattr("messaging.inbox.LocalInbox.send", away)
        follow_up = ready(bank)
        assert messaging.send_due() == 0
    assert Sending.objects.get().state == SendingState.QUEUED
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert messaging.send_due() == 1
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.PLANNED
    assert InboxItem.objects.count() == 1


def test_an_answer_while_an_agent_calls_counts_once(bank: Cast) -> None:
    follow_up, link = sent(bank)
    FollowUp.objects.update(way="agent", status="ready")
    follow_up.refresh_from_db()
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        call = follow_up.begin(by=bank.sam)
        Client().post(path(link), well())
    call.refresh_from_db()
    assert call.closed_at is not None
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.ANSWERED
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["by_link", "sent"]


# -- is it fixed? -------------------------------------------------------------------------------


def fixed(cast: Cast) -> ServiceRequest:
    """Ada said no, Sam has put it right, and she was asked by SMS whether it is so."""
    _, link = sent(cast)
    Client().post(path(link), well(as_expected="no"))
    request = ServiceRequest.objects.get()
    request.move(to="resolved", by=cast.sam, note="Sent again")
    assert confirming.step_due() == 1
    assert messaging.send_due() == 1
    return request


def fixed_link() -> Link:
    return Link.objects.exclude(confirmation=None).latest("pk")


def test_only_her_word_closes_it(bank: Cast) -> None:
    request = fixed(bank)
    link = fixed_link()
    assert link.address in InboxItem.objects.latest("pk").text
    shown = Client().get(path(link)).content.decode()
    assert "Is it fixed?" in shown
    request.refresh_from_db()
    assert request.status == "resolved"
    shown = Client().post(path(link), {"fixed": "yes"}, follow=True).content.decode()
    assert "is closed, because you say" in shown
    request.refresh_from_db()
    assert request.status == "closed"
    assert Confirmation.objects.get().status == "confirmed"


def test_her_no_reopens_it_before_everything_else(bank: Cast) -> None:
    request = fixed(bank)
    link = fixed_link()
    Client().post(path(link), {"fixed": "no", "words": "Still the old card"})
    request.refresh_from_db()
    assert (request.status, request.is_priority) == ("in_progress", True)
    assert request.target_at <= NOON
    assert "Still the old card" in str(request.status_changes.values_list("note", flat=True).last())
    Client().post(path(link), {"fixed": "yes"})
    request.refresh_from_db()
    assert request.status == "in_progress"
    request.move(to="resolved", by=bank.sam)
    assert Confirmation.objects.open().count() == 1


def test_silence_is_chased_and_never_confirms(bank: Cast) -> None:
    request = fixed(bank)
    at = NOON
    for _ in range(2):
        at += timedelta(days=2, minutes=1)
        with time_machine.travel(at, tick=False):
            assert confirming.step_due() == 1
            messaging.send_due()
    assert Confirmation.objects.get().status == "calling"
    assert len(mail.outbox) == 1
    assert list(Confirmation.objects.calls_of(bank.sam)) == [Confirmation.objects.get()]
    with time_machine.travel(at + timedelta(days=5, minutes=1), tick=False):
        assert confirming.step_due() == 1
        assert confirming.step_due() == 0
    request.refresh_from_db()
    assert (request.status, request.get_status_display()) == (
        "not_confirmed",
        "Closed, not confirmed",
    )
    assert Confirmation.objects.get().status == "silent"
    Client().post(path(fixed_link()), {"fixed": "yes"})  # late, and it counts
    request.refresh_from_db()
    assert request.status == "closed"


def test_an_agent_who_hears_it_by_phone_ends_the_asking(bank: Cast) -> None:
    request = fixed(bank)
    request.move(to="closed", by=bank.sam, note="She said so")
    assert Confirmation.objects.get().status == "confirmed"
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        assert confirming.step_due() == 0


def test_no_text_of_ours_is_sent_at_night(bank: Cast) -> None:
    _, link = sent(bank)
    Client().post(path(link), well(as_expected="no"))
    with time_machine.travel(NOON.replace(hour=23), tick=False):
        ServiceRequest.objects.get().move(to="resolved", by=bank.sam)
        assert confirming.step_due() == 1
        assert messaging.send_due() == 0
    assert Confirmation.objects.get().asked == 0
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        confirming.step_due()
        assert messaging.send_due() == 1


def test_the_inbox_is_the_demos_alone(bank: Cast, settings: Settings) -> None:
    _, link = sent(bank)
    settings.CONTINUUM_DEMO = True
    shown = Client().get("/inbox/").content.decode()
    assert f'href="{path(link)}"' in shown
    assert "no-referrer" not in shown, "or a browser says of a reply that it comes from nowhere"
    item = InboxItem.objects.get()
    assert Client().post("/inbox/replies/", {"item": item.pk, "text": "STOP"}).status_code == 302
    assert bank.ada.consents.filter(purpose="survey", is_granted=False).count() == 3
    settings.CONTINUUM_DEMO = False
    assert Client().get("/inbox/").status_code == 404
    assert Client().post("/inbox/replies/", {"item": item.pk}).status_code == 404
