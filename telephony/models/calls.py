"""Which calls are there, who takes part, and where are they?"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from telephony.gateway import ENDED, CallRef, CallState, Direction
from telephony.protocol import AnsweredBy, Party
from telephony.states import CallPicture, LegState

ENDED_STATES = sorted(ENDED)


class Purpose(models.TextChoices):
    SERVICE = "service", "The customer's own concern"
    FOLLOW_UP = "follow_up", "Follow-up"
    SURVEY = "survey", "Questions by voice"
    CALL_BACK = "call_back", "Call back"
    NEEDS_REVIEW = "needs_review", "Needs review"
    PROMISE = "promise", "Told before a promise breaks"


class CallQuerySet(models.QuerySet["Call"]):
    def going_on(self) -> Self:
        return self.exclude(state__in=ENDED_STATES)

    def with_agent(self, user: User) -> Self:
        """Calls in which one of this person's phones rings or talks."""
        legs = Leg.objects.filter(user=user).exclude(state=LegState.LEFT)
        return self.going_on().filter(pk__in=legs.values("call"))


class Call(models.Model):
    """The telephony side of one voice contact. Its state is drawn from its events alone.

    `key` is our name for it, the same for every try to place it: the same key is the same call.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gateway = models.CharField(max_length=20)
    place = models.CharField(max_length=80, blank=True, help_text="The switch, or their reference.")
    direction = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.SERVICE)
    line = models.CharField(max_length=80, blank=True, help_text="What the caller chose.")
    remote_number = models.CharField(max_length=16, blank=True, help_text="E.164, as presented.")
    caller_id = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=20, default=CallState.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    ringing_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    answered_by = models.CharField(
        max_length=10,
        blank=True,
        choices=[(one.value, one.value) for one in AnsweredBy],
        help_text="A person or a machine, where the provider told.",
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="call_state_known", condition=Q(state__in=[state.value for state in CallState])
            ),
            models.CheckConstraint(
                name="call_direction_known",
                condition=Q(direction__in=[one.value for one in Direction]),
            ),
            models.CheckConstraint(
                name="call_ended_has_time",
                condition=~Q(state__in=ENDED_STATES) | Q(ended_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"], name="call_going_on", condition=~Q(state__in=ENDED_STATES)
            )
        ]

    def __str__(self) -> str:
        return f"{self.direction} call {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    @property
    def is_with_machine(self) -> bool:
        """Whether the provider told that nobody but a machine answered."""
        return self.answered_by == AnsweredBy.MACHINE

    @property
    def customer_leg(self) -> str:
        """The name of the customer's leg: every call has one, and its own."""
        return f"{self.key.hex}-c"

    @property
    def ref(self) -> CallRef:
        """The call in its provider's words."""
        return CallRef(key=str(self.key), place=self.place)

    def draw(self, seen: CallPicture) -> None:
        """Write down what the picture says; the caller holds the row's lock."""
        changed = {
            name: getattr(seen, name)
            for name in ("state", "ringing_at", "answered_at", "ended_at", "cause", "answered_by")
            if getattr(self, name) != getattr(seen, name)
        }
        if changed:
            Call.objects.filter(pk=self.pk).update(**changed)
            for name, value in changed.items():
                setattr(self, name, value)
        rows = [
            Leg(
                call=self,
                key=leg.key,
                party=leg.party or Party.AGENT,
                user_id=leg.user,
                state=leg.state,
                answered_at=leg.answered_at,
                held_since=leg.held_since,
                held_for=leg.held_for,
                lost_at=leg.lost_at,
                left_at=leg.left_at,
                cause=leg.cause,
                quality=leg.quality,
            )
            for leg in seen.legs.values()
        ]
        Leg.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key"], update_fields=LEG_DRAWN
        )


LEG_DRAWN = [
    *("state", "answered_at", "held_since", "held_for", "lost_at", "left_at", "cause", "quality"),
    *("party", "user_id"),
]


class Leg(models.Model):
    """One party of a call: the customer, an agent, a supervisor who listens."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    key = models.CharField(max_length=40, unique=True)
    party = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Party])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in LegState])
    answered_at = models.DateTimeField(null=True, blank=True)
    held_since = models.DateTimeField(null=True, blank=True)
    held_for = models.DurationField(default=timedelta)
    lost_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    quality = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["user"], name="leg_here_of_user", condition=~Q(state=LegState.LEFT.value)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} leg {self.key}"
