"""How is a customer asked by an automatic voice, and what becomes of the answers?

1. Claim, in the transaction that took in that our last agent hung up, or that somebody answered a
   call of its own (`followups.voicing`): a row says that they are asked. One call, one survey.
2. Ask the gateway after the commit. When it does not, the call is ended.
3. Keep every answer as its event comes, under the survey's lock.
4. Settle, once. On the line of a talk: when the survey is over and the contact closed, whichever
   comes last; a “no” or all answers become the follow-up's, else it stays planned. In a call of
   its own: when the survey is over; it always says how the try ended.

A voice that was recorded or made offers nothing, ever.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from accounts.afterwards import afterwards
from customers import budget
from customers.contact_points import Channel
from customers.models import Consent, Customer, DrawnFor, Purpose
from followups.errors import FollowUpSettled
from followups.grounds import Permission, Rule
from followups.models import (
    AnswerDraft,
    AttemptOutcome,
    FollowUp,
    FollowUpPolicy,
    Said,
    VoiceAnswer,
    VoiceSurvey,
)
from followups.models.owed import WAITING
from followups.policies.choosing import in_force
from interactions.models import Interaction
from offers import catalogue
from routing.announcing import let_go
from service.models import ServiceRequest
from telephony import spoken
from telephony.adapters import named
from telephony.gateway import GatewayError
from telephony.models import Call, CallEvent
from telephony.protocol import Kind

logger = logging.getLogger(__name__)

KEYS: Final = {"1": True, "2": False}
STOP, STOP_KEY = "stop", "9"
GO_ON, GO_ON_KEY = "go_on", "1"
TRIES: Final = 2
SECONDS: Final = 6.0
HEARD: Final = frozenset({Kind.ANSWER_GIVEN, Kind.QUESTIONS_DONE, Kind.CALL_ENDED})


def claim(*, call: Call, at: datetime) -> bool:
    """Go on with the customer of this call; false where nothing may be asked of them."""
    interaction = (
        Interaction.objects.select_related("customer").filter(call=call, is_follow_up=False).first()
    )
    if interaction is None or not may_be_asked(interaction.customer):
        return False
    _, choice = in_force(interaction)
    questions = choice.terms.questions_by_voice if choice and not choice.refused else []
    if choice is None or not questions or _is_paused(choice.terms.id, at=at):
        return False
    if not has_room(interaction):
        return False
    survey, is_new = VoiceSurvey.objects.get_or_create(
        call=call,
        defaults={"interaction": interaction, "questions": questions, "started_at": at},
    )
    if is_new:
        afterwards(ask, survey)
    return is_new


def _is_paused(policy_id: int, *, at: datetime) -> bool:
    return FollowUpPolicy.objects.filter(pk=policy_id).paused(at=at).exists()


def has_room(interaction: Interaction) -> bool:
    """Whether the contact budget takes one more question; it counts from now on.

    The follow-up of the same contact, should it still be asked, counts no second time.
    """
    ruled = budget.draw(
        customer_id=interaction.customer_id,
        purpose=Purpose.SURVEY,
        channel=Channel.VOICE,
        what=DrawnFor.FOLLOW_UP,
        subject_id=interaction.pk,
        limits=catalogue.in_force().policy.limits,
        by=None,
    )
    return ruled.is_allowed


def may_be_asked(customer: Customer) -> bool:
    """By an automatic voice: with consent, without an open complaint, and not the vulnerable.

    They have just been talked to, so that calling hours and attempts are no matter here.
    """
    consent = Consent.objects.filter(
        customer=customer, purpose=Purpose.SURVEY, channel=Channel.VOICE
    )
    newest = consent.order_by("-recorded_at", "-pk").first()
    if newest is None or not newest.is_granted or customer.vulnerable_since:
        return False
    return not ServiceRequest.objects.open().complaints().filter(customer=customer).exists()


def ask(survey: VoiceSurvey) -> None:
    """Have the gateway ask, once; a call in which it cannot is ended."""
    if not survey.claim_asking():
        return
    call, is_own = survey.call, survey.attempt_id is not None
    try:
        named(call.gateway).ask(
            call.ref,
            leg=call.customer_leg,
            questionnaire=questionnaire(survey.questions, is_own_call=is_own),
        )
    except GatewayError as error:
        logger.warning("a customer could not be asked: %s", error)
        let_go(call)


def questionnaire(questions: Iterable[str], *, is_own_call: bool = False) -> dict[str, Any]:
    """What the gateway is asked to play; the call is over after the last word.

    Whom we call is told who calls and why, and is asked nothing before they press a key: what
    answers may be a machine, or busy with something else.
    """
    keys = "".join(KEYS)
    asked: list[dict[str, Any]] = [
        {"code": question, "prompt": f"survey-{question}", "keys": keys} for question in questions
    ]
    before = [spoken.SURVEY_GREETING, spoken.SURVEY_STOP]
    if is_own_call:
        going_on = {"code": GO_ON, "prompt": spoken.SURVEY_GO_ON, "keys": GO_ON_KEY}
        asked.insert(0, going_on | {"is_needed": True})
        before = [spoken.SURVEY_OWN_GREETING]
    return {
        "questions": asked,
        "before": before,
        "after": [spoken.SURVEY_THANKS],
        "stopped": [spoken.SURVEY_STOPPED],
        "sorry": spoken.SURVEY_SORRY,
        "stop_key": STOP_KEY,
        "tries": TRIES,
        "seconds": SECONDS,
        "ends": True,
    }


def hear(*, call: Call, events: Iterable[CallEvent]) -> None:
    """Take the answers in, in the transaction that took in their events."""
    survey = VoiceSurvey.objects.select_for_update().filter(call=call).first()
    if survey is None:
        return
    for event in events:
        # On the line of a talk, callers may have been asked something else before.
        if event.kind in HEARD and (survey.attempt_id or event.at >= survey.started_at):
            _hear(survey, event)
    _settle(survey)


def settle_closed(interaction: Interaction) -> None:
    """The contact is closed and its follow-up planned: what was answered before is settled now.

    The lock makes the closing and the last answer wait for each other, so that one of them sees
    both.
    """
    if interaction.call_id is None:
        return
    survey = VoiceSurvey.objects.select_for_update().filter(interaction=interaction).first()
    if survey is not None:
        _settle(survey)


def _hear(survey: VoiceSurvey, event: CallEvent) -> None:
    detail = event.detail
    if event.kind == Kind.ANSWER_GIVEN:
        given = {detail.get("question"): detail.get("key")}
        _keep(survey, given, at=event.at, tries=detail.get("tries", 1))
        return
    if event.kind == Kind.QUESTIONS_DONE:  # says all again, should an answer have been lost
        stop = {STOP: STOP_KEY} if detail.get("is_stopped") else {}
        _keep(survey, {**detail.get("answers", {}), **stop}, at=event.at)
    if survey.ended_at is None:
        survey.write_down(ended_at=event.at)


def _keep(survey: VoiceSurvey, given: dict[Any, Any], *, at: datetime, tries: int = 1) -> None:
    if given.get(STOP) == STOP_KEY and survey.stopped_at is None:
        survey.write_down(stopped_at=at)
        FollowUp.objects.opt_out(customer=survey.customer, by=None, source="voice survey")
    VoiceAnswer.objects.bulk_create(
        [
            VoiceAnswer(survey=survey, question=question, is_yes=KEYS[key], tries=tries, at=at)
            for question, key in given.items()
            if question in survey.questions and key in KEYS
        ],
        ignore_conflicts=True,
    )


def _settle(survey: VoiceSurvey) -> None:
    """Let the answers become the follow-up's, once; the caller holds the survey's lock."""
    if survey.ended_at is None or survey.settled_at is not None:
        return
    if survey.attempt is not None:
        with suppress(FollowUpSettled):
            _end_the_try(survey, survey.attempt.follow_up)
        survey.write_down(settled_at=timezone.now())
        return
    follow_up = FollowUp.objects.filter(interaction=survey.interaction_id).first()
    if follow_up is None:
        return
    said = _said(survey)
    if any(one.is_no for one in said) or len(said) == len(survey.questions):
        follow_up.record_spoken(answers=said)
    elif survey.stopped_at:
        FollowUp.objects.decide(
            {follow_up.pk: Permission(Rule.CONSENT_WITHDRAWN)},
            at=timezone.now(),
            from_statuses=WAITING,
        )
    elif said:
        _keep_for_the_script(follow_up, said)
    survey.write_down(settled_at=timezone.now())


def _end_the_try(survey: VoiceSurvey, follow_up: FollowUp) -> None:
    """The customer answered our call: what they said settles the try. Raises FollowUpSettled."""
    said = _said(survey)
    follow_up.was_talked_to(call=survey.call, at=survey.started_at)
    is_enough = any(one.is_no for one in said) or len(said) == len(survey.questions)
    if is_enough or (said and not follow_up.has_another_try(timezone.now())):
        follow_up.record_spoken(answers=said, in_own_call=True)
    elif survey.stopped_at:
        follow_up.was_stopped()
    elif said:
        _keep_for_the_script(follow_up, said)
        follow_up.report(by=None, outcome=AttemptOutcome.PARTIAL, is_told=True)
    else:
        is_machine = Call.objects.get(pk=survey.call_id).is_with_machine
        silent = AttemptOutcome.MACHINE if is_machine else AttemptOutcome.SILENT
        follow_up.report(by=None, outcome=silent, is_told=True)


def _said(survey: VoiceSurvey) -> list[Said]:
    return [Said(one.question, is_yes=one.is_yes) for one in survey.answers.all()]


def _keep_for_the_script(follow_up: FollowUp, said: list[Said]) -> None:
    """What was answered stands in the agent's script, so that nobody asks it again."""
    if not AnswerDraft.objects.filter(follow_up=follow_up).exists():
        typed = {one.question: "yes" for one in said}
        AnswerDraft.objects.create(follow_up=follow_up, typed=typed, version=1)
