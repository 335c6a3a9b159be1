"""Django's e-mail back end of the demo: mails lie in the local inbox instead of leaving."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from messaging.gateway import Carrier
from messaging.models import InboxItem


class InboxBackend(BaseEmailBackend):
    """Keeps each mail once an address, by its Message-ID."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            name = str(mail.message().get("Message-ID", ""))
            for number, address in enumerate(mail.recipients()):
                InboxItem.objects.get_or_create(
                    key=f"{name.strip('<>').partition('@')[0][:56]}-{number}",
                    defaults={
                        "carrier": Carrier.EMAIL,
                        "to": address,
                        "sender": mail.from_email,
                        "subject": mail.subject[:160],
                        "text": str(mail.body),
                    },
                )
        return len(email_messages)
