"""Follow-ups in each of their stages, made by the verbs that make them in earnest."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from customers.models import Customer
from followups.models import (
    THREE_QUESTIONS,
    FollowUp,
    FollowUpPolicy,
    PolicyVersion,
    Question,
    Said,
)
from followups.policies.choosing import policies_of
from followups.policies.versions import NothingChanged, NotPublishable, publish
from followups.sweeping import sweep
from interactions.models import ContactReason
from tests.cast import Cast, contact

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; noon in London too


def default_policy(**figures: Any) -> FollowUpPolicy:
    """One more policy of the draft, published with it where the draft is complete by now.

    One that is for some contacts only is tried before those for every contact.
    """
    figures = {"name": "Every other contact", "delay_minutes": 1} | figures
    is_narrow = any(figures.get(name) for name in ("reasons", "channels", "outcomes", "segments"))
    count = FollowUpPolicy.objects.count()
    policy = FollowUpPolicy.objects.create(
        **{"position": count if is_narrow else 1000 + count} | figures
    )
    put_in_force()
    return policy


def put_in_force() -> None:
    """Publish the draft as it stands, unless it is not complete; this process knows it at once."""
    with suppress(NotPublishable, NothingChanged):
        publish(by=None)
        in_force = PolicyVersion.objects.first()
        if in_force:
            policies_of(in_force.pk, in_force.digest)


def owed(
    cast: Cast,
    person: Customer,
    *,
    by: User | None = None,
    reason: ContactReason | None = None,
    due_at: datetime = NOON,
) -> FollowUp:
    """Planned by the closing of a contact, and due."""
    if not FollowUpPolicy.objects.exists():
        default_policy()
    interaction = contact(cast, person, by=by, reason=reason)
    interaction.close(by=by or cast.sam, wrap_up_code=cast.helped, summary="Sent a new card")
    follow_up = FollowUp.objects.get(interaction=interaction)
    FollowUp.objects.filter(pk=follow_up.pk).update(due_at=due_at)
    follow_up.refresh_from_db()
    return follow_up


def ready(cast: Cast, person: Customer, **how: Any) -> FollowUp:
    follow_up = owed(cast, person, **how)
    sweep(at=NOON)
    follow_up.refresh_from_db()
    return follow_up


def begun(cast: Cast, person: Customer, **how: Any) -> FollowUp:
    follow_up = ready(cast, person, **how)
    follow_up.begin(by=how.get("by") or cast.sam)
    return follow_up


def answers(*, score: int = 9, **noes: str) -> list[Said]:
    """All well, but for the questions named: `as_promised="It came late"` is a no in words."""
    return [
        *(
            Said(question.value, is_yes=question.value not in noes, words=noes.get(question, ""))
            for question in THREE_QUESTIONS
        ),
        Said(Question.RECOMMEND.value, score=score),
    ]
