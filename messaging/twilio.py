"""SMS by whoever speaks Twilio's language: REST Messages, and what it tells by signed webhooks.

The provider knows no key of ours. What it did not answer to is found again by address, time and
the exact text, which names a link that stands in one text only; and its webhook carries our key.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any, Final

from django.urls import reverse

from messaging.gateway import (
    MessageGateway,
    NoAnswer,
    NotSent,
    Outgoing,
    SendingRefused,
    SendingState,
    Told,
)
from telephony.gateway import CallRefused, GatewayUnavailable
from telephony.twilio.addresses import public
from telephony.twilio.asked import NotDone, NotThere, client, in_our_words

STATES: Final = {
    "accepted": SendingState.SENT,
    "scheduled": SendingState.SENT,
    "queued": SendingState.SENT,
    "sending": SendingState.SENT,
    "sent": SendingState.SENT,
    "delivered": SendingState.DELIVERED,
    "read": SendingState.DELIVERED,
    "undelivered": SendingState.FAILED,
    "failed": SendingState.FAILED,
    "canceled": SendingState.FAILED,
}
EARLIER: Final = timedelta(minutes=5)  # their clock may be behind ours
LOOKED_AT: Final = 50


class TwilioMessages(MessageGateway):
    name = "twilio"

    def send(self, outgoing: Outgoing) -> Told:
        try:
            with in_our_words():
                made = client().messages.create(
                    to=outgoing.to,
                    from_=outgoing.sender,
                    body=outgoing.text,
                    status_callback=public(reverse("messaging:told", args=[outgoing.key])),
                )
                return _told(made)
        except NotDone as error:
            raise NotSent(str(error)) from error
        except CallRefused as error:
            raise SendingRefused("The provider refuses this SMS.") from error
        except GatewayUnavailable as error:
            raise NoAnswer(str(error)) from error

    def told(self, outgoing: Outgoing) -> Told | None:
        try:
            with in_our_words():
                if outgoing.place:
                    return _told(client().messages(outgoing.place).fetch())
                return _found(outgoing)
        except NotThere:
            return None
        except (GatewayUnavailable, CallRefused) as error:
            raise NoAnswer(str(error)) from error


def _found(outgoing: Outgoing) -> Told | None:
    since = (outgoing.since - EARLIER).astimezone(UTC)
    sent = client().messages.list(
        to=outgoing.to, from_=outgoing.sender, date_sent_after=since, limit=LOOKED_AT
    )
    same = [one for one in sent if one.body == outgoing.text]
    return _told(same[0]) if same else None


def _told(one: Any) -> Told:
    """Raises KeyError for what is no state of theirs, which counts as no answer."""
    if not isinstance(one.sid, str) or not one.sid:
        raise ValueError("no name")
    code = one.error_code
    because = f"The provider says {code}." if code else ""
    return Told(STATES[str(one.status)], place=one.sid[:64], because=because)


def of_webhook(status: str) -> SendingState | None:
    """The state that a webhook tells; None for a word that is not known."""
    return STATES.get(status)
