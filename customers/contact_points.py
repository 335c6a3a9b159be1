"""How is one address written so that every spelling of it is the same row?"""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from accounts.errors import RuleBroken


class Channel(models.TextChoices):
    VOICE = "voice", "Phone"
    EMAIL = "email", "E-mail"
    CHAT = "chat", "Chat"
    FORM = "form", "Web form"
    SMS = "sms", "SMS"
    MESSAGING = "messaging", "Messaging app"
    SOCIAL = "social", "Social post"


PHONES = (Channel.VOICE, Channel.SMS)


class NotAnAddress(RuleBroken):
    """The text is no address on that channel."""


def normalise(channel: str, value: str, *, country: str = "GB") -> str:
    """The one spelling of an address: phones E.164 (ITU-T), e-mail lower-case, handles trimmed.

    Raises NotAnAddress with words for the person who typed it.
    """
    text = value.strip()
    if channel in PHONES:
        return _phone(text, country)
    if channel == Channel.EMAIL:
        try:
            validate_email(text)
        except ValidationError as error:
            raise NotAnAddress(
                f"“{text[:60]}” is not an e-mail address. Write it like name@example.com."
            ) from error
        return text.lower()
    if not text:
        raise NotAnAddress("The address is empty. Give the name used on that channel.")
    return text


def _phone(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise NotAnAddress(
            f"“{text[:40]}” is not a phone number. "
            "Write it with its country code, like +44 20 7946 0123."
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAnAddress(
            f"“{text[:40]}” has too few or too many digits for a phone number. "
            "Check it and try again."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
