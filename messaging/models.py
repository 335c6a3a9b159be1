"""What was sent to whom, what became of it, and what came back?"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEntry, User
from messaging.gateway import Carrier, Outgoing, SendingState

IN_FLIGHT: Final = (SendingState.SENDING, SendingState.UNKNOWN)
WAITS: Final = (SendingState.QUEUED, *IN_FLIGHT)

# Words that end it, as carriers and 47 CFR 64.1200(a)(10) list them.
STOP_WORDS: Final = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)


class SendingQuerySet(models.QuerySet["Sending"]):
    def due(self, *, at: datetime) -> Self:
        """Queued, and not put off; the oldest first."""
        queued = self.filter(state=SendingState.QUEUED, due_at__lte=at)
        return queued.order_by("due_at", "pk")

    def unsettled(self, *, before: datetime) -> Self:
        """Claimed before then, and nobody has said whether it went out."""
        unsettled = self.filter(state__in=IN_FLIGHT, settled_at=None, claimed_at__lt=before)
        return unsettled.order_by("claimed_at", "pk")


class Sending(models.Model):
    """One text to one address: claimed once, sent at most once.

    `due_at` is when it may be tried (again, after a try in which certainly nothing was sent).
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    carrier = models.CharField(max_length=10, choices=Carrier)
    gateway = models.CharField(max_length=20)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    stop_url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=SendingState, default=SendingState.QUEUED)
    place = models.CharField(max_length=64, blank=True, help_text="The provider's name for it.")
    tries = models.PositiveSmallIntegerField(default=0)
    because = models.CharField(max_length=160, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sending_state_known", condition=Q(state__in=SendingState.values)
            ),
            models.CheckConstraint(
                name="sending_carrier_known", condition=Q(carrier__in=Carrier.values)
            ),
            models.CheckConstraint(
                name="sending_claimed_has_time",
                condition=~Q(state__in=[*IN_FLIGHT, "sent", "delivered"])
                | Q(claimed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="sending_due", condition=Q(state="queued")),
            models.Index(fields=["to", "-claimed_at"], name="sending_to_address"),
            models.Index(
                fields=["claimed_at"],
                name="sending_unsettled",
                condition=Q(state__in=["sending", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_carrier_display()}: {self.get_state_display()}"

    @property
    def outgoing(self) -> Outgoing:
        return Outgoing(
            key=self.key,
            to=self.to,
            sender=self.sender,
            subject=self.subject,
            text=self.text,
            since=self.queued_at,
            place=self.place,
            stop_url=self.stop_url,
        )

    def claim(self) -> bool:
        """Be the one that sends it; false when somebody else is, or it is past that."""
        queued = Sending.objects.filter(pk=self.pk, state=SendingState.QUEUED)
        now = timezone.now()
        claimed = queued.update(
            state=SendingState.SENDING, claimed_at=now, tries=models.F("tries") + 1
        )
        if claimed:
            self.refresh_from_db()
        return bool(claimed)

    def becomes(self, state: SendingState, *, only_from: tuple[str, ...], **more: object) -> bool:
        """Take it there from one of those states; false when it stands elsewhere."""
        if state not in WAITS:
            more["settled_at"] = timezone.now()
        rows = Sending.objects.filter(pk=self.pk, state__in=only_from)
        moved = rows.update(state=state, **more)
        if moved:
            self.refresh_from_db()
        return bool(moved)

    def put_off(self, wait: timedelta, *, because: str) -> bool:
        """It was certainly not sent: try again after a while."""
        return self.becomes(
            SendingState.QUEUED,
            only_from=(SendingState.SENDING,),
            due_at=timezone.now() + wait,
            claimed_at=None,
            because=because[:160],
        )


class ReplyQuerySet(models.QuerySet["Reply"]):
    def unknown(self) -> Self:
        """Nobody was found whose words they are, and nobody of ours has looked; oldest first."""
        return self.filter(unknown_since__isnull=False, looked_at=None).order_by("at", "pk")


class Reply(models.Model):
    """A text that came back to a number of ours; each of the provider's events once.

    `unknown_since`: nobody is known by that number. `looked_at`: a person has read it all the same.
    """

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=64)
    carrier = models.CharField(max_length=10, choices=Carrier)
    sender = models.CharField(max_length=254)
    text = models.CharField(max_length=1600, blank=True)
    at = models.DateTimeField(default=timezone.now)
    unknown_since = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="reply_once"),
            models.CheckConstraint(
                name="reply_looked_at_by_somebody",
                condition=Q(looked_at=None, looked_by=None)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["at"],
                name="reply_unknown",
                condition=Q(unknown_since__isnull=False, looked_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"Reply {self.pk}"

    @property
    def _words(self) -> list[str]:
        letters = "".join(one for one in self.text.lower() if one.isalpha() or one.isspace())
        return letters.split()

    @property
    def is_stop(self) -> bool:
        """Whether it says to end it, in one of the words that carriers know, however written."""
        return self.is_stop_alone or self._words[:1] in (["stop"], ["unsubscribe"])

    @property
    def is_stop_alone(self) -> bool:
        """Whether it says nothing else."""
        return "".join(self._words) in STOP_WORDS

    def leave_unknown(self) -> None:
        """Nobody is found whose words they are: a person has to look."""
        self.unknown_since = timezone.now()
        self.save(update_fields=["unknown_since"])

    def look(self, *, by: User) -> bool:
        """Somebody has read it and seen to it; false when somebody was first."""
        with transaction.atomic():
            mine = Reply.objects.unknown().filter(pk=self.pk)
            looked = mine.update(looked_at=timezone.now(), looked_by=by)
            if looked:
                AuditEntry.record(by=by, verb="unknown reply looked at", subject=self)
        return bool(looked)


class InboxItem(models.Model):
    """What lies in the demo's own inbox: a mail or SMS as its reader sees it."""

    key = models.CharField(max_length=64, unique=True)
    carrier = models.CharField(max_length=10, choices=Carrier)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["to", "-at"], name="inbox_item_of")]

    def __str__(self) -> str:
        return f"{self.get_carrier_display()} {self.pk}"
