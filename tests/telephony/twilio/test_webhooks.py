"""Only what our provider signed, over the address at which it called us, changes anything."""

from __future__ import annotations

import base64
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from telephony.models import Call
from telephony.twilio.adapter import TwilioGateway
from telephony.twilio.verifying import Sent, TelnyxSignature, verifier
from tests.telephony.twilio.provider import ACCOUNT, TOKEN, Provider, signature
from tests.telephony.twilio.story import everything, whole

PUBLIC = "https://calls.example.com"
FIELDS = {
    "CallSid": "CA1",
    "AccountSid": ACCOUNT,
    "CallStatus": "ringing",
    "SequenceNumber": "1",
    "Timestamp": "Mon, 23 Nov 2026 12:00:00 +0000",
}


def test_forged_webhooks_are_refused_and_change_nothing(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    whole(provider, twilio, call, sam)
    before = everything()
    for webhook in provider.told:
        assert provider.deliver(webhook, token="guessed") == 403
        assert provider.deliver(webhook, CallSid="CA" + "9" * 32) == 403
        assert provider.deliver(webhook, More="fields") == 403
        elsewhere = f"{webhook.url}{'&' if '?' in webhook.url else '?'}more=1"
        said = {"X-Twilio-Signature": signature(webhook.url, webhook.fields, TOKEN)}
        client = Client(headers=said)
        assert client.post(_path(elsewhere), webhook.fields).status_code == 403
    assert everything() == before


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


@pytest.fixture
def path(settings: Settings, db: None) -> str:
    """The address of a leg's webhook, behind a proxy that people reach at PUBLIC."""
    settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_PUBLIC_URL = PUBLIC
    call = Call.objects.create(gateway="twilio", direction="outbound")
    return f"{reverse('telephony:leg_told', args=[call.key, call.customer_leg])}?party=agent&user=7"


def sent(path: str, signed: str, fields: dict[str, str] = FIELDS, token: str = TOKEN) -> int:
    headers = {"X-Twilio-Signature": signature(signed, fields, token)}
    return Client(enforce_csrf_checks=True).post(path, fields, headers=headers).status_code


def test_the_address_is_the_public_one_with_or_without_its_port(path: str) -> None:
    assert sent(path, f"{PUBLIC}{path}") == 200
    assert sent(path, f"{PUBLIC}:443{path}") == 200
    before = everything()
    assert sent(path, f"http://calls.example.com{path}") == 403
    assert sent(path, f"{PUBLIC}:8443{path}") == 403
    assert sent(path, f"http://testserver{path}") == 403
    assert sent(path, f"{PUBLIC}{path.replace('user=7', 'user=8')}") == 403
    assert everything() == before


def test_a_port_of_our_own_is_part_of_the_address(path: str, settings: Settings) -> None:
    settings.TWILIO_PUBLIC_URL = f"{PUBLIC}:8443"
    assert sent(path, f"{PUBLIC}:8443{path}") == 200
    assert sent(path, f"{PUBLIC}:9443{path}") == 403


def test_without_settings_nothing_is_genuine(path: str, settings: Settings) -> None:
    settings.TWILIO_TOKEN = ""
    assert sent(path, f"{PUBLIC}{path}", token="") == 403
    settings.TWILIO_TOKEN, settings.TWILIO_PUBLIC_URL = TOKEN, ""
    assert sent(path, path) == 403
    assert Client().post(path, FIELDS).status_code == 403
    settings.TWILIO_VERIFIER = "none"
    with pytest.raises(ImproperlyConfigured):
        verifier()


def test_another_account_and_a_call_of_another_gateway_are_not_ours(path: str) -> None:
    other = FIELDS | {"AccountSid": "AC" + "1" * 32}
    assert sent(path, f"{PUBLIC}{path}", other) == 403
    call = Call.objects.create(gateway="switch", direction="inbound")
    theirs = reverse("telephony:leg_told", args=[call.key, call.customer_leg])
    assert sent(theirs, f"{PUBLIC}{theirs}") == 404
    assert call.events.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"CallSid": ""}, {"CallSid": "CA1'; --"}, {"Timestamp": "yesterday"}],
)
def test_what_is_signed_and_makes_no_sense_is_refused(path: str, wrong: dict[str, str]) -> None:
    before = everything()
    assert sent(path, f"{PUBLIC}{path}", FIELDS | wrong) == 400
    assert everything() == before


def test_a_status_that_is_not_known_is_kept(path: str) -> None:
    assert sent(path, f"{PUBLIC}{path}", FIELDS | {"CallStatus": "dreaming"}) == 200
    assert list(Call.objects.get().events.values_list("kind", flat=True)) == ["leg.dreaming"]


def test_a_sound_has_an_address_only_from_us(client: Client, db: None) -> None:
    for name in ("survey-thanks", "..%2f..%2fmanage", "x:y:z"):
        assert client.get(f"/telephony/twilio/sounds/{name}/").status_code in {400, 404}


def telnyx(key: Ed25519PrivateKey, body: bytes, stamp: str) -> Sent:
    signed = base64.b64encode(key.sign(stamp.encode() + b"|" + body)).decode()
    headers = {"Telnyx-Timestamp": stamp, "Telnyx-Signature-Ed25519": signed}
    return Sent(PUBLIC, {}, body, headers)


def test_telnyx_signs_time_and_body() -> None:
    key, now = Ed25519PrivateKey.generate(), str(int(time.time()))
    public = base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    ours = TelnyxSignature(public.decode())
    genuine = telnyx(key, b"CallSid=1", now)
    assert ours.is_genuine(genuine)
    assert not ours.is_genuine(Sent(PUBLIC, {}, b"CallSid=2", genuine.headers))
    assert not ours.is_genuine(telnyx(Ed25519PrivateKey.generate(), b"CallSid=1", now))
    assert not ours.is_genuine(telnyx(key, b"CallSid=1", str(int(now) - 3600)))
    assert not ours.is_genuine(Sent(PUBLIC, {}, b"", {"Telnyx-Timestamp": "²"}))
    bad: dict[str, Any] = {"Telnyx-Timestamp": now, "Telnyx-Signature-Ed25519": "!"}
    assert not ours.is_genuine(Sent(PUBLIC, {}, b"", bad))
    assert not TelnyxSignature("").is_genuine(genuine)
    with pytest.raises(ImproperlyConfigured):
        TelnyxSignature("c2hvcnQ=")


def test_webhooks_of_the_other_kind_of_provider_are_taken(path: str, settings: Settings) -> None:
    key, now = Ed25519PrivateKey.generate(), str(int(time.time()))
    public = base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    settings.TWILIO_VERIFIER, settings.TWILIO_VERIFIER_KEY = "telnyx", public.decode()
    body = f"CallSid=v3_a-b&AccountSid={ACCOUNT}&CallStatus=ringing"
    headers = dict(telnyx(key, body.encode(), now).headers)
    kind = "application/x-www-form-urlencoded"
    assert Client().post(path, body, content_type=kind, headers=headers).status_code == 200
    assert sent(path, f"{PUBLIC}{path}") == 403
    assert Call.objects.get().events.count() == 1


def test_an_agents_browser_gets_a_token_for_an_hour(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT = ACCOUNT
    settings.TWILIO_KEY, settings.TWILIO_KEY_SECRET = "SK1", "s" * 32
    session = TwilioGateway().client_session(7)
    said = jwt.decode(session["token"], "s" * 32, algorithms=["HS256"])
    assert said["grants"]["identity"] == session["identity"] == "agent-7"
    assert said["grants"]["voice"]["incoming"] == {"allow": True}
    assert session["seconds"] == 3600
