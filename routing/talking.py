"""What an agent does with a call: answer, decline, hold, hand over, hang up.

Each verb asks the provider and claims nothing: the call's state changes when an event says so.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import Conflict, NotAllowed, RuleBroken
from accounts.models import AuditEntry, User
from interactions.models import Interaction
from routing.assignment import free_agents
from routing.models import CallBack, CallBackReason, Consultation, Place
from telephony.adapters import named
from telephony.gateway import CallRefused, GatewayError
from telephony.models import Call, Leg
from telephony.protocol import Cause, Party
from telephony.states import LegState

CONSULT_SECONDS = 25
LONGEST_OFFER = 20_000  # characters of an SDP; browsers write two or three thousand


class TelephoneSilent(RuleBroken):
    """The provider did not do it; nothing has changed."""

    status_code = 503


class CallGone(Conflict):
    def __init__(self) -> None:
        super().__init__("This call is not on your phone any more.")


def my_leg(user: User) -> Leg | None:
    """The leg by which this person is in a call, or is being rung."""
    legs = Leg.objects.filter(user=user).exclude(state=LegState.LEFT)
    return legs.select_related("call").order_by("-pk").first()


def connect(*, user: User, leg: Leg, offer: str) -> str:
    """Answer, or come back after a reload: the SDP answer for the browser's offer."""
    if leg.user_id != user.pk:
        raise NotAllowed("This call rings at somebody else's phone.")
    if not offer or len(offer) > LONGEST_OFFER:
        raise RuleBroken("The browser sent no usable connection. Reload the page.")
    try:
        return named(leg.call.gateway).attach(leg.call.ref, leg=leg.key, offer=offer)
    except CallRefused as error:
        raise CallGone from error
    except GatewayError as error:
        raise TelephoneSilent(str(error)) from error


def became_of(*, user: User, key: str) -> str:
    """What became of the call whose connection this person's phone lost, in words for them."""
    leg = Leg.objects.filter(user=user, key=key).select_related("call").first()
    if leg is None or leg.cause not in {Cause.LOST, Cause.SWITCH_GONE, Cause.FAILED}:
        return ""
    if CallBack.objects.filter(call=leg.call, reason=CallBackReason.CUT_OFF).exists():
        return "The call was cut off. We owe them a call: it stands under “To call back”."
    if leg.call.is_over:
        return "The connection was lost, and the call is over by now."
    return "The connection was lost for too long: the customer goes to whoever is free next."


def decline(*, user: User, leg: Leg) -> None:
    """Not now: the caller waits on and is offered to somebody else."""
    _drop(user=user, leg=leg, cause=Cause.REJECTED)


def hang_up(*, user: User) -> None:
    """Leave the call. When nobody else of ours is in it, `routing.receivers` ends it, unless
    the customer is asked how it went; a colleague who is being rung need not answer any more.
    """
    leg = _talking(user)
    ringing = leg.call.legs.filter(
        party=Party.AGENT, state__in=[LegState.INVITED, LegState.RINGING]
    ).exclude(pk=leg.pk)
    for other in ringing:
        _ask(leg.call, "drop", leg=other.key, cause=Cause.CANCELED)
    _drop(user=user, leg=leg, cause=Cause.HUNG_UP)


def hold(*, user: User, is_held: bool) -> None:
    """The customer hears music, and the agent silence; or both hear each other again."""
    leg = _talking(user)
    _ask(leg.call, "hold", leg=_customer_leg(leg.call).key, is_held=is_held)


def send_digits(*, user: User, keys: str) -> None:
    leg = _talking(user)
    _ask(leg.call, "send_digits", leg=_customer_leg(leg.call).key, keys=keys)


def colleagues(user: User) -> list[User]:
    """Who of the same teams can take a call now."""
    return list(free_agents().filter(teams__in=user.team_ids).exclude(pk=user.pk).distinct())


def consult(*, user: User, to: User, brief: str) -> Consultation:
    """Ask a colleague while the customer hears music. The brief goes with it, and is kept."""
    words = _brief_for(user=user, to=to, brief=brief)
    call = _talking(user).call
    key = _leg_key(call)
    try:
        with transaction.atomic():
            asked = Consultation.objects.create(call=call, by=user, to=to, leg=key, brief=words)
            AuditEntry.record(
                by=user, verb="colleague consulted", subject=call, detail={"to": to.pk}
            )
    except IntegrityError as error:
        raise Conflict("A colleague is being asked already. End that first.") from error
    hold(user=user, is_held=True)
    _ask(call, "invite", leg=key, user=to.pk, ring=CONSULT_SECONDS)
    return asked


def pass_on(*, user: User, to: User, brief: str) -> Consultation:
    """Hand the customer straight to a colleague's phone, with the brief, and leave.

    The customer hears music until the colleague answers. Whom nobody answers is a caller again,
    at the same place in the queue. The contact goes with the answer, never before.
    """
    leg, words = _talking(user), _brief_for(user=user, to=to, brief=brief)
    call = leg.call
    place = Place.objects.talking_to(user).select_related("queue").filter(call=call).first()
    if place is None or Consultation.open_in(call):
        raise RuleBroken("This call cannot be handed straight on. Ask the colleague first.")
    key, now = _leg_key(call), timezone.now()
    try:
        with transaction.atomic():
            passed = Consultation.objects.create(
                call=call, by=user, to=to, leg=key, brief=words, handed_over_at=now
            )
            if not place.passes_to(to, leg=key, ring=CONSULT_SECONDS):
                raise CallGone
            AuditEntry.record(by=user, verb="call passed on", subject=call, detail={"to": to.pk})
    except IntegrityError as error:
        raise Conflict(f"{to} has just got another call. Choose somebody else.") from error
    try:
        _ask(call, "invite", leg=key, user=to.pk, ring=CONSULT_SECONDS)
    except RuleBroken:
        with transaction.atomic():
            place.stays_with(user, leg=leg.key)
            passed.delete()
        raise
    customer = _customer_leg(call)
    if customer.state == LegState.HELD:
        _ask(call, "hold", leg=customer.key, is_held=False)
    _ask(call, "drop", leg=leg.key, cause=Cause.TRANSFERRED)
    return passed


def _brief_for(*, user: User, to: User, brief: str) -> str:
    """What the colleague is told, when they can be asked at all."""
    words = brief.strip()[:200]
    if not words:
        raise RuleBroken("Say in one line what it is about, so that nobody has to ask twice.")
    if to not in colleagues(user):
        raise RuleBroken(f"{to} cannot be reached now. Choose somebody else.")
    return words


def _leg_key(call: Call) -> str:
    return f"{call.key.hex[:24]}-t{call.legs.count()}"


def hand_over(*, user: User) -> None:
    """The colleague takes the customer; the asker leaves, and has a wrap-up less to do."""
    leg, asked = _talking(user), _asked(user)
    theirs = leg.call.legs.filter(key=asked.leg, state__in=[LegState.TALKING, LegState.HELD])
    if not theirs.exists():
        raise RuleBroken(f"{asked.to} has not answered yet. Wait, or take the call back.")
    with transaction.atomic():
        if not asked.hand_over():
            raise CallGone
        place = Place.objects.filter(call=leg.call).first()
        if place:
            place.goes_to(asked.to, leg=asked.leg)
        interaction = Interaction.objects.open().filter(call=leg.call, agent=user).first()
        if interaction:
            interaction.give_to(by=user, to=asked.to, brief=asked.brief)
        AuditEntry.record(
            by=user, verb="call handed over", subject=leg.call, detail={"to": asked.to_id}
        )
    _ask(leg.call, "hold", leg=_customer_leg(leg.call).key, is_held=False)
    _ask(leg.call, "drop", leg=leg.key, cause=Cause.TRANSFERRED)


def take_back(*, user: User) -> None:
    """The colleague leaves, or need not answer any more; the customer is talked to again."""
    leg, asked = _talking(user), _asked(user)
    if not asked.give_back():
        raise CallGone
    if leg.call.legs.filter(key=asked.leg).exclude(state=LegState.LEFT).exists():
        _ask(leg.call, "drop", leg=asked.leg, cause=Cause.CANCELED)
    hold(user=user, is_held=False)


def _asked(user: User) -> Consultation:
    asked = Consultation.open_in(_talking(user).call)
    if asked is None or asked.by_id != user.pk:
        raise RuleBroken("No colleague is being asked in this call.")
    return asked


def _talking(user: User) -> Leg:
    leg = my_leg(user)
    if leg is None or leg.state not in {LegState.TALKING, LegState.HELD, LegState.LOST}:
        raise CallGone
    return leg


def _customer_leg(call: Call) -> Leg:
    leg = call.legs.filter(party=Party.CUSTOMER).exclude(state=LegState.LEFT).first()
    if leg is None:
        raise CallGone
    return leg


def _drop(*, user: User, leg: Leg, cause: Cause) -> None:
    if leg.user_id != user.pk:
        raise NotAllowed("This call is on somebody else's phone.")
    _ask(leg.call, "drop", leg=leg.key, cause=cause)


def _ask(call: Call, verb: str, **detail: object) -> None:
    try:
        getattr(named(call.gateway), verb)(call.ref, **detail)
    except CallRefused as error:
        raise CallGone from error
    except GatewayError as error:
        raise TelephoneSilent(str(error)) from error
