"""At which public addresses does the provider find us? It signs them, so they must not differ."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from telephony.gateway import CallRefused
from telephony.models import Call

SOUND: Final = "telephony.sound"


def public(path: str) -> str:
    """The address as the provider calls it, whatever a proxy makes of it. Raises CallRefused."""
    if not settings.TWILIO_PUBLIC_URL:
        raise CallRefused("TWILIO_PUBLIC_URL is not set.")
    return f"{settings.TWILIO_PUBLIC_URL.rstrip('/')}{path}"


def of_leg(name: str, call: Call, leg: str, *more: object, **query: object) -> str:
    path = reverse(f"telephony:{name}", args=[call.key, leg, *more])
    return public(f"{path}?{urlencode(query)}" if query else path)


def of_call(name: str, call: Call) -> str:
    return public(reverse(f"telephony:{name}", args=[call.key]))


def of_sound(name: str) -> str:
    """A sound's address says its name signed by us, so that nobody else asks for files."""
    return public(reverse("telephony:sound", args=[signing.dumps(name, salt=SOUND)]))
