"""Which gateway does this installation use?"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from telephony.gateway import Gateway
from telephony.own_phone import OwnPhone

ADAPTERS: Final[dict[str, type[Gateway]]] = {OwnPhone.name: OwnPhone}
DEFAULT: Final = OwnPhone.name


@lru_cache
def gateway() -> Gateway:
    """The adapter that the setting TELEPHONY_GATEWAY names; the agent's own phone otherwise."""
    name = getattr(settings, "TELEPHONY_GATEWAY", DEFAULT)
    if name not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise ImproperlyConfigured(f"TELEPHONY_GATEWAY is “{name}”; known are: {known}.")
    return ADAPTERS[name]()
