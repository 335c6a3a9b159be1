"""Which colleague was asked into a call, with which words, and who has it now?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from telephony.models import Call, Leg
from telephony.states import LegState


class Consultation(models.Model):
    """A colleague asked, with the brief that spares the customer saying it again.

    It ends once: handed over (the colleague has the call) or returned (the asker goes on).
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    leg = models.CharField(max_length=40, unique=True)
    brief = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=timezone.now)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(handed_over_at=None, returned_at=None),
                name="one_consultation_at_a_time",
            ),
            models.CheckConstraint(name="consultation_has_a_brief", condition=~Q(brief="")),
        ]

    def __str__(self) -> str:
        return f"{self.by} asked {self.to}"

    @property
    def asked(self) -> str:
        """How far the colleague is, as the provider told it: `rings`, `there`, or `gone`."""
        told = Leg.objects.filter(key=self.leg).values_list("state", flat=True).first()
        if told == LegState.LEFT:
            return "gone"
        return "rings" if told in {None, LegState.INVITED, LegState.RINGING} else "there"

    @classmethod
    def open_in(cls, call: Call) -> Consultation | None:
        return cls.objects.filter(call=call, handed_over_at=None, returned_at=None).first()

    @classmethod
    def passed_to(cls, leg: str) -> Consultation | None:
        """With which words the call was passed straight to the phone of this leg."""
        return cls.objects.filter(leg=leg).first()

    def hand_over(self) -> bool:
        return self._end(handed_over_at=timezone.now())

    def give_back(self) -> bool:
        return self._end(returned_at=timezone.now())

    def _end(self, **when: object) -> bool:
        still_open = Consultation.objects.filter(pk=self.pk, handed_over_at=None, returned_at=None)
        return bool(still_open.update(**when))
