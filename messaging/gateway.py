"""How does a text reach a customer? The interface that every messaging adapter keeps."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import models


class Carrier(models.TextChoices):
    """The channels on which texts are sent; the words of customers.Channel."""

    SMS = "sms", "SMS"
    EMAIL = "email", "E-mail"


class SendingState(models.TextChoices):
    """Where a text is: from `unknown` the provider is asked, and nothing is sent again."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    UNKNOWN = "unknown", "The provider did not say whether it was sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Not delivered"
    CANCELED = "canceled", "Not sent"


class SendingError(Exception):
    """It was certainly not sent."""

    permanent = False


class NotSent(SendingError):
    """The provider was not reached, or was too busy: it has done nothing, trying again helps."""


class SendingRefused(SendingError):
    """The provider will never send this."""

    permanent = True


class NoAnswer(Exception):
    """No usable answer came: whether it was sent, only the provider can say."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text for one address; `key` is ours, the same key is the same text."""

    key: uuid.UUID
    to: str
    sender: str
    subject: str
    text: str
    since: datetime
    place: str = ""  # how the provider names it, once it has said so
    stop_url: str = ""  # where one click ends it (RFC 8058)


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider says of a text: the state, its own name for it, and why."""

    state: SendingState
    place: str = ""
    because: str = ""


class MessageGateway(ABC):
    """One way to send texts. Each method asks the outside world with a time-out, outside any
    transaction.
    """

    name: ClassVar[str]
    can_be_asked: ClassVar[bool] = True

    @abstractmethod
    def send(self, outgoing: Outgoing) -> Told:
        """Send it, once. Raises NotSent, SendingRefused, NoAnswer."""

    @abstractmethod
    def told(self, outgoing: Outgoing) -> Told | None:
        """What became of it; None when the provider knows nothing of it. Raises NoAnswer."""
