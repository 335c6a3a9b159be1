"""Which gateway does this installation use?"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from telephony.embedded import EmbeddedSwitch
from telephony.gateway import Gateway
from telephony.own_phone import OwnPhone
from telephony.twilio.adapter import TwilioGateway

ADAPTERS: Final[dict[str, type[Gateway]]] = {
    OwnPhone.name: OwnPhone,
    EmbeddedSwitch.name: EmbeddedSwitch,
    TwilioGateway.name: TwilioGateway,
}
DEFAULT: Final = OwnPhone.name


def gateway() -> Gateway:
    """The adapter that the setting TELEPHONY_GATEWAY names."""
    return named(getattr(settings, "TELEPHONY_GATEWAY", DEFAULT))


@lru_cache
def named(name: str) -> Gateway:
    """The adapter of that name: a call stays with the one that it was begun with."""
    if name not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise ImproperlyConfigured(f"TELEPHONY_GATEWAY is “{name}”; known are: {known}.")
    return ADAPTERS[name]()
