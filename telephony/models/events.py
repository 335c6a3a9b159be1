"""What were we told about calls? Kept as it came, for good."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils import timezone

from telephony.models.calls import Call
from telephony.protocol import Kind
from telephony.states import Told


class CallEvent(models.Model):
    """One event of one provider; the same one again is no second row."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    number = models.BigIntegerField()
    leg = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="call_event_once")
        ]
        indexes: ClassVar = [models.Index(fields=["call", "number"], name="call_event_of_call")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="call_event_append_only", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

    def told(self) -> Told | None:
        """The event in our words; None for a kind that is unknown, and kept all the same."""
        try:
            kind = Kind(self.kind)
        except ValueError:
            return None
        return Told(kind=kind, at=self.at, number=self.number, leg=self.leg, detail=self.detail)
