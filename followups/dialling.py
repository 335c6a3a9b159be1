"""How is the customer's phone reached for a follow-up: may it ring now, and what came of it?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from followups.errors import FollowUpSettled
from followups.grounds import Permission, Rule
from followups.models import Attempt, AttemptOutcome, FollowUp
from followups.permission import permission
from interactions.models import Interaction
from routing import outbound
from routing.models import OutboundCall
from routing.outbound import Guard, Ruling, Wanted, came_to_nothing, key_of
from telephony.gateway import CallState
from telephony.models import Call, Purpose

# How the provider says that a call ended of which nobody has to be asked anything more.
TOLD: Final = {
    CallState.BUSY: AttemptOutcome.BUSY,
    CallState.NO_ANSWER: AttemptOutcome.NO_ANSWER,
}


def place(follow_up: FollowUp, *, by: User) -> OutboundCall | None:
    """Call the customer for the open attempt; None when the rules refuse, and it is put away.

    Asked for twice, or by two at once, it is one call. Raises FollowUpSettled, CalledAlready,
    PhoneNotReady, Conflict.
    """
    attempt = _open_attempt(follow_up)
    before = attempt.telephone_call
    if before is not None and not came_to_nothing(before):
        return OutboundCall.objects.select_related("call", "agent").get(call=before)
    if attempt.contact_point is None:
        _refused(follow_up, by=by, decided=Permission(Rule.NO_PHONE))
        return None
    wanted = Wanted(
        key=key_of(Purpose.FOLLOW_UP, attempt.pk, after=before),
        purpose=Purpose.FOLLOW_UP,
        about=attempt.pk,
        number=attempt.contact_point.value,
        customer=follow_up.customer,
        contact_point=attempt.contact_point,
    )
    ruling = outbound.ask(wanted, by=by)
    if not ruling.is_allowed:
        not_dialled(wanted, by, ruling)
        return None
    with transaction.atomic():
        asked = outbound.queue(wanted, by=by)
        contact = Interaction.objects.filter(pk=cast("int", attempt.call_id), call=before)
        contact.update(call=asked.call)
    return asked


def _open_attempt(follow_up: FollowUp) -> Attempt:
    open_ones = Attempt.objects.filter(follow_up=follow_up, ended_at=None, call__isnull=False)
    attempt = open_ones.select_related("call__call", "contact_point").first()
    if attempt is None:
        now = FollowUp.objects.select_related("owner").get(pk=follow_up.pk)
        raise FollowUpSettled(status=now.standing, owner=now.owner)
    return attempt


def rules(wanted: Wanted, at: datetime) -> Ruling:
    """The rules of follow-ups, for the number and the attempt that are about to be called."""
    decided = _decided(wanted, at)
    return Ruling(decided.is_allowed, decided.rule.value, str(decided.rule.label))


def _decided(wanted: Wanted, at: datetime) -> Permission:
    attempt = Attempt.objects.filter(pk=wanted.about, ended_at=None).first()
    if attempt is None:
        return Permission(Rule.ATTEMPTS_USED)
    facts = FollowUp.objects.filter(pk=attempt.follow_up_id).facts()[attempt.follow_up_id]
    # The attempt under way counts among those made; the number is the one to be dialled.
    mine = replace(facts.reached_at(wanted.number), attempts_made=facts.attempts_made - 1)
    return permission(mine, at=at)


def not_dialled(wanted: Wanted, by: User | None, ruling: Ruling) -> None:
    """Put the follow-up where the rule says; the reason stands in its script."""
    attempt = Attempt.objects.filter(pk=wanted.about).select_related("follow_up").first()
    if attempt is None:
        return
    decided = _decided(wanted, timezone.now())
    if decided.is_allowed:
        known = ruling.code in Rule.values
        decided = Permission(Rule(ruling.code) if known else Rule.DO_NOT_CALL)
    _refused(attempt.follow_up, by=by, decided=decided)


def _refused(follow_up: FollowUp, *, by: User | None, decided: Permission) -> None:
    with suppress(FollowUpSettled):
        follow_up.refuse_dialling(by=by, decided=decided)


def note_the_end(call: Call) -> None:
    """Fill in what the provider says: busy and no answer need nobody to report them."""
    outcome = TOLD.get(CallState(call.state))
    attempts = Attempt.objects.filter(call__call=call, ended_at=None)
    attempt = attempts.select_related("follow_up", "by").first()
    if outcome is not None and attempt is not None:
        with suppress(FollowUpSettled):
            attempt.follow_up.report(by=attempt.by, outcome=outcome, is_told=True)


FOLLOW_UPS: Final = Guard(rules=rules, refused=not_dialled)
