"""How is a follow-up made by a link that is sent, by SMS or e-mail?

1. Claim: a follow-up that is ready becomes a try with its link and its text, in one transaction,
   once. The rules are asked for that channel, the contact budget is drawn.
2. Send: the rules are asked again at that moment, also for what was put off; then the text is
   claimed and sent outside of any transaction (`messaging.sending`). Nothing is sent twice.
3. Record: sent, and the follow-up waits for the answer; or not, and the next way is tried.
4. What the provider did not confirm is asked about, never sent again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from followups import linking, replies, wording
from followups.errors import FollowUpSettled, HeardEnough
from followups.grounds import Facts, Permission
from followups.models import Attempt, ConfirmationStatus, FollowUp, FollowUpStatus, Link
from followups.models.policy import BY_MESSAGE, Way
from followups.permission import calling_hours, first_way, permission
from messaging import sending
from messaging.adapters import gateway_of
from messaging.gateway import Carrier, MessageGateway, SendingState
from messaging.models import Reply, Sending

BATCH: Final = 50
NO_HOUR: Final = timedelta(days=1)  # until somebody mends the customer's place
NO_GATEWAY: Final = "This installation sends no texts that way"
NO_PAGE: Final = "Customers have no page of their own"
NO_NUMBER: Final = "No number of ours may be shown to whom a text goes"


def send_due() -> int:
    """Send the links that are due now; how many texts left."""
    for follow_up in FollowUp.objects.by_message().select_related("interaction")[:BATCH]:
        with suppress(HeardEnough):
            queue(follow_up)
    queued = Sending.objects.due(at=timezone.now()).filter(pk__in=Link.objects.values("sending"))
    left = sum(_send(one) for one in queued[:BATCH])
    sending.ask_about_the_unknown()
    return left


def queue(follow_up: FollowUp) -> Sending | None:
    """Write the try, its link and its text down; None when the rules refuse, or somebody was first.

    Raises HeardEnough; then nothing is written.
    """
    gateway = gateway_of(follow_up.way)
    if because := _impossible(follow_up, gateway):
        follow_up.leave_to_next_way(because=because)
        return None
    assert gateway is not None  # or it is impossible
    facts = FollowUp.objects.filter(pk=follow_up.pk).facts()[follow_up.pk]
    decided = first_way(facts, at=timezone.now())
    if not decided.is_allowed or decided.way != follow_up.way:
        _put_away(follow_up, decided)
        return None
    with transaction.atomic():
        link = follow_up.begin_by_message(
            decided=decided,
            gateway=gateway.name,
            contact_point_id=facts.reach(follow_up.way).point_id,
        )
        return _write(follow_up, link, facts, gateway) if link else None


def _impossible(follow_up: FollowUp, gateway: MessageGateway | None) -> str:
    """Why no text can carry this link, whatever the rules say; empty when one can."""
    if follow_up.way not in BY_MESSAGE:
        return NO_PAGE
    if gateway is None:
        return NO_GATEWAY
    return NO_NUMBER if follow_up.way == Way.SMS and linking.company() is None else ""


def _put_away(follow_up: FollowUp, decided: Permission) -> None:
    FollowUp.objects.decide(
        {follow_up.pk: decided}, at=timezone.now(), from_statuses=[FollowUpStatus.READY]
    )


def _write(follow_up: FollowUp, link: Link, facts: Facts, gateway: MessageGateway) -> Sending:
    words = {
        "company": linking.company_name(),
        "day": wording.day_of(follow_up.interaction.opened_at),
        "until": wording.day_of(link.expires_at),
        "link": link.address,
        "stop": link.stop_address,
    }
    is_sms = follow_up.way == Way.SMS
    written = write(
        carrier=Carrier(follow_up.way),
        gateway=gateway,
        to=facts.reach(follow_up.way).address,
        subject="" if is_sms else wording.ASK_SUBJECT,
        text=(wording.ASK_SMS if is_sms else wording.ASK_MAIL).format(**words),
        stop_url=link.stop_address,
    )
    Link.objects.filter(pk=link.pk).update(sending=written)
    return written


def write(
    *,
    carrier: Carrier,
    gateway: MessageGateway,
    to: str,
    subject: str,
    text: str,
    stop_url: str = "",
) -> Sending:
    """One text to go out, from the number or mail address that is ours."""
    shown = linking.company()
    is_sms = carrier == Carrier.SMS
    return Sending.objects.create(
        carrier=carrier,
        gateway=gateway.name,
        to=to,
        sender=shown.number if is_sms and shown else settings.DEFAULT_FROM_EMAIL,
        subject=subject,
        text=text,
        stop_url=stop_url,
    )


def _send(one: Sending) -> bool:
    """Ask the rules once more and send; what they refuse now is put where they say."""
    related = ("attempt__follow_up__customer", "confirmation")
    link = Link.objects.select_related(*related).get(sending=one)
    if link.attempt is not None and not _may_go(link.attempt, one):
        return False
    if link.confirmation is not None and not _may_still_ask(link, one):
        return False
    return sending.send(one) in {SendingState.SENT, SendingState.DELIVERED}


def _may_go(attempt: Attempt, one: Sending) -> bool:
    follow_up = attempt.follow_up
    facts = FollowUp.objects.filter(pk=follow_up.pk).facts()[follow_up.pk]
    mine = replace(facts, attempts_made=facts.attempts_made - 1)  # but for the one under way
    decided = permission(mine, at=timezone.now())
    if attempt.ended_at is None and decided.is_allowed:
        return True
    if sending.cancel(one, because=str(decided.rule.label)) and attempt.ended_at is None:
        with suppress(FollowUpSettled):
            follow_up.refuse_dialling(by=None, decided=decided)
    return False


def _may_still_ask(link: Link, one: Sending) -> bool:
    """Whether it is fixed: not when that is said already, and not outside of the hours."""
    if link.confirmation is None or link.confirmation.status != ConfirmationStatus.ASKING:
        sending.cancel(one, because="Settled meanwhile")
        return False
    if one.carrier != Carrier.SMS:
        return True
    now = timezone.now()
    facts = FollowUp.objects.filter(pk=link.follow_up_id).facts()[link.follow_up_id]
    opening = calling_hours(facts, way=Way.SMS).opening(now)
    if opening != now:
        later = opening or now + NO_HOUR
        Sending.objects.filter(pk=one.pk, state=SendingState.QUEUED).update(due_at=later)
    return opening == now


def note(one: Sending) -> None:
    """What became of a text moves its follow-up: in the transaction that took the word in."""
    link = Link.objects.filter(sending=one).select_related("attempt__follow_up__customer").first()
    if link is None or link.attempt is None:
        return
    follow_up = FollowUp.objects.select_related("customer", "owner").get(
        pk=link.attempt.follow_up_id
    )
    if one.state == SendingState.FAILED:
        follow_up.was_not_sent(attempt=link.attempt, because=f"Not delivered: {one.because}"[:120])
    elif one.state in {SendingState.SENT, SendingState.DELIVERED, SendingState.UNKNOWN}:
        follow_up.was_sent(attempt=link.attempt)


def hear(reply: Reply) -> None:
    """STOP from a number stops everything that is asked of whoever gets texts there; whatever else
    is said reaches a person.
    """
    if reply.is_stop:
        _stop(reply)
    if not reply.is_stop_alone:
        replies.bring(reply)


def _stop(reply: Reply) -> None:
    asked = FollowUp.objects.filter(
        customer__contact_points__value=reply.sender, links__sending__carrier=reply.carrier
    )
    customers = {row.customer_id: row.customer for row in asked.select_related("customer")}
    for customer in customers.values():
        linking.stop(customer, source="reply by SMS")
