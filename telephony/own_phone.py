"""The agent dials on a phone of their own: the number is shown, nothing is claimed.

No state of such a call is known here. What is recorded is what the agent reports.
"""

from __future__ import annotations

import phonenumbers

from telephony.gateway import Dialling, Gateway


class OwnPhone(Gateway):
    """The gateway that needs no provider."""

    name = "own_phone"

    def dialling(self, number: str) -> Dialling:
        """A tel: link (RFC 3966) that the agent's own phone program opens."""
        return Dialling(
            number=readable(number),
            link=f"tel:{number}",
            words="Dial it on your own phone, then say here how it went.",
        )


def readable(number: str) -> str:
    """An E.164 number as it is read out: +44 20 7946 0101."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
