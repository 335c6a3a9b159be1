"""Which ways to help were decided on, from what, and what unlocked offers?"""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction


class DecisionQuerySet(TeamScopedQuerySet["Decision"]):
    def newest(self) -> Self:
        return self.order_by("-pk")


class Decision(models.Model):
    """One answer to "what helps this customer now?", kept with all that it was made from.

    `inputs` and the catalogue version replay to `results` bit for bit; `digest` is the SHA-256 of
    the canonical inputs, so that an unchanged situation is not decided twice.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    catalogue_number = models.PositiveIntegerField()
    engine = models.CharField(max_length=20)
    inputs = models.JSONField()
    results = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(F("interaction"), F("id").desc(), name="decision_of_interaction"),
            models.Index(F("customer"), F("id").desc(), name="decision_of_customer"),
            BrinIndex(fields=["made_at"], name="decision_made_brin"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="decision_immutable", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"Decision {self.pk}"


class ReasonSettledQuerySet(TeamScopedQuerySet["ReasonSettled"]):
    team_path = "interaction__customer__team"


class ReasonSettled(models.Model):
    """The agent's word that what the customer got in touch for is done: what unlocks offers."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReasonSettledQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "reasons settled"

    def __str__(self) -> str:
        return f"Reason of contact {self.interaction_id} settled"
