"""The agent dials on a phone of their own: the number is shown, nothing is claimed.

No state of such a call is known here. What is recorded is what the agent reports.
"""

from __future__ import annotations

import phonenumbers

from telephony.gateway import CallOrder, CallState, Capability, Dialling, NotCapable


class OwnPhone:
    """The gateway that needs no provider."""

    name = "own_phone"
    capabilities: frozenset[Capability] = frozenset()

    def dialling(self, number: str) -> Dialling:
        """A tel: link (RFC 3966) that the agent's own phone program opens."""
        return Dialling(
            number=readable(number),
            link=f"tel:{number}",
            words="Dial it on your own phone, then say here how it went.",
        )

    def place(self, order: CallOrder) -> str:
        del order
        raise NotCapable("Nobody but the agent dials here.")

    def state(self, reference: str) -> CallState:
        del reference
        raise NotCapable("What a phone on the desk does is not known here.")


def readable(number: str) -> str:
    """An E.164 number as it is read out: +44 20 7946 0101."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
