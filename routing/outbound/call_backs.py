"""How is a call back made that we owe somebody?"""

from __future__ import annotations

from django.db import transaction

from accounts.errors import Conflict, RuleBroken
from accounts.models import User
from customers import budget
from customers.contact_points import Channel
from customers.models import ContactPoint, DrawnFor
from customers.models import Purpose as Consented
from routing.models import CallBack, OutboundCall
from routing.outbound.asking import ask, key_of, queue
from routing.outbound.rules import NotDialled, Wanted
from telephony.models import Call, Purpose


def call_back(owed: CallBack, *, by: User) -> OutboundCall:
    """Call whom we owe it. Raises PhoneNotReady, NotDialled, Conflict."""
    if owed.done_at is not None:
        raise Conflict("Somebody has called them already. Choose another one.")
    if not owed.number:
        raise RuleBroken("We have no number to call back. Find the customer, and write to them.")
    before = Call.objects.filter(
        pk__in=OutboundCall.objects.filter(about=owed.pk).values("call"), purpose=Purpose.CALL_BACK
    ).order_by("-pk")
    last = before.first()
    if last is not None and not last.is_over:
        return OutboundCall.objects.select_related("call", "agent").get(call=last)
    wanted = Wanted(
        key=key_of(Purpose.CALL_BACK, owed.pk, after=last),
        purpose=Purpose.CALL_BACK,
        about=owed.pk,
        number=owed.number,
        customer=owed.customer,
        contact_point=_point(owed),
    )
    ruling = ask(wanted, by=by)
    if not ruling.is_allowed:
        raise NotDialled(f"{ruling.words}, so nobody was called.")
    with transaction.atomic():
        asked = queue(wanted, by=by)
        _count(owed, by=by)
    return asked


def _count(owed: CallBack, *, by: User) -> None:
    """On the ledger of the contact budget: they asked for it, so that it is never refused."""
    if owed.customer_id is not None:
        budget.draw(
            customer_id=owed.customer_id,
            purpose=Consented.SERVICE,
            channel=Channel.VOICE,
            what=DrawnFor.CALL_BACK,
            subject_id=owed.pk,
            limits=None,
            by=by,
        )


def _point(owed: CallBack) -> ContactPoint | None:
    if owed.customer is None:
        return None
    return owed.customer.contact_points.filter(value=owed.number).first()
