"""E-mail, by whichever back end Django is set up with."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from typing import Final

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from messaging.gateway import (
    MessageGateway,
    NoAnswer,
    NotSent,
    Outgoing,
    SendingRefused,
    SendingState,
    Told,
)

MAY_PASS: Final = range(400, 500)  # RFC 5321, 4.2.1: transient negative completion


class DjangoMail(MessageGateway):
    """A mail server cannot be asked: what it did not confirm stays unknown."""

    name = "mail"
    can_be_asked = False

    def send(self, outgoing: Outgoing) -> Told:
        """Opening the connection is a step of its own: before it nothing can have been sent."""
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError as error:
            raise NotSent("The mail server does not know our name and password.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("The mail server cannot be reached.") from error
        try:
            connection.send_messages([mail(outgoing)])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if codes and codes[0] in MAY_PASS:
                raise NotSent("The mail server asks to try later.") from error
            raise SendingRefused("The mail server refuses this address.") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            if error.smtp_code in MAY_PASS:
                raise NotSent("The mail server asks to try later.") from error
            raise SendingRefused("The mail server refuses this mail.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NoAnswer("The mail server did not say whether it took the mail.") from error
        finally:
            _close(connection)
        return Told(SendingState.SENT, place=outgoing.key.hex)

    def told(self, outgoing: Outgoing) -> Told | None:
        del outgoing
        raise NoAnswer("A mail server cannot be asked.")


def mail(outgoing: Outgoing) -> EmailMessage:
    """Plain text, with a name of its own and the way to stop by one click (RFC 8058)."""
    domain = parseaddr(outgoing.sender)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{outgoing.key.hex}@{domain}>", "Auto-Submitted": "auto-generated"}
    if outgoing.stop_url:
        headers["List-Unsubscribe"] = f"<{outgoing.stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(
        subject=outgoing.subject,
        body=outgoing.text,
        from_email=outgoing.sender,
        to=[outgoing.to],
        headers=headers,
    )


def _close(connection: BaseEmailBackend) -> None:
    """A failure to say good-bye changes nothing."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return
