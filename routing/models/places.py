"""Who waits, since when, and to whom is the call offered?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import ContactReason, Interaction
from routing.models.queues import Queue
from telephony.models import Call

NET: Final = timedelta(seconds=6)  # after the ringing should have ended, the offer is taken back


class PlaceState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Ringing at an agent"
    TALKING = "talking", "Talking"
    DONE = "done", "Served"
    LEFT = "left", "Left before an answer"
    CALL_BACK = "call_back", "Wants to be called back"
    CLOSED = "closed", "Called out of hours"


class Match(models.TextChoices):
    NOBODY = "nobody", "Not known"
    MAYBE = "maybe", "Maybe"
    CERTAIN = "certain", "Known"


class PlaceQuerySet(TeamScopedQuerySet["Place"]):
    team_path = "queue__team"

    def waiting(self) -> Self:
        return self.filter(state=PlaceState.WAITING)

    def offered_to(self, user: User) -> Self:
        return self.filter(state=PlaceState.OFFERED, agent=user)

    def talking_to(self, user: User) -> Self:
        return self.filter(state=PlaceState.TALKING, agent=user)

    def ahead_of(self, place: Place) -> Self:
        return self.filter(
            queue=place.queue_id,
            state__in=[PlaceState.WAITING, PlaceState.OFFERED],
            entered_at__lt=place.entered_at,
        )


class Place(models.Model):
    """A caller's place in a queue. It is kept whatever happens, until somebody has helped.

    `entered_at` orders the queue: who comes back after a missed offer or a lost agent stands
    where they stood. `agent` is the one it is offered to, or who talks. `passed_by` are agents
    who did not take it. `told_at` is when the caller was last told how long it takes.
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    contact_reason = models.ForeignKey(
        ContactReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    match = models.CharField(max_length=10, choices=Match, default=Match.NOBODY)
    interaction = models.OneToOneField(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=PlaceState, default=PlaceState.WAITING)
    entered_at = models.DateTimeField(default=timezone.now)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    leg = models.CharField(max_length=40, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    offers_made = models.PositiveSmallIntegerField(default=0)
    passed_by = ArrayField(models.BigIntegerField(), default=list)
    last_agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(state__in=["offered", "talking"]),
                name="one_call_per_agent",
            ),
            models.CheckConstraint(
                name="place_with_agent_when_offered",
                condition=~Q(state__in=["offered", "talking"]) | Q(agent__isnull=False),
            ),
            models.CheckConstraint(
                name="place_state_known", condition=Q(state__in=PlaceState.values)
            ),
            models.CheckConstraint(
                name="place_match_has_customer",
                condition=Q(match="nobody") | Q(customer__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["entered_at"], name="place_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["offered_until"], name="place_offered", condition=Q(state="offered")
            ),
            models.Index(fields=["queue", "entered_at"], name="place_of_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.queue}: {self.get_state_display()}"

    def offer(self, *, to: User) -> bool:
        """Reserve the caller for this agent; false when somebody was first or has a call."""
        leg = f"{self.call.key.hex[:24]}-{self.offers_made + 1}"
        until = timezone.now() + timedelta(seconds=self.queue.ring_seconds) + NET
        return self._move(
            PlaceState.WAITING,
            PlaceState.OFFERED,
            agent=to,
            leg=leg,
            offered_until=until,
            offers_made=self.offers_made + 1,
        )

    def take_back(self, *, passed: bool) -> bool:
        """The offer came to nothing; the caller waits on, at the same place."""
        agent_id = self.agent_id
        passed_by = [*self.passed_by, agent_id] if passed else self.passed_by
        moved = self._move(
            PlaceState.OFFERED,
            PlaceState.WAITING,
            agent=None,
            offered_until=None,
            passed_by=passed_by,
        )
        if moved and agent_id:
            panel_changed(panel="routing.phone", user_ids=[agent_id])
        return moved

    def answered(self, *, at: datetime) -> bool:
        return self._move(
            PlaceState.OFFERED,
            PlaceState.TALKING,
            answered_at=self.answered_at or at,
            offered_until=None,
        )

    def goes_to(self, agent: User, *, leg: str) -> bool:
        """The call has another agent now; the caller's place is theirs."""
        return self._move(PlaceState.TALKING, PlaceState.TALKING, agent=agent, leg=leg)

    def passes_to(self, agent: User, *, leg: str, ring: int) -> bool:
        """Rings at a colleague's phone for so many seconds; unanswered, the caller waits again."""
        until = timezone.now() + timedelta(seconds=ring) + NET
        return self._move(
            PlaceState.TALKING, PlaceState.OFFERED, agent=agent, leg=leg, offered_until=until
        )

    def stays_with(self, agent: User, *, leg: str) -> bool:
        """The colleague's phone could not be rung at all."""
        return self._move(
            PlaceState.OFFERED, PlaceState.TALKING, agent=agent, leg=leg, offered_until=None
        )

    def wait_again(self) -> bool:
        """The agent is gone and the customer is not: the next one, first of all."""
        return self._move(
            PlaceState.TALKING,
            PlaceState.WAITING,
            agent=None,
            passed_by=[self.agent_id],
            told_at=timezone.now(),
        )

    def end(self, *, state: PlaceState, at: datetime) -> bool:
        """The call is over, or the caller wants to be called instead."""
        before = PlaceState(self.state)
        if before not in UNDER_WAY or self.ended_at:
            return False
        return self._move(before, state, ended_at=at, offered_until=None)

    def confirm(self, *, customer: Customer, by: User) -> Interaction:
        """It is this customer who calls: from now on it is a contact of theirs.

        Confirmed twice it is the same contact.
        """
        with transaction.atomic():
            # In the order in which an event is taken in, or the two would wait for each other.
            Call.objects.select_for_update().get(pk=self.call_id)
            place = Place.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if place.interaction is not None:
                return place.interaction
            interaction = Interaction.open_contact(
                customer=customer,
                by=by,
                channel="voice",
                direction=self.call.direction,
                contact_reason=self.contact_reason,
                call=self.call,
            )
            Place.objects.filter(pk=self.pk).update(
                customer=customer, match=Match.CERTAIN, interaction=interaction
            )
            AuditEntry.record(
                by=by,
                verb="caller confirmed",
                subject=self.call,
                detail={"customer": customer.pk, "match": self.match},
            )
        self.customer, self.match, self.interaction = customer, Match.CERTAIN, interaction
        panel_changed(panel="routing.phone", user_ids=[by.pk])
        return interaction

    def unlink(self, *, by: User) -> bool:
        """It is somebody else; what we thought is forgotten, and told nobody again."""
        with transaction.atomic():
            unlinked = Place.objects.filter(pk=self.pk, interaction=None, match=Match.MAYBE).update(
                customer=None, match=Match.NOBODY
            )
            if unlinked:
                AuditEntry.record(by=by, verb="caller unlinked", subject=self.call)
                panel_changed(panel="routing.phone", user_ids=[by.pk])
        return bool(unlinked)

    def _move(self, before: PlaceState, after: PlaceState, **changes: object) -> bool:
        """One conditional update; who is concerned is told to look again."""
        with transaction.atomic():
            moved = Place.objects.filter(pk=self.pk, state=before).update(state=after, **changes)
            if not moved:
                return False
            self.state = after
            for name, value in changes.items():
                setattr(self, name, value)
            panel_changed(panel="routing.phone", user_ids=[self.agent_id] if self.agent_id else [])
            panel_changed(panel="console.waiting", team_ids=[self.queue.team_id])
        return True


UNDER_WAY: Final = (
    PlaceState.WAITING,
    PlaceState.OFFERED,
    PlaceState.TALKING,
    PlaceState.CLOSED,
)
