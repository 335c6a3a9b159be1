"""Which calls of ours were asked for, how far is each, and which rule let it be dialled?"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from customers.models import ContactPoint, Customer
from telephony.models import Call, Purpose


class OutboundCallQuerySet(models.QuerySet["OutboundCall"]):
    def under_way(self) -> Self:
        return self.filter(ended_at=None)

    def of_agent(self, user: User) -> Self:
        return self.filter(agent=user)

    def by_voice(self) -> Self:
        """Nobody of ours takes part: an automatic voice talks."""
        return self.filter(agent=None)

    def not_made(self, *, agent: int, since: datetime) -> Self:
        """Calls of theirs of which it was said why nobody was called, not before `since`."""
        is_news = Q(ended_at=None) | Q(ended_at__gt=since)
        return self.filter(is_news, agent=agent).exclude(told="")

    def begun_since(self, at: datetime) -> int:
        """How many were asked for from then on."""
        return self.filter(asked_at__gt=at).count()

    def asked(self) -> Self:
        """Nobody has placed it yet."""
        return self.under_way().filter(claimed_at=None)


class OutboundCall(models.Model):
    """A call that an agent asked for, or a rule. Each step is claimed once, before it is done.

    `about` is the id of what it is for: an attempt of a follow-up, a call back. Without an agent
    an automatic voice talks. `claimed_at`: some process opens it at the provider. `dialled_at`:
    the agent is there, or none is needed, and the rules were asked for the last time. `told` says
    why it came to nothing.
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="+")
    about = models.PositiveBigIntegerField()
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    contact_point = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    leg = models.CharField(max_length=40, unique=True, null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    dialled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told = models.CharField(max_length=200, blank=True)

    objects = OutboundCallQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(ended_at=None),
                name="one_outbound_call_per_agent",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(ended_at=None, agent=None),
                name="one_voice_call_per_customer",
            ),
            models.CheckConstraint(
                name="outbound_call_agent_has_leg",
                condition=Q(agent=None, leg=None) | Q(agent__isnull=False, leg__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about"], name="outbound_call_about"),
            models.Index(
                fields=["asked_at"], name="outbound_call_by_voice", condition=Q(agent=None)
            ),
            models.Index(
                fields=["agent", "-ended_at"], name="outbound_call_not_made", condition=~Q(told="")
            ),
        ]

    def __str__(self) -> str:
        return f"Outbound call {self.pk}"

    def claim(self) -> bool:
        """Be the one process that opens it; false when another is, or it is over."""
        asked = OutboundCall.objects.asked().filter(pk=self.pk)
        return bool(asked.update(claimed_at=timezone.now()))

    def claim_dialling(self) -> bool:
        """Be the one that lets the customer's phone ring; false when that was done."""
        there = OutboundCall.objects.under_way().filter(pk=self.pk, dialled_at=None)
        return bool(there.update(dialled_at=timezone.now()))

    def claim_all(self) -> bool:
        """Be the one that opens it and lets the phone ring, where no agent comes first."""
        asked = OutboundCall.objects.asked().by_voice().filter(pk=self.pk)
        now = timezone.now()
        return bool(asked.update(claimed_at=now, dialled_at=now))

    def end(self, *, told: str = "") -> bool:
        """It is over; the words that were said first stay."""
        if told:
            OutboundCall.objects.filter(pk=self.pk, told="").update(told=told[:200])
        ended = OutboundCall.objects.under_way().filter(pk=self.pk)
        return bool(ended.update(ended_at=timezone.now()))


class DialDecision(models.Model):
    """Whether a number might be called at that moment, and the rule that decided."""

    class When(models.TextChoices):
        QUEUED = "queued", "When it was asked for"
        DIALLING = "dialling", "Right before their phone would ring"

    call_key = models.UUIDField(help_text="The call's own key, also of one that never came to be.")
    purpose = models.CharField(max_length=20, choices=Purpose)
    when = models.CharField(max_length=10, choices=When)
    number = models.CharField(max_length=16)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    contact_point = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    is_allowed = models.BooleanField()
    rule = models.CharField(max_length=40)
    words = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["call_key"], name="dial_decision_of_call"),
            models.Index(fields=["customer", "-at"], name="dial_decision_of_customer"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="dial_decision_append_only",
                operation=pgtrigger.UpdateOf(
                    *("call_key", "purpose", "when", "number", "by_id", "at"),
                    *("is_allowed", "rule", "words"),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {'allowed' if self.is_allowed else 'refused'}"
