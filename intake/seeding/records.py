"""How does a thing of this day stand in the database? With the history that its verbs leave."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from accounts.models import AuditEntry, User
from customers.models import Customer
from followups.models import (
    Answer,
    Attempt,
    FollowUp,
    FollowUpPolicy,
    FollowUpStatus,
    PolicyVersion,
)
from intake.seeding.told import MINUTE, Owed, Told
from interactions.models import (
    ContactReason,
    Direction,
    Interaction,
    TimelineEntry,
    TimelineKind,
    WrapUpCode,
)
from service.models import Promise, RequestType, ServiceRequest, StatusChange


def contact(
    entry: Told, customer: Customer, agent: User | None, opened_at: datetime
) -> Interaction:
    """A contact as it stands: open, or closed with its timeline entry."""
    closed_at = opened_at + entry.lasted if entry.lasted else None
    interaction = Interaction.objects.create(
        customer=customer,
        channel=entry.channel,
        contact_reason=ContactReason.objects.get(code=entry.reason),
        subject=entry.subject,
        agent=agent,
        opened_at=opened_at,
        closed_at=closed_at,
        wrap_up_code=WrapUpCode.objects.get(code=entry.wrap_up) if entry.wrap_up else None,
        summary=entry.summary,
    )
    AuditEntry.record(by=agent, verb="interaction opened", subject=interaction)
    if closed_at:
        AuditEntry.record(by=agent, verb="interaction closed", subject=interaction)
        TimelineEntry.write(
            customer_id=customer.pk,
            kind=TimelineKind.CONTACT,
            at=opened_at,
            title=entry.subject,
            detail=entry.summary,
            channel=entry.channel,
            interaction_id=interaction.pk,
        )
    return interaction


def request(
    owed: Owed, customer: Customer, owner: User, *, opened_at: datetime, by: Interaction | None
) -> ServiceRequest:
    """A request that its owner works on."""
    request_type = RequestType.objects.get(code=owed.request_type)
    found = ServiceRequest.objects.create(
        customer=customer,
        interaction=by,
        request_type=request_type,
        subject=owed.subject,
        status="in_progress",
        owner=owner,
        opened_at=opened_at,
        target_at=opened_at + timedelta(days=float(request_type.target_days)),
        expected_at=opened_at + timedelta(days=float(request_type.expected_days)),
    )
    for before, after, minutes in (("", "open", 0), ("open", "in_progress", 12)):
        StatusChange.objects.create(
            request=found,
            from_status=before,
            to_status=after,
            at=opened_at + minutes * MINUTE,
            by=owner,
        )
    AuditEntry.record(by=owner, verb="request opened", subject=found)
    TimelineEntry.write(
        customer_id=customer.pk,
        kind=TimelineKind.REQUEST,
        at=opened_at,
        title=f"Request opened: {owed.subject}",
        interaction_id=by.pk if by else None,
    )
    return found


def promise(asked: ServiceRequest, text: str, *, due_at: datetime, now: datetime) -> None:
    """What its owner promised with it; broken where that is over."""
    made_at = asked.opened_at + MINUTE
    made = Promise.objects.create(
        customer=asked.customer,
        request=asked,
        interaction=asked.interaction,
        text=text,
        owner=asked.owner,
        made_at=made_at,
        due_at=due_at,
        expected_at=asked.expected_at,
        status="open" if due_at > now else "broken",
    )
    AuditEntry.record(by=asked.owner, verb="promise made", subject=made)
    TimelineEntry.write(
        customer_id=asked.customer_id,
        kind=TimelineKind.PROMISE,
        at=made_at,
        title=f"Promised: {text}",
        interaction_id=asked.interaction_id,
    )


def asked_later(talk: Interaction, *, due_at: datetime) -> FollowUp:
    """The follow-up that the contact's closing leaves."""
    policy = FollowUpPolicy.objects.get(reasons=[])
    assert talk.agent is not None
    return FollowUp.objects.create(
        interaction=talk,
        customer=talk.customer,
        policy=policy,
        policy_version=PolicyVersion.objects.first(),
        owner=talk.agent,
        questions=policy.questions,
        due_at=due_at,
        lapses_at=due_at + timedelta(days=policy.lapse_days),
        window_start=time(8),
        window_end=time(21),
        max_attempts=policy.max_attempts,
        retry_minutes=policy.retry_minutes,
        review_days=policy.review_days,
    )


def answered(talk: Interaction, *, at: datetime, score: int) -> None:
    """A follow-up in which all was as expected."""
    follow_up = asked_later(talk, due_at=at)
    assert talk.agent is not None
    ended_at = at + 3 * MINUTE
    call = Interaction.objects.create(
        customer=talk.customer,
        channel="voice",
        direction=Direction.OUTBOUND,
        subject=f"Follow-up: {talk.subject}",
        agent=talk.agent,
        is_follow_up=True,
        opened_at=at,
        closed_at=ended_at,
        wrap_up_code=WrapUpCode.objects.get(code="answered"),
        summary="Asked how it went.",
    )
    Attempt.objects.create(
        follow_up=follow_up,
        number=1,
        call=call,
        by=talk.agent,
        gateway="own_phone",
        started_at=at,
        ended_at=ended_at,
        outcome="reached",
    )
    for question in ("as_expected", "as_promised", "met_expectations"):
        Answer.objects.create(follow_up=follow_up, question=question, is_yes=True, at=at)
    Answer.objects.create(follow_up=follow_up, question="recommend", score=score, at=at)
    FollowUp.objects.filter(pk=follow_up.pk).update(
        status=FollowUpStatus.ANSWERED, answered_at=at, attempts_made=1, ready_at=at, call=call
    )
    TimelineEntry.write(
        customer_id=talk.customer_id,
        kind=TimelineKind.FOLLOW_UP,
        at=at,
        title=f"Follow-up: as expected, recommends us {score}",
        interaction_id=call.pk,
    )
