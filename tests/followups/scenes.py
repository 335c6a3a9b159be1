"""Follow-ups in each of their stages, made by the verbs that make them in earnest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from customers.models import Customer
from followups.models import THREE_QUESTIONS, FollowUp, FollowUpPolicy, Question, Said
from followups.sweeping import sweep
from interactions.models import ContactReason
from tests.cast import Cast, contact

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; noon in London too


def default_policy(**figures: Any) -> FollowUpPolicy:
    return FollowUpPolicy.objects.create(
        **{"name": "Every other contact", "delay_minutes": 1} | figures
    )


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
