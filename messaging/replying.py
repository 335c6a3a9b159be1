"""What did somebody answer to a text of ours?"""

from __future__ import annotations

from django.db import transaction

from messaging.models import Reply
from messaging.signals import replied


def take_in(*, gateway: str, event_id: str, carrier: str, sender: str, text: str) -> Reply:
    """Keep the reply, and what follows from it, in one transaction; twice is once."""
    with transaction.atomic():
        reply, is_new = Reply.objects.get_or_create(
            gateway=gateway,
            event_id=event_id,
            defaults={
                "carrier": carrier,
                "sender": sender,
                "text": text.replace("\0", "")[:1600],
            },
        )
        if is_new:
            replied.send(Reply, reply=reply)
    return reply
