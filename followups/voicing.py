"""How is a follow-up made by an automatic voice, in a call of its own?

1. Claim: a follow-up that is ready becomes a try with a call, by the call's key, in one
   transaction, once. The rules are asked, and a refusal ends the try with its reason.
2. Ring (`routing.outbound.ringing`): claimed again, the rules asked again, then the gateway rings
   the customer's phone. A worker that dies before leaves the call to the next one; a worker that
   dies after its claim leaves it to the reconciliation. Nobody's phone rings twice.
3. Somebody answers: the survey's row is written with the event, and the gateway asks at once.
4. Nobody does: what the provider says ends the try. What it surely never had is tried again, later
   each time, and parked when it goes on like that; what it will never place goes another way.
"""

from __future__ import annotations

import logging
import math
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.afterwards import afterwards
from accounts.errors import RuleBroken
from accounts.models import User
from accounts.slots import Slot
from followups import dialling
from followups.dialling import TOLD
from followups.errors import FollowUpSettled
from followups.grounds import Facts, Rule
from followups.models import (
    Attempt,
    AttemptOutcome,
    FollowUp,
    FollowUpStatus,
    VoiceSurvey,
    answered_by_key,
)
from followups.permission import permission
from followups.surveying import ask
from routing import outbound
from routing.announcing import let_go
from routing.models import DialDecision, OutboundCall
from routing.outbound import Guard, Ruling, Wanted, key_of
from telephony.adapters import gateway
from telephony.gateway import CallState, Capability
from telephony.models import Call, CallerId, CallEvent, GatewayCircuit, Purpose
from telephony.protocol import Kind
from telephony.states import CallPicture

logger = logging.getLogger(__name__)

SECONDS: Final = 20.0  # for one round of calls; well below the soft limit of a task
BURST: Final = timedelta(seconds=2)  # over so long the pace is kept
LOOKED_AT: Final = 4  # times as many as there is room for: of some, the line is in use
UNASKED: Final = timedelta(seconds=5)  # whoever took the answer in may have died before asking
LONGEST: Final = timedelta(minutes=5)  # far longer than all questions, each asked twice
NOT_PLACED: Final = "The telephone provider could not place the call"
CARE: Final = "The customer is marked vulnerable: a person calls"


def call_due(*, seconds: float = SECONDS) -> int:
    """Call whom a voice is to ask now; how many phones were asked to ring.

    At most `VOICE_DIALLERS` processes do so at the same time, so that a slow provider keeps none
    of the other work waiting.
    """
    rung, until = 0, time.monotonic() + seconds
    with Slot("followups.dialling", of=settings.VOICE_DIALLERS) as is_mine:
        while is_mine and (left := until - time.monotonic()) > 0:
            taken = take(at=timezone.now())
            rung += outbound.ring_due(seconds=left)
            if not taken:
                break
    _go_on_with_the_left(timezone.now())
    return rung


def take(*, at: datetime) -> int:
    """Write down the next calls to make, as many as there is room for; what was due first, first.

    A backlog becomes no storm: no more than so many calls in a minute, spread over it.
    """
    with Slot("followups.pace") as is_mine:
        wanted = room(at=at) if is_mine else 0
        taken = 0
        ready = FollowUp.objects.for_the_voice().select_related("customer")
        left = list(ready[: wanted * LOOKED_AT])
        while left and taken < wanted:
            some, left = left[: wanted - taken], left[wanted - taken :]
            known = _facts_of(some)
            taken += sum(_taken(one, known.get(one.pk)) for one in some)
    return taken


def _facts_of(some: list[FollowUp]) -> dict[int, Facts]:
    """Of all of them in one statement; of none where one cannot be read: each is read alone."""
    try:
        return FollowUp.objects.filter(pk__in=[one.pk for one in some]).facts()
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, its neighbours go on)
        logger.warning("follow-ups cannot be read together: %s", type(error).__name__)
        return {}


def room(*, at: datetime) -> int:
    """How many calls may be begun at this moment: by lines, by pace, by the provider's health."""
    by_voice = OutboundCall.objects.by_voice()
    let_through = GatewayCircuit.room(gateway().name, at=at)
    if let_through is not None:
        return max(let_through - by_voice.asked().count(), 0)
    a_minute = settings.VOICE_CALLS_PER_MINUTE
    begun = by_voice.begun_since(at - timedelta(minutes=1))
    just_begun = by_voice.begun_since(at - BURST)
    return max(
        min(
            settings.VOICE_LINES - by_voice.under_way().count(),
            a_minute - begun,
            math.ceil(a_minute * BURST / timedelta(minutes=1)) - just_begun,
        ),
        0,
    )


def _taken(follow_up: FollowUp, facts: Facts | None) -> bool:
    """One that cannot be worked on holds up none of those behind it."""
    try:
        return queue(follow_up, facts) is not None
    except RuleBroken:
        return False
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, its neighbours go on)
        what = type(error).__name__
        logger.error("follow-up %s cannot be called: %s", follow_up.pk, what)
        with transaction.atomic():
            FollowUp.objects.put_off(
                follow_up.pk, because=f"Cannot be called: {what}", at=timezone.now()
            )
        return False


def queue(follow_up: FollowUp, facts: Facts | None = None) -> OutboundCall | None:
    """Write the try and its call down; None when a voice may not, or somebody else makes it.

    `facts` as they were a moment ago say by which way it goes; whether it may be called is asked
    of those of this moment. Raises Conflict when a voice calls this customer already: then nothing
    is written.
    """
    facts = facts or FollowUp.objects.filter(pk=follow_up.pk).facts()[follow_up.pk]
    if because := _not_for_a_voice(follow_up, facts):
        follow_up.leave_to_next_way(because=because)
        return None
    decided = permission(facts, at=timezone.now())
    if facts.room_on is not None:  # nothing is begun that would draw from a budget without room
        FollowUp.objects.decide(
            {follow_up.pk: decided}, at=timezone.now(), from_statuses=[FollowUpStatus.READY]
        )
        return None
    if Call.objects.going_on().filter(remote_number=facts.phone).exists():
        return None  # the line is in use: the next sweep looks again
    with transaction.atomic():
        attempt = follow_up.begin_by_voice(decided=decided, contact_point_id=facts.phone_id)
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


def not_dialled(wanted: Wanted, by: User | None, ruling: Ruling) -> None:
    """Put the follow-up where the rule says; whom only a voice may not call, an agent does."""
    if ruling.code != Rule.PERSON_ONLY:
        dialling.not_dialled(wanted, by, ruling)
        return
    attempt = Attempt.objects.filter(pk=wanted.about).select_related("follow_up").first()
    if attempt is not None:
        _report(attempt, AttemptOutcome.NOT_CALLED)


SURVEYS: Final = Guard(rules=dialling.rules, refused=not_dialled)


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
            afterwards(ask, survey)
    elif now.ended_at and not VoiceSurvey.objects.filter(call=call).exists():
        _note_the_end(attempt, call, now, events)


def _note_the_end(attempt: Attempt, call: Call, now: CallPicture, events: list[CallEvent]) -> None:
    """Nobody answered; or the provider will not place it, or never had it: then it is tried later.

    What the provider had may have rung, whatever we were told, and counts as a try.
    """
    is_for_good = any(event.detail.get("is_for_good") for event in events)
    had_it = call.customer_leg in now.legs
    if not had_it and not is_for_good:
        if attempt.ended_at is None:
            with suppress(FollowUpSettled):
                attempt.follow_up.was_not_placed(because=NOT_PLACED)
        return
    rang = now.ringing_at or (had_it and call.state != CallState.FAILED)
    otherwise = AttemptOutcome.BROKEN_OFF if rang else AttemptOutcome.NOT_CALLED
    _report(attempt, TOLD.get(CallState(call.state), otherwise))


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
