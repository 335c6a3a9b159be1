"""Which contacts do we have with customers, and how did they end?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.errors import Conflict
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.contact_points import Channel
from customers.models import Customer
from interactions.models.reasons import ContactReason, WrapUpCode
from interactions.models.timeline import TimelineEntry, TimelineKind
from interactions.signals import got_in_touch, interaction_closed
from telephony.models import Call


class Direction(models.TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class InteractionQuerySet(TeamScopedQuerySet["Interaction"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of_agent(self, agent: User) -> Self:
        return self.filter(agent=agent)

    def closed_between(self, start: datetime, end: datetime) -> Self:
        return self.filter(closed_at__gte=start, closed_at__lt=end)


class Interaction(models.Model):
    """One contact on one channel, from opening to wrap-up.

    `is_follow_up` marks the contact that a follow-up makes; its closing makes no follow-up.
    Notes are the agent's running text, saved as typed; `notes_version` counts the saves.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.INBOUND)
    contact_reason = models.ForeignKey(
        ContactReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=200, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    call = models.OneToOneField(
        Call, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_follow_up = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    wrap_up_code = models.ForeignKey(
        WrapUpCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    summary = models.CharField(max_length=300, blank=True)
    notes = models.TextField(blank=True)
    notes_version = models.PositiveIntegerField(default=0)
    notes_saved_at = models.DateTimeField(null=True, blank=True)
    source = models.SlugField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="interaction_closed_with_wrap_up",
                condition=Q(closed_at=None) | Q(wrap_up_code__isnull=False),
            ),
            models.CheckConstraint(
                name="interaction_closed_after_opening",
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="interaction_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="interaction_direction_known", condition=Q(direction__in=Direction.values)
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="interaction_external_id_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-opened_at", "-id"], name="interaction_of_customer"),
            models.Index(
                fields=["agent", "opened_at"],
                name="interaction_open_of_agent",
                condition=Q(closed_at=None),
            ),
            models.Index(
                fields=["closed_at"],
                name="interaction_closed",
                condition=Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    @classmethod
    def open_contact(
        cls,
        *,
        customer: Customer,
        by: User | None,
        channel: str,
        direction: str = Direction.INBOUND,
        contact_reason: ContactReason | None = None,
        subject: str = "",
        is_follow_up: bool = False,
        call: Call | None = None,
    ) -> Interaction:
        """Begin a contact; with `by` it is that agent's at once."""
        with transaction.atomic():
            interaction = cls.objects.create(
                customer=customer,
                agent=by,
                channel=channel,
                direction=direction,
                contact_reason=contact_reason,
                subject=subject,
                is_follow_up=is_follow_up,
                call=call,
            )
            AuditEntry.record(by=by, verb="interaction opened", subject=interaction)
            panel_changed(
                panel="console.my_work",
                user_ids=[by.pk] if by else [],
                team_ids=[] if by else [customer.team_id],
            )
        return interaction

    @classmethod
    def begin(
        cls,
        *,
        customer: Customer,
        by: User,
        channel: str,
        direction: str = Direction.INBOUND,
        contact_reason: ContactReason | None = None,
        subject: str = "",
    ) -> Interaction:
        """A contact that an agent begins by hand. Where we get in touch, it may be refused.

        Raises RuleBroken when the customer has heard from us often enough; nothing is kept then.
        """
        with transaction.atomic():
            interaction = cls.open_contact(
                customer=customer,
                by=by,
                channel=channel,
                direction=direction,
                contact_reason=contact_reason,
                subject=subject,
            )
            if direction == Direction.OUTBOUND:
                got_in_touch.send(sender=Interaction, interaction=interaction, by=by)
        return interaction

    def take(self, *, by: User) -> bool:
        """Become the agent of a waiting contact; false when somebody else was first."""
        with transaction.atomic():
            taken = Interaction.objects.filter(pk=self.pk, agent=None, closed_at=None).update(
                agent=by
            )
            if taken:
                self.agent = by
                AuditEntry.record(by=by, verb="interaction taken", subject=self)
                panel_changed(panel="console.my_work", team_ids=[self.customer.team_id])
        return bool(taken)

    def give_to(self, *, by: User, to: User, brief: str) -> bool:
        """Hand an open contact to a colleague; the brief stands in its notes, first of all."""
        with transaction.atomic():
            given = (
                Interaction.objects.open()
                .filter(pk=self.pk, agent=by)
                .update(
                    agent=to,
                    notes=Concat(Value(f"[from {by}] {brief}\n"), F("notes")),
                    notes_version=F("notes_version") + 1,
                )
            )
            if given:
                self.agent = to
                AuditEntry.record(
                    by=by, verb="interaction given", subject=self, detail={"to": to.pk}
                )
                panel_changed(panel="console.my_work", user_ids=[by.pk, to.pk])
                panel_changed(
                    panel="interactions.conversation",
                    customer_id=self.customer_id,
                    user_ids=[to.pk],
                )
        return bool(given)

    def give_reason(self, *, by: User, contact_reason: ContactReason, subject: str = "") -> None:
        """Say why the customer got in touch. Raises InteractionClosed."""
        with transaction.atomic():
            changes: dict[str, Any] = {"contact_reason": contact_reason}
            if subject:
                changes["subject"] = subject
            if not Interaction.objects.open().filter(pk=self.pk).update(**changes):
                raise InteractionClosed
            self.contact_reason = contact_reason
            AuditEntry.record(
                by=by,
                verb="contact reason given",
                subject=self,
                detail={"contact_reason": contact_reason.code},
            )

    def save_notes(self, *, text: str, version: int) -> int:
        """Keep the notes as typed; returns the new version.

        `version` is the one the text was typed on. Raises NotesMovedOn when another page saved
        in between, so that neither text is lost. A closed interaction still takes late notes.
        """
        saved = Interaction.objects.filter(pk=self.pk, notes_version=version).update(
            notes=text, notes_version=F("notes_version") + 1, notes_saved_at=timezone.now()
        )
        if not saved:
            raise NotesMovedOn
        self.notes, self.notes_version = text, version + 1
        return self.notes_version

    def close(
        self, *, by: User | None, wrap_up_code: WrapUpCode, summary: str, at: datetime | None = None
    ) -> bool:
        """End the contact together with all that follows from it; false when closed already.

        `interaction_closed` is sent inside the same transaction: what its receivers write
        commits or rolls back with the closing. Rules over needs and promises stand in
        `offers.wrapping_up`, which pages and the API call.
        """
        with transaction.atomic():
            closed_at = at or timezone.now()
            closed = (
                Interaction.objects.open()
                .filter(pk=self.pk)
                .update(closed_at=closed_at, wrap_up_code=wrap_up_code, summary=summary)
            )
            if not closed:
                return False
            self.closed_at, self.wrap_up_code, self.summary = closed_at, wrap_up_code, summary
            TimelineEntry.write(
                customer_id=self.customer_id,
                kind=TimelineKind.CONTACT,
                at=self.opened_at,
                title=self.subject or str(self.contact_reason or "Contact"),
                detail=summary,
                channel=self.channel,
                interaction_id=self.pk,
            )
            AuditEntry.record(
                by=by,
                verb="interaction closed",
                subject=self,
                detail={"wrap_up_code": wrap_up_code.code},
            )
            interaction_closed.send(sender=Interaction, interaction=self, by=by)
            panel_changed(panel="console.my_work", user_ids=[by.pk] if by else [])
        return True


class InteractionClosed(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This contact is wrapped up already. Open a new contact to change anything."
        )


class NotesMovedOn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "These notes were changed in another window. Your text is kept here: "
            "copy what is missing, then reload."
        )
