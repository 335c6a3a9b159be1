"""Is it fixed? How is the customer asked after we think so, and what follows from silence?

One confirmation each time that a request, which a customer's bad answer opened, is resolved. Its
ways are tried in their order, one message each; then its owner is asked to call; then it is closed
as not confirmed. Only the customer's word confirms.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import AuditEntry
from customers import budget
from customers.lawful import PHONES
from customers.models import DrawnFor, Purpose
from followups import linking, wording
from followups.grounds import Facts
from followups.messaging import write
from followups.models import Confirmation, ConfirmationStatus, FollowUp, Link
from followups.models.link import LATE
from followups.models.policy import BY_MESSAGE, Way
from followups.permission import calling_hours
from messaging.adapters import gateway_of
from messaging.gateway import Carrier
from service.models import RequestStatus, ServiceRequest

REMIND: Final = timedelta(days=2)  # from one message to the next
CALL: Final = timedelta(days=2)  # from the last message to the agent's call
GIVE_UP: Final = timedelta(days=5)  # so long the agent has time to reach the customer
BATCH: Final = 50
SILENCE: Final = "No word from the customer, neither by link nor by phone"


def follow(request: ServiceRequest) -> None:
    """A request has moved: ask about what is resolved; what moved on needs no asking."""
    moved = {
        RequestStatus.CLOSED: ConfirmationStatus.CONFIRMED,
        RequestStatus.IN_PROGRESS: ConfirmationStatus.DROPPED,
        RequestStatus.WITHDRAWN: ConfirmationStatus.DROPPED,
    }
    if request.status in moved:
        for one in Confirmation.objects.open().filter(request=request):
            one.settle(moved[RequestStatus(request.status)])
    elif request.status == RequestStatus.RESOLVED and request.needs_confirmation:
        _begin(request)


def _begin(request: ServiceRequest) -> None:
    follow_up = FollowUp.objects.filter(request=request).order_by("-pk").first()
    if follow_up is None:
        return
    Confirmation.objects.create(
        request=request,
        customer_id=request.customer_id,
        follow_up=follow_up,
        ways=[way for way in follow_up.ways if way in BY_MESSAGE] or list(BY_MESSAGE),
    )


def step_due(*, at: datetime | None = None) -> int:
    """Take every confirmation that is due one step on; how many."""
    moment = at or timezone.now()
    stepped = 0
    while stepped < BATCH:
        with transaction.atomic():
            due = Confirmation.objects.open().filter(due_at__lte=moment).order_by("due_at", "pk")
            claimed = due.select_for_update(skip_locked=True, of=("self",))
            one = claimed.select_related("request__owner", "follow_up").first()
            if one is None:
                break
            _step(one, moment)
        stepped += 1
    return stepped


def _step(one: Confirmation, now: datetime) -> None:
    if one.status == ConfirmationStatus.CALLING:
        one.request.give_up_confirming(because=SILENCE)
        one.settle(ConfirmationStatus.SILENT)
        return
    facts = FollowUp.objects.filter(pk=one.follow_up_id).facts()[one.follow_up_id]
    while one.asked < len(one.ways):
        way = one.ways[one.asked]
        waits = _waits_until(facts, way, now)
        if waits == now:
            _ask(one, way, facts, now)
            return
        if waits is not None:
            Confirmation.objects.filter(pk=one.pk).update(due_at=waits)
            return
        one.asked += 1
    _leave_to_the_owner(one, now)


def _waits_until(facts: Facts, way: str, now: datetime) -> datetime | None:
    """When this message may go: now, or when the hours allow; None where it cannot at all.

    It is service that the customer waits for, so that no consent to be asked questions is
    needed; but whoever has said no to that channel is not written to.
    """
    word = facts.words.get(way)
    is_refused = word is not None and not word.is_granted
    no_sender = way == Way.SMS and linking.company() is None
    if is_refused or no_sender or not facts.reach(way).address or gateway_of(way) is None:
        return None
    if facts.bereaved_since is not None:
        return None
    return calling_hours(facts, way=way).opening(now) if way in PHONES else now


def _ask(one: Confirmation, way: str, facts: Facts, now: datetime) -> None:
    gateway = gateway_of(way)
    assert gateway is not None  # looked at before
    link = Link.objects.create(
        follow_up_id=one.follow_up_id, confirmation=one, expires_at=now + LATE
    )
    words = {
        "company": linking.company_name(),
        "link": link.address,
        "owner": one.request.owner.first_name or "us",
    }
    is_sms = way == Way.SMS
    link.sending = write(
        carrier=Carrier(way),
        gateway=gateway,
        to=facts.reach(way).address,
        subject="" if is_sms else wording.FIXED_SUBJECT,
        text=(wording.FIXED_SMS if is_sms else wording.FIXED_MAIL).format(**words),
    )
    link.save(update_fields=["sending"])
    budget.draw(
        customer_id=one.customer_id,
        purpose=Purpose.SERVICE,
        channel=way,
        what=DrawnFor.CONFIRMATION,
        subject_id=one.pk,
        limits=None,
        by=None,
        is_owed=True,
    )
    is_last = one.asked + 1 == len(one.ways)
    Confirmation.objects.filter(pk=one.pk).update(
        asked=one.asked + 1, due_at=now + (CALL if is_last else REMIND)
    )
    AuditEntry.record(by=None, verb="asked whether fixed", subject=one.request, detail={"way": way})


def _leave_to_the_owner(one: Confirmation, now: datetime) -> None:
    Confirmation.objects.filter(pk=one.pk).update(
        status=ConfirmationStatus.CALLING, asked=one.asked, due_at=now + GIVE_UP
    )
    panel_changed(panel="followups.confirmations", user_ids=[one.request.owner_id])


def say(link: Link, *, is_fixed: bool, words: str) -> bool:
    """The customer's own word by the link; the first one counts, and it counts late, too."""
    confirmation = link.confirmation
    if confirmation is None:
        return False
    with transaction.atomic():
        request = ServiceRequest.objects.select_for_update(of=("self",)).get(
            pk=confirmation.request_id
        )
        over = (RequestStatus.RESOLVED, RequestStatus.NOT_CONFIRMED)
        if request.status not in over or link.answered_at is not None:
            return False
        status = ConfirmationStatus.CONFIRMED if is_fixed else ConfirmationStatus.DENIED
        Confirmation.objects.filter(pk=confirmation.pk).update(
            status=status, settled_at=timezone.now()
        )
        Link.objects.filter(pk=link.pk).update(answered_at=timezone.now())
        if is_fixed:
            request.move(to=RequestStatus.CLOSED, by=None, note="Fixed, says the customer by link")
        else:
            request.reopen(note=f"Not fixed, says the customer by link. {words}".strip())
        panel_changed(panel="console.my_work", user_ids=[request.owner_id])
        panel_changed(panel="followups.confirmations", user_ids=[request.owner_id])
    return True
