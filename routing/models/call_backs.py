"""Whom do we owe a call, because theirs was cut off, or they asked for it?"""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from routing.models.places import Place
from routing.models.queues import Queue
from telephony.models import Call


class CallBackReason(models.TextChoices):
    ASKED = "asked", "Asked to be called"
    CUT_OFF = "cut_off", "The call was cut off"
    LEFT = "left", "Left while waiting"


class CallBackQuerySet(TeamScopedQuerySet["CallBack"]):
    team_path = "queue__team"

    def open(self) -> Self:
        return self.filter(done_at=None)

    def waiting_for(self, user: User) -> Self:
        """Those of this agent, and those that nobody owns."""
        return self.open().filter(Q(owner=user) | Q(owner=None))


class CallBack(models.Model):
    """A call owed to somebody. `entered_at` is the place in the queue that it keeps."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=10, choices=CallBackReason)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["entered_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["queue", "entered_at"], name="call_back_open", condition=Q(done_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.queue})"

    @classmethod
    def owe(cls, *, place: Place, reason: str, number: str = "") -> CallBack:
        """Write down that we owe this caller a call; twice is one."""
        made, is_new = cls.objects.get_or_create(
            call=place.call,
            defaults={
                "queue": place.queue,
                "customer": place.customer if place.match != "nobody" else None,
                "number": number or place.call.remote_number,
                "reason": reason,
                "owner": place.agent,
                "entered_at": place.entered_at,
            },
        )
        if is_new:
            AuditEntry.record(
                by=None, verb="call back owed", subject=place.call, detail={"reason": str(reason)}
            )
            panel_changed(panel="console.my_work", team_ids=[place.queue.team_id])
        return made

    def settle(self, *, by: User) -> bool:
        """The call was made, or came by itself; false when it was settled before."""
        with transaction.atomic():
            settled = CallBack.objects.filter(pk=self.pk, done_at=None).update(
                done_at=timezone.now(), owner=by
            )
            if settled:
                AuditEntry.record(by=by, verb="call back settled", subject=self.call)
                panel_changed(panel="console.my_work", team_ids=[self.queue.team_id])
        return bool(settled)
