"""Why do customers get in touch, and in which ways can a contact end?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Intent(models.TextChoices):
    QUESTION = "question", "Asks something"
    REQUEST = "request", "Wants something done"
    CHANGE = "change", "Wants to change something"
    CANCEL = "cancel", "Wants to leave"
    COMPLAINT = "complaint", "Is not satisfied"


class ContactReason(models.Model):
    """Why customers get in touch."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    intent = models.CharField(max_length=20, choices=Intent)
    position = models.PositiveSmallIntegerField(default=100)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    RESOLVED = "resolved", "Resolved in this contact"
    PROMISED = "promised", "Promised with a date"
    UNRESOLVED = "unresolved", "Not resolved"
    NOT_REACHED = "not_reached", "Customer not reached"


class WrapUpCode(models.Model):
    """How a contact ended, in the words of the team."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    outcome = models.CharField(max_length=20, choices=Outcome)
    position = models.PositiveSmallIntegerField(default=100)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name
