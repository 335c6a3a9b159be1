"""SMS by a provider outside: sent once, whatever becomes of its answers and webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from messaging.gateway import Carrier, SendingState
from messaging.models import Reply, Sending
from messaging.sending import ask_about_the_unknown, send
from tests.telephony.twilio.provider import ACCOUNT, TOKEN, Provider, Text

HERS, OURS = "+442079460101", "+442079460000"


@pytest.fixture
def provider(
    transactional_db: None, live_server: LiveServer, settings: Settings
) -> Iterator[Provider]:
    made = Provider()
    settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_BASE_URL, settings.TWILIO_PUBLIC_URL = made.url, live_server.url
    settings.TWILIO_TIMEOUT = 20.0
    yield made
    made.close()


@pytest.fixture
def sending(provider: Provider) -> Sending:
    return queued()


def queued(text: str = "How did it go? https://bank.example/r/a1") -> Sending:
    return Sending.objects.create(
        carrier=Carrier.SMS, gateway="twilio", to=HERS, sender=OURS, text=text
    )


def only(provider: Provider) -> Text:
    (found,) = provider.texts.values()
    return found


def later(minutes: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


def test_an_sms_is_sent_once_and_its_webhook_says_delivered(
    provider: Provider, sending: Sending
) -> None:
    assert send(sending) == SendingState.SENT
    text = only(provider)
    assert (text.said["To"], text.said["From"], text.said["Body"]) == (HERS, OURS, sending.text)
    assert send(sending) == SendingState.SENT
    assert len(provider.texts) == 1
    provider.arrives(text)
    provider.arrives(text, "sent")  # late and out of order
    sending.refresh_from_db()
    assert (sending.state, sending.place) == (SendingState.DELIVERED, text.sid)
    assert provider.answers == [200, 200]


def test_what_the_network_does_not_deliver_says_why(provider: Provider, sending: Sending) -> None:
    send(sending)
    provider.arrives(only(provider), "undelivered", 30005)
    sending.refresh_from_db()
    assert (sending.state, sending.because) == (SendingState.FAILED, "The provider says 30005.")


@pytest.mark.parametrize("mode", ["lost", "half", "nonsense"])
def test_an_answer_that_was_lost_is_asked_about_and_nothing_is_sent_again(
    provider: Provider, sending: Sending, mode: str
) -> None:
    provider.mode = mode
    assert send(sending) == SendingState.UNKNOWN
    provider.mode = "well"
    assert send(sending) == SendingState.UNKNOWN
    assert ask_about_the_unknown() == 0  # the lease is not over
    with later(2):
        assert ask_about_the_unknown() == 1
    sending.refresh_from_db()
    assert (sending.state, sending.place) == (SendingState.SENT, only(provider).sid)
    assert [method for method, _ in provider.asked].count("POST") == 1


@pytest.mark.parametrize("mode", ["reset", "rubbish", "lacking", "503"])
def test_what_the_provider_never_got_is_not_delivered_and_not_sent_again(
    provider: Provider, sending: Sending, mode: str
) -> None:
    provider.mode = mode
    assert send(sending) == SendingState.UNKNOWN
    provider.mode = "well"
    with later(2):
        assert ask_about_the_unknown() == 0  # it may still be on its way
    with later(12):
        assert ask_about_the_unknown() == 1
    sending.refresh_from_db()
    assert (sending.state, sending.because) == (
        SendingState.FAILED,
        "The provider never got it.",
    )
    assert provider.texts == {}


def test_a_busy_provider_is_tried_again_later(provider: Provider, sending: Sending) -> None:
    provider.mode = "429"
    assert send(sending) == SendingState.QUEUED
    assert timezone.now() < sending.due_at < timezone.now() + timedelta(seconds=31)
    assert not Sending.objects.due(at=timezone.now()).exists()
    provider.mode = "well"
    assert send(sending) == SendingState.SENT
    assert len(provider.texts) == 1


def test_a_refusal_is_the_end(provider: Provider, sending: Sending) -> None:
    provider.mode = "400"
    assert send(sending) == SendingState.FAILED
    assert sending.settled_at is not None


def test_a_worker_killed_after_its_claim_sends_nothing_twice(
    provider: Provider, sending: Sending
) -> None:
    assert sending.claim()
    provider.take({"To": HERS, "From": OURS, "Body": sending.text, "StatusCallback": ""})
    with later(2):
        assert ask_about_the_unknown() == 1
    sending.refresh_from_db()
    assert sending.state == SendingState.SENT
    assert len(provider.texts) == 1


def test_another_text_to_the_same_number_is_not_taken_for_it(
    provider: Provider, sending: Sending
) -> None:
    send(queued("How did it go? https://bank.example/r/b2"))
    assert sending.claim()
    with later(12):
        ask_about_the_unknown()
    sending.refresh_from_db()
    assert sending.state == SendingState.FAILED


def test_a_webhook_that_nobody_signed_changes_nothing(provider: Provider, sending: Sending) -> None:
    send(sending)
    path = reverse("messaging:told", args=[sending.key])
    fields = {"MessageSid": "SM1", "AccountSid": ACCOUNT, "MessageStatus": "delivered"}
    said = {"X-Twilio-Signature": "Z3Vlc3NlZA=="}
    assert Client(headers=said).post(path, fields).status_code == 403
    assert Client().post(reverse("messaging:replied_to"), fields).status_code == 403
    sending.refresh_from_db()
    assert sending.state == SendingState.SENT
    assert not Reply.objects.exists()


def test_a_reply_is_kept_once(provider: Provider, live_server: LiveServer) -> None:
    url = f"{live_server.url}{reverse('messaging:replied_to')}"
    assert provider.reply(url, HERS, "Stop, please") == 200
    reply = Reply.objects.get()
    assert (reply.sender, reply.is_stop) == (HERS, True)


@pytest.mark.parametrize(
    ("words", "is_stop"),
    [
        ("STOP", True),
        (" stop. ", True),
        ("Opt out", True),
        ("STOP texting me", True),
        ("End", True),
        ("It did not stop raining", False),
        ("The weekend was fine", False),
        ("", False),
    ],
)
def test_the_words_that_end_it(words: str, is_stop: bool) -> None:
    assert Reply(text=words).is_stop is is_stop
