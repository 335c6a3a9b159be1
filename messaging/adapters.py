"""Which gateway does this installation use for which carrier?"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from messaging.gateway import Carrier, MessageGateway
from messaging.inbox import LocalInbox
from messaging.mail import DjangoMail
from messaging.twilio import TwilioMessages

ADAPTERS: Final[dict[str, type[MessageGateway]]] = {
    LocalInbox.name: LocalInbox,
    TwilioMessages.name: TwilioMessages,
    DjangoMail.name: DjangoMail,
}
NONE: Final = ""


def gateway_of(carrier: str) -> MessageGateway | None:
    """The adapter for texts on that carrier; None where this installation sends none."""
    if carrier == Carrier.EMAIL:
        return named(DjangoMail.name)
    name = getattr(settings, "MESSAGING_GATEWAY", NONE)
    return named(name) if name else None


@lru_cache
def named(name: str) -> MessageGateway:
    """The adapter of that name: a text stays with the one that it was begun with."""
    if name not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise ImproperlyConfigured(f"MESSAGING_GATEWAY is “{name}”; known are: {known}.")
    return ADAPTERS[name]()
