"""E-mail by Django's back ends: what certainly did not leave is tried again, the rest never."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from messaging.gateway import Carrier, SendingState
from messaging.models import InboxItem, Sending
from messaging.sending import send

pytestmark = pytest.mark.django_db
HERS = "ada@example.com"


@pytest.fixture
def sending() -> Sending:
    return Sending.objects.create(
        carrier=Carrier.EMAIL,
        gateway="mail",
        to=HERS,
        sender="Northgate Bank <hello@bank.example>",
        subject="How did it go?",
        text="Tell us: https://bank.example/r/a1",
        stop_url="https://bank.example/r/a1/stop/",
    )


def test_a_mail_has_a_name_of_its_own_and_one_click_to_stop(sending: Sending) -> None:
    assert send(sending) == SendingState.SENT
    assert send(sending) == SendingState.SENT
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([HERS], "How did it go?")
    assert sent.extra_headers["Message-ID"] == f"<{sending.key.hex}@bank.example>"
    assert sent.extra_headers["List-Unsubscribe"] == f"<{sending.stop_url}>"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


class Broken:
    """A mail server that fails at one of its steps."""

    def __init__(self, *, opens: Exception | None = None, sends: Exception | None = None) -> None:
        self.opens, self.sends = opens, sends

    def open(self) -> None:
        if self.opens:
            raise self.opens

    def send_messages(self, _mails: Any) -> None:
        if self.sends:
            raise self.sends

    def close(self) -> None:
        raise smtplib.SMTPServerDisconnected("gone")


@pytest.mark.parametrize(
    ("broken", "state"),
    [
        (Broken(opens=ConnectionRefusedError()), SendingState.QUEUED),
        (Broken(opens=smtplib.SMTPAuthenticationError(535, b"no")), SendingState.QUEUED),
        (Broken(sends=smtplib.SMTPRecipientsRefused({HERS: (450, b"later")})), SendingState.QUEUED),
        (Broken(sends=smtplib.SMTPRecipientsRefused({HERS: (550, b"no")})), SendingState.FAILED),
        (Broken(sends=smtplib.SMTPDataError(552, b"no")), SendingState.FAILED),
        (Broken(sends=smtplib.SMTPSenderRefused(451, b"later", "x")), SendingState.QUEUED),
        (Broken(sends=smtplib.SMTPServerDisconnected("gone")), SendingState.UNKNOWN),
        (Broken(sends=TimeoutError()), SendingState.UNKNOWN),
        (Broken(), SendingState.SENT),
    ],
)
def test_what_a_mail_server_says(
    sending: Sending, monkeypatch: pytest.MonkeyPatch, broken: Broken, state: SendingState
) -> None:
    monkeypatch.setattr("messaging.mail.get_connection", lambda: broken)
    assert send(sending) == state


def test_in_the_demo_mails_lie_in_the_inbox(sending: Sending, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "messaging.backends.InboxBackend"
    assert send(sending) == SendingState.SENT
    item = InboxItem.objects.get()
    assert (item.carrier, item.to, item.text) == (Carrier.EMAIL, HERS, sending.text)


def test_in_the_demo_an_sms_is_delivered_at_once() -> None:
    sms = Sending.objects.create(
        carrier=Carrier.SMS, gateway="inbox", to="+442079460101", sender="+442079460000", text="Hi"
    )
    assert send(sms) == SendingState.DELIVERED
    assert InboxItem.objects.get().text == "Hi"
