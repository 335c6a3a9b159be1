"""Which promise will break unless somebody acts, who was told, and what became of it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.models import Customer
from interactions.models import Interaction, TimelineEntry, TimelineKind
from service.models.promise import Promise
from service.models.request import ServiceRequest
from service.models.telling_draft import TellingDraft
from service.models.warned import AtRisk, EarlyWarningQuerySet, WarningOutcome


class WarningAnswered(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody has seen to this promise already, or its customer is being called. "
            "Look again; nothing was changed."
        )


class TypedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This was changed in another window. What you typed is kept here: look at both."
        )


class EarlyWarning(models.Model):
    """A promise, or the target of a request, that will not be met unless somebody acts; one each.

    `due_at` is its time when the warning was raised. Nobody acted by `escalates_at`: the
    supervisors see it. `contact` is the one call in which the customer is told before they ask.
    """

    promise = models.OneToOneField(
        Promise, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    request = models.OneToOneField(
        ServiceRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    because = models.CharField(max_length=20, choices=AtRisk)
    escalates_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    contact = models.OneToOneField(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=20, choices=WarningOutcome, blank=True)

    objects = EarlyWarningQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="early_warning_of_one",
                condition=Q(promise__isnull=False, request=None)
                | Q(promise=None, request__isnull=False),
            ),
            models.CheckConstraint(
                name="early_warning_settled_has_outcome",
                condition=Q(settled_at=None, outcome="")
                | (Q(settled_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_at"],
                name="early_warning_open_of_owner",
                condition=Q(settled_at=None),
            ),
            models.Index(
                fields=["due_at"], name="early_warning_open", condition=Q(settled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"Early warning {self.pk}"

    @property
    def what(self) -> str:
        """What was promised, or is to be done, in the words of the record."""
        return self.promise.text if self.promise else self.request.subject if self.request else ""

    def begin(self, *, by: User, contact: Interaction) -> None:
        """Be the one who tells the customer; once. Raises WarningAnswered."""
        mine = EarlyWarning.objects.waiting().filter(pk=self.pk)
        if not mine.update(contact=contact):
            raise WarningAnswered
        self.contact = contact
        AuditEntry.record(by=by, verb="customer told before it breaks: begun", subject=self)
        self._look_again(by)

    def answer(self, *, by: User) -> None:
        """Its owner says that it will be done in time: nobody is called. Raises WarningAnswered."""
        now = timezone.now()
        with transaction.atomic():
            mine = EarlyWarning.objects.waiting().filter(pk=self.pk)
            if not mine.update(settled_at=now, settled_by=by, outcome=WarningOutcome.ON_IT):
                raise WarningAnswered
            AuditEntry.record(by=by, verb="early warning answered", subject=self)
            self._look_again(by)

    @property
    def kept_draft(self) -> TellingDraft:
        """What was typed so far; an empty draft before the first word."""
        kept = TellingDraft.objects.filter(warning=self).first()
        return kept or TellingDraft(warning=self)

    def keep_draft(self, *, typed: Mapping[str, str], version: int) -> TellingDraft:
        """Keep what is typed while the customer is told, until it is said what came of it.

        `version` is the one it was typed on. Raises TypedMeanwhile when another page saved in
        between, WarningAnswered when nobody is being told, or it is settled.
        """
        with transaction.atomic():
            begun = EarlyWarning.objects.open().filter(pk=self.pk, contact__isnull=False)
            if not begun.select_for_update(of=("self",)).exists():
                raise WarningAnswered
            draft = self.kept_draft
            if draft.version != version:
                raise TypedMeanwhile
            draft.typed, draft.version, draft.saved_at = dict(typed), version + 1, timezone.now()
            draft.save()
        return draft

    def tell(self, *, by: User, text: str, due_at: datetime | None) -> Promise | None:
        """The customer was told that it will not be done in time, and what happens instead.

        With a time a new promise takes the place of the old one, which is broken all the same.
        Raises WarningAnswered, PromiseInThePast, PromiseSettled, RequestEnded.
        """
        with transaction.atomic():
            promised = self._promise_anew(by=by, text=text, due_at=due_at) if due_at else None
            told = WarningOutcome.NEW_PROMISE if promised else WarningOutcome.TOLD
            self._settle(by=by, outcome=told)
            if promised is None:
                self._note("Told before it breaks; no new time was agreed", text)
        return promised

    def was_not_reached(self, *, by: User) -> None:
        """Nobody answered; the watch calls them no second time. Raises WarningAnswered."""
        with transaction.atomic():
            self._settle(by=by, outcome=WarningOutcome.NOT_REACHED)
            self._note("Not reached to tell them before it breaks", "")

    def _promise_anew(self, *, by: User, text: str, due_at: datetime) -> Promise:
        if not text.strip():
            raise RuleBroken("Say what is promised instead, in a line.")
        old = self.promise
        promised = Promise.make(
            customer=self.customer,
            text=text.strip(),
            due_at=due_at,
            owner=old.owner if old else self.owner,
            by=by,
            request=old.request if old else self.request,
            interaction=self.contact,
            product=old.product if old else None,
        )
        if old is not None:
            old.replace(by=by, promised=promised)
        return promised

    def _settle(self, *, by: User, outcome: WarningOutcome) -> None:
        begun = EarlyWarning.objects.open().filter(pk=self.pk, contact__isnull=False)
        if not begun.update(settled_at=timezone.now(), settled_by=by, outcome=outcome):
            raise WarningAnswered
        self.outcome = outcome
        TellingDraft.objects.filter(warning=self).delete()
        AuditEntry.record(
            by=by, verb="customer told before it breaks", subject=self, detail={"outcome": outcome}
        )
        self._look_again(by)

    def _note(self, title: str, detail: str) -> None:
        TimelineEntry.write(
            customer_id=self.customer_id,
            kind=TimelineKind.PROMISE,
            title=f"{title}: {self.what}"[:200],
            detail=detail,
            interaction_id=self.contact_id,
        )

    def _look_again(self, by: User) -> None:
        panel_changed(panel="service.at_risk", user_ids={self.owner_id, by.pk})
        if self.escalated_at:
            panel_changed(panel="service.at_risk", team_ids=[self.customer.team_id])
