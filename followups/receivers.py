"""After which contacts is a follow-up owed? Rows only, in the transaction that closes."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.dispatch import receiver

from accounts.models import Role, User
from followups import confirming, messaging
from followups.dialling import note_the_end
from followups.errors import FollowUpStillOpen
from followups.models import FollowUp, FollowUpStatus, VoiceSurvey
from followups.policies.choosing import in_force
from followups.surveying import HEARD, claim, hear, settle_closed
from followups.voicing import follow
from interactions.models import Interaction, Outcome
from interactions.signals import interaction_closed
from messaging.models import Reply, Sending
from messaging.signals import replied, sending_moved
from routing.signals import customer_alone
from service.models import ServiceRequest
from service.signals import request_moved
from telephony.models import Call, CallEvent, Purpose
from telephony.signals import call_moved
from telephony.states import CallPicture

logger = logging.getLogger(__name__)


@receiver(interaction_closed)
def owe_a_follow_up(interaction: Interaction, by: User | None, **_: Any) -> None:
    """Plan the follow-up of every contact, but of none that was itself a follow-up call."""
    if interaction.is_follow_up:
        _refuse_while_unreported(interaction)
        return
    if _not_reached(interaction):
        return
    version, choice = in_force(interaction)
    owner_id = interaction.agent_id or (by.pk if by else _supervisor_for(interaction))
    if version is None or choice is None or owner_id is None:
        _warn_once("no policy" if choice is None else "nobody to own it")
        return
    FollowUp.plan(
        interaction=interaction,
        terms=choice.terms,
        version_id=version.pk,
        owner_id=owner_id,
        due_at=choice.due_at,
        refused=choice.refused,
    )
    settle_closed(interaction)


@receiver(customer_alone)
def go_on_with_questions(*, call: Call, at: datetime, **_: Any) -> bool:
    """Our last agent has hung up: ask how it went, where the customer may be asked so."""
    return claim(call=call, at=at)


@receiver(call_moved)
def hear_answers(*, call: Call, now: CallPicture, events: list[CallEvent], **_: Any) -> None:
    """What an automatic voice is answered; in a call of its own, after who has answered it."""
    if call.purpose == Purpose.SURVEY:
        follow(call=call, now=now, events=events)
    if any(event.kind in HEARD for event in events):
        hear(call=call, events=events)


def _not_reached(interaction: Interaction) -> bool:
    """As its agent says, unless the customer was there to be asked by an automatic voice."""
    code = interaction.wrap_up_code
    if code is None or code.outcome != Outcome.NOT_REACHED:
        return False
    return not VoiceSurvey.objects.filter(interaction=interaction).exists()


@receiver(call_moved)
def learn_what_became_of_the_call(*, call: Call, now: CallPicture, **_: Any) -> None:
    """The provider says how a follow-up call ended; who was talked to is reported by the agent."""
    if call.purpose == Purpose.FOLLOW_UP and now.ended_at:
        note_the_end(call)


@receiver(sending_moved)
def learn_what_became_of_the_text(*, sending: Sending, **_: Any) -> None:
    messaging.note(sending)


@receiver(replied)
def hear_replies(*, reply: Reply, **_: Any) -> None:
    messaging.hear(reply)


@receiver(request_moved)
def ask_whether_it_is_fixed(*, request: ServiceRequest, **_: Any) -> None:
    confirming.follow(request)


def _refuse_while_unreported(call: Interaction) -> None:
    if FollowUp.objects.filter(call=call, status=FollowUpStatus.IN_PROGRESS).exists():
        raise FollowUpStillOpen


def _supervisor_for(interaction: Interaction) -> int | None:
    """For contacts that no agent had and the software closed."""
    return (
        User.objects.filter(
            role=Role.SUPERVISOR, is_active=True, teams=interaction.customer.team_id
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )


@lru_cache
def _warn_once(what: str) -> None:
    logger.warning("no follow-up is owed after contacts: %s", what)
