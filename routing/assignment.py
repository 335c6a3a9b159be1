"""Who takes the next caller? The last agent first, then whoever has been free for longest.

1. Callers are taken in the order of their places, under their rows' locks; another process that
   does the same skips them.
2. Of the agents who may take this caller, the one they spoke to last; else the longest free.
3. Reserving is a conditional update behind a unique index: an agent has one call, a call one agent.
4. After the commit the phone is rung. When it cannot be, the reservation is taken back.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import Presence, Role, User
from interactions.models import Interaction
from routing.models import AgentPhone, AgentSkill, OutboundCall, Place, PlaceState, Queue
from routing.models.phones import FRESH
from telephony.adapters import named
from telephony.gateway import GatewayError
from telephony.models import Call, Leg
from telephony.states import LegState

logger = logging.getLogger(__name__)

AT_ONCE: Final = 50  # callers looked at in one go


def free_agents() -> QuerySet[User]:
    """Agents whose phone can ring now, the longest free first; `free_since` says since when."""
    now = timezone.now()
    phone = AgentPhone.objects.filter(user=OuterRef("pk"), seen_at__gte=now - FRESH)
    legs = Leg.objects.filter(user=OuterRef("pk")).exclude(state=LegState.LEFT)
    reserved = Place.objects.filter(
        agent=OuterRef("pk"), state__in=[PlaceState.OFFERED, PlaceState.TALKING]
    )
    wrapping_up = Interaction.objects.filter(
        agent=OuterRef("pk"), closed_at=None, call__isnull=False
    )
    last_call = (
        Leg.objects.filter(user=OuterRef("pk"))
        .order_by()
        .values("user")
        .annotate(last=Max("left_at"))
        .values("last")
    )
    agents = User.objects.filter(
        Exists(phone),
        ~Exists(legs),
        ~Exists(reserved),
        ~Exists(OutboundCall.objects.under_way().filter(agent=OuterRef("pk"))),
        ~Exists(wrapping_up),
        role=Role.AGENT,
        is_active=True,
        presence=Presence.AVAILABLE,
    )
    since = Greatest("presence_at", Coalesce(Subquery(last_call), "presence_at"))
    return agents.annotate(free_since=since).order_by("free_since", "pk")


def able(agents: QuerySet[User], queue: Queue) -> QuerySet[User]:
    """Those of them who may take callers of this queue."""
    agents = agents.filter(teams=queue.team_id)
    if queue.skill_id is None:
        return agents
    skilled = AgentSkill.objects.filter(user=OuterRef("pk"), skill=queue.skill_id)
    return agents.filter(Exists(skilled))


def offer_waiting() -> int:
    """Offer every caller who can be offered to somebody; how many were."""
    with transaction.atomic():
        waiting = (
            Place.objects.waiting()
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("queue__overflow_to", "call")
            .order_by("entered_at", "pk")[:AT_ONCE]
        )
        reserved = [place for place in waiting if _reserve(place)]
    for place in reserved:
        ring(place)
    return len(reserved)


def _reserve(place: Place) -> bool:
    for agent in _candidates(place):
        try:
            with transaction.atomic():
                return place.offer(to=agent)
        except IntegrityError:
            place.refresh_from_db()
    return False


def _candidates(place: Place) -> list[User]:
    queues = [place.queue]
    waited = timezone.now() - place.entered_at
    if place.queue.overflow_to and waited >= timedelta(seconds=place.queue.overflow_after):
        queues.append(place.queue.overflow_to)
    found: list[User] = []
    for queue in queues:
        found += [one for one in able(free_agents(), queue) if one not in found]
    fresh = [one for one in found if one.pk not in place.passed_by]
    chosen = fresh or found
    return sorted(chosen, key=lambda one: one.pk != place.last_agent_id)


def ring(place: Place) -> None:
    """Ring the reserved agent's phone; when that fails the caller waits on at the same place."""
    call = place.call
    try:
        named(call.gateway).invite(
            call.ref, leg=place.leg, user=place.agent_id or 0, ring=place.queue.ring_seconds
        )
    except GatewayError as error:
        logger.warning("a phone could not be rung: %s", error)
        place.take_back(passed=False)


def take_back_overdue(at: datetime) -> int:
    """Offers of which nothing was heard any more; how many callers wait again."""
    overdue = Place.objects.filter(state=PlaceState.OFFERED, offered_until__lt=at)
    return sum(place.take_back(passed=True) for place in overdue.select_related("queue", "call"))


def estimated_wait(place: Place) -> timedelta | None:
    """How long this caller will wait, by how long those before waited today; None if unknown.

    The mean of the last answered callers of the queue, for each caller ahead, over the agents
    who are at work. A figure to be told with "about", never a promise.
    """
    answered = Place.objects.filter(queue=place.queue_id, answered_at__isnull=False)
    recent = list(answered.order_by("-answered_at").values_list("answered_at", "ended_at")[:20])
    lasted = [end - begun for begun, end in recent if end and begun]
    if not lasted:
        return None
    mean = sum(lasted, timedelta()) / len(lasted)
    at_work = User.objects.filter(
        Q(presence=Presence.AVAILABLE), teams=place.queue.team_id, role=Role.AGENT, is_active=True
    ).count()
    ahead = Place.objects.ahead_of(place).count()
    return mean * (ahead + 1) / max(at_work, 1)


def last_agent_of(customer_id: int) -> int | None:
    """Who talked with this customer last."""
    return (
        Interaction.objects.filter(customer=customer_id, agent__isnull=False)
        .order_by("-opened_at")
        .values_list("agent", flat=True)
        .first()
    )


def agent_of(call: Call) -> int | None:
    """The agent who is in this call now."""
    legs = call.legs.filter(party="agent").exclude(state=LegState.LEFT)
    return legs.values_list("user", flat=True).first()
