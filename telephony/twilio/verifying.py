"""Does a webhook come from our provider? By its signature over the public address and the body."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from twilio.request_validator import RequestValidator

FRESH_SECONDS: Final = 300  # how old a signed time may be


@dataclass(frozen=True, slots=True)
class Sent:
    """A webhook as it was sent: to our public address, with these fields and these bytes."""

    url: str
    fields: Any
    body: bytes
    headers: Mapping[str, str]


class Verifier(Protocol):
    """How one kind of provider signs."""

    def is_genuine(self, sent: Sent) -> bool: ...


class TwilioSignature:
    """HMAC-SHA1 over address and sorted fields, with the account's token as its key.

    Twilio, SignalWire: twilio.com/docs/usage/security. With and without the address's port.
    """

    def __init__(self, token: str) -> None:
        self.validator = RequestValidator(token) if token else None

    def is_genuine(self, sent: Sent) -> bool:
        signature = sent.headers.get("X-Twilio-Signature", "")
        if self.validator is None or not signature.isascii():
            return False
        return bool(self.validator.validate(sent.url, sent.fields, signature))


class TelnyxSignature:
    """Ed25519 over "<time>|<body>", with the provider's public key (base64).

    Telnyx: developers.telnyx.com, "Webhook signing".
    """

    def __init__(self, public_key: str) -> None:
        self.key = _public_key(public_key) if public_key else None

    def is_genuine(self, sent: Sent) -> bool:
        stamp = sent.headers.get("Telnyx-Timestamp", "")
        signature = sent.headers.get("Telnyx-Signature-Ed25519", "")
        if self.key is None or not stamp.isascii() or not stamp.isdigit():
            return False
        if abs(time.time() - int(stamp[:12])) > FRESH_SECONDS:
            return False
        try:
            self.key.verify(base64.b64decode(signature), stamp.encode() + b"|" + sent.body)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def _public_key(written: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(written))
    except ValueError as error:
        raise ImproperlyConfigured("TWILIO_VERIFIER_KEY is no Ed25519 key in base64.") from error


def verifier() -> Verifier:
    """The one that the settings name; without its key it takes nothing for genuine."""
    if settings.TWILIO_VERIFIER == "telnyx":
        return TelnyxSignature(settings.TWILIO_VERIFIER_KEY)
    if settings.TWILIO_VERIFIER == "twilio":
        return TwilioSignature(settings.TWILIO_TOKEN)
    raise ImproperlyConfigured("TWILIO_VERIFIER is either twilio or telnyx.")
