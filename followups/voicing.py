"""How is a follow-up made by an automatic voice, in a call of its own?

1. Claim: a follow-up that is ready becomes a try with a call, by the call's key, in one
   transaction, once. The rules are asked, and a refusal ends the try with its reason.
2. Ring (`routing.outbound.ringing`): claimed again, the rules asked again, then the gateway rings
   the customer's phone. A worker that dies before leaves the call to the next one; a worker that
   dies after its claim leaves it to the reconciliation. Nobody's phone rings twice.
3. Somebody answers: the survey's row is written with the event, and the gateway asks at once.
4. Nobody does: what the provider says ends the try. What was never placed is an agent's.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.errors import Conflict
from accounts.models import User
from followups import dialling
from followups.dialling import TOLD
from followups.errors import FollowUpSettled
from followups.models import (
    Attempt,
    AttemptOutcome,
    FollowUp,
    FollowUpStatus,
    VoiceSurvey,
    answered_by_key,
)
from followups.permission import Facts, Rule, permission
from followups.surveying import ask
from routing import outbound
from routing.announcing import let_go
from routing.models import DialDecision, OutboundCall
from routing.outbound import Guard, Ruling, Wanted, key_of
from telephony.adapters import gateway
from telephony.gateway import CallState, Capability
from telephony.models import Call, CallerId, CallEvent, Purpose
from telephony.protocol import Kind
from telephony.states import CallPicture

AT_ONCE: Final = 4  # calls of voices that go on at the same time
UNASKED: Final = timedelta(seconds=5)  # whoever took the answer in may have died before asking
LONGEST: Final = timedelta(minutes=5)  # far longer than all questions, each asked twice
CARE: Final = "The customer is marked vulnerable: a person calls"


def call_due() -> int:
    """Call whom a voice is to ask now; how many phones were asked to ring."""
    free = AT_ONCE - OutboundCall.objects.under_way().by_voice().count()
    ready = FollowUp.objects.for_the_voice().select_related("customer")
    for follow_up in ready[: max(free, 0)]:
        with suppress(Conflict):
            queue(follow_up)
    rung = outbound.ring_due()
    _go_on_with_the_left(timezone.now())
    return rung


def queue(follow_up: FollowUp) -> OutboundCall | None:
    """Write the try and its call down; None when a voice may not, or somebody else makes it.

    Raises Conflict when a voice calls this customer already: then nothing is written.
    """
    facts = FollowUp.objects.filter(pk=follow_up.pk).facts()[follow_up.pk]
    if because := _not_for_a_voice(follow_up, facts):
        follow_up.leave_to_next_way(because=because)
        return None
    if facts.room_on is not None:
        decided = permission(facts, at=timezone.now())
        FollowUp.objects.decide(
            {follow_up.pk: decided}, at=timezone.now(), from_statuses=[FollowUpStatus.READY]
        )
        return None
    if Call.objects.going_on().filter(remote_number=facts.phone).exists():
        return None  # the line is in use: the next sweep looks again
    with transaction.atomic():
        attempt = follow_up.begin_by_voice(rule=Rule.PERMITTED, contact_point_id=facts.phone_id)
        if attempt is None:
            return None
        wanted = Wanted(
            key=key_of(Purpose.SURVEY, attempt.pk),
            purpose=Purpose.SURVEY,
            about=attempt.pk,
            number=facts.phone,
            customer=follow_up.customer,
            contact_point=attempt.contact_point,
        )
        ruling = outbound.decide(wanted, by=None, when=DialDecision.When.QUEUED)
        if not ruling.is_allowed:
            not_dialled(wanted, None, ruling)
            return None
        return outbound.queue(wanted, by=None)


def _not_for_a_voice(follow_up: FollowUp, facts: Facts) -> str:
    """Why no voice may make this follow-up; empty when one may."""
    if not {Capability.PLACES_CALLS, Capability.ASKS} <= gateway().capabilities:
        return "This telephony has no voice of its own"
    if CallerId.for_calls() is None:
        return "No number of ours may be shown to whom a voice calls"
    if not answered_by_key(follow_up.questions):
        return "Nothing is asked that a key can answer"
    if not facts.phone:
        return str(Rule.NO_PHONE.label)
    return CARE if facts.is_vulnerable else ""


def rules(wanted: Wanted, at: datetime) -> Ruling:
    """The rules of follow-ups, and that the vulnerable are called by people only."""
    ruling = dialling.rules(wanted, at)
    if ruling.code == Rule.CARE_CALL:
        return Ruling(False, "vulnerable", CARE)
    return ruling


def not_dialled(wanted: Wanted, by: User | None, ruling: Ruling) -> None:
    """Put the follow-up where the rule says; whom only a voice may not call, an agent does."""
    if ruling.code != "vulnerable":
        dialling.not_dialled(wanted, by, ruling)
        return
    attempt = Attempt.objects.filter(pk=wanted.about).select_related("follow_up").first()
    if attempt is not None:
        _report(attempt, AttemptOutcome.NOT_CALLED)


SURVEYS: Final = Guard(rules=rules, refused=not_dialled)


def follow(*, call: Call, now: CallPicture, events: list[CallEvent]) -> None:
    """Somebody answered, or nobody did: rows only, in the transaction that took the events in."""
    answered = next(
        (one for one in events if one.kind == Kind.LEG_ANSWERED and one.leg == call.customer_leg),
        None,
    )
    attempt = _attempt_of(call)
    if attempt is None:
        return
    if answered is not None:
        survey, is_new = VoiceSurvey.objects.get_or_create(
            call=call,
            defaults={
                "attempt": attempt,
                "questions": answered_by_key(attempt.follow_up.questions),
                "started_at": answered.at,
            },
        )
        if is_new and not now.ended_at:
            transaction.on_commit(partial(ask, survey), robust=True)
    elif now.ended_at and not VoiceSurvey.objects.filter(call=call).exists():
        rang = AttemptOutcome.BROKEN_OFF if now.ringing_at else AttemptOutcome.NOT_CALLED
        _report(attempt, TOLD.get(CallState(call.state), rang))


def _attempt_of(call: Call) -> Attempt | None:
    about = OutboundCall.objects.filter(call=call).values("about")
    return Attempt.objects.filter(pk__in=about).select_related("follow_up__customer").first()


def _report(attempt: Attempt, outcome: AttemptOutcome) -> None:
    if attempt.ended_at is None:
        with suppress(FollowUpSettled):
            attempt.follow_up.report(by=None, outcome=outcome, is_told=True)


def _go_on_with_the_left(now: datetime) -> None:
    """Calls whose process died after somebody answered: they are asked now, or let go."""
    going_on = Call.objects.going_on().filter(purpose=Purpose.SURVEY)
    left = VoiceSurvey.objects.filter(call__in=going_on, ended_at=None).select_related("call")
    for survey in left.filter(asked_at=None, started_at__lt=now - UNASKED):
        ask(survey)
    for survey in left.filter(started_at__lt=now - LONGEST):
        let_go(survey.call)
