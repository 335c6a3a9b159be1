"""Follow-ups by text: who may be written to, and a link that is out."""

from __future__ import annotations

from customers.models import Customer
from followups import messaging
from followups.models import FollowUp, FollowUpStatus, Link, Way
from followups.sweeping import sweep
from tests.cast import Cast
from tests.followups.scenes import NOON, owed

HERS = "+442079460101"


def may_be_written_to(person: Customer) -> None:
    person.add_contact_point(by=None, channel="sms", value=HERS)
    person.add_contact_point(by=None, channel="email", value="ada@example.com")
    for channel in ("sms", "email"):
        person.record_consent(
            by=None,
            purpose="survey",
            channel=channel,
            is_granted=True,
            source="branch",
            wording_version="1",
        )


def ready(cast: Cast) -> FollowUp:
    follow_up = owed(cast, cast.ada)
    sweep(at=NOON)
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.way) == (FollowUpStatus.READY, Way.SMS)
    return follow_up


def sent(cast: Cast) -> tuple[FollowUp, Link]:
    follow_up = ready(cast)
    assert messaging.send_due() == 1
    follow_up.refresh_from_db()
    return follow_up, Link.objects.get(follow_up=follow_up)
