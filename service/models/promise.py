"""What did we promise, by when, and was it kept?"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction, TimelineEntry, TimelineKind
from products.models import Product
from service.models.request import ServiceRequest
from service.models.status import PromiseStatus


class PromiseInThePast(RuleBroken):
    def __init__(self) -> None:
        super().__init__("A promise needs a time still to come. Choose a later date or time.")


class PromiseSettled(Conflict):
    def __init__(self) -> None:
        super().__init__("This promise is settled already.")


class PromiseQuerySet(TeamScopedQuerySet["Promise"]):
    def open(self) -> Self:
        return self.filter(status=PromiseStatus.OPEN)

    def broken(self) -> Self:
        return self.filter(status=PromiseStatus.BROKEN)

    def owed(self) -> Self:
        """Open, or broken, still not done and not replaced: somebody has to act."""
        return self.filter(
            status__in=[PromiseStatus.OPEN, PromiseStatus.BROKEN], done_at=None, replaced_by=None
        )

    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def owned_by(self, owner: User) -> Self:
        return self.filter(owner=owner)

    def break_overdue(self, *, at: datetime, batch: int = 500) -> int:
        """Mark open promises whose time has passed as broken, with their history; how many.

        Each batch is claimed FOR UPDATE SKIP LOCKED and committed, so that two sweeps at once
        write every entry once, and a killed one loses nothing.
        """
        broken = 0
        while claimed := self._break_batch(at=at, batch=batch):
            broken += claimed
        return broken

    def _break_batch(self, *, at: datetime, batch: int) -> int:
        with transaction.atomic():
            late = list(
                self.open()
                .filter(due_at__lt=at)
                .order_by("due_at", "pk")
                .select_for_update(skip_locked=True)[:batch]
            )
            Promise.objects.filter(pk__in=[promise.pk for promise in late]).update(
                status=PromiseStatus.BROKEN
            )
            TimelineEntry.objects.bulk_create(
                TimelineEntry(
                    customer_id=promise.customer_id,
                    interaction_id=promise.interaction_id,
                    kind=TimelineKind.PROMISE,
                    at=promise.due_at,
                    title=f"Promise broken: {promise.text}"[:200],
                )
                for promise in late
            )
            AuditEntry.objects.bulk_create(
                AuditEntry(
                    verb="promise broken",
                    subject_type=Promise._meta.label_lower,
                    subject_id=promise.pk,
                )
                for promise in late
            )
            owners = {promise.owner_id for promise in late}
            panel_changed(panel="service.requests", user_ids=owners)
            panel_changed(panel="console.my_work", user_ids=owners)
        return len(late)


class Promise(models.Model):
    """What we said we would do, by when, and who owns it.

    A promise done after its time stays broken; `done_at` tells when it was done all the same. One
    that `replaced_by` another was not kept either: the customer was told before they asked.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(
        ServiceRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="promises"
    )
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    expected_at = models.DateTimeField(
        null=True, blank=True, help_text="When the customer thinks it should be done."
    )
    status = models.CharField(max_length=20, choices=PromiseStatus, default=PromiseStatus.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)
    replaced_by = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What was agreed instead, before it broke.",
    )

    objects = PromiseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="promise_status_known", condition=Q(status__in=PromiseStatus.values)
            ),
            models.CheckConstraint(
                name="promise_kept_has_time",
                condition=~Q(status=PromiseStatus.KEPT) | Q(done_at__isnull=False),
            ),
            models.CheckConstraint(name="promise_text_given", condition=~Q(text="")),
            models.CheckConstraint(
                name="promise_replaced_is_broken",
                condition=Q(replaced_by=None) | Q(status=PromiseStatus.BROKEN),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "due_at"],
                name="promise_owed_to_customer",
                condition=Q(status__in=["open", "broken"], done_at=None),
            ),
            models.Index(
                fields=["owner", "due_at"],
                name="promise_owed_by_owner",
                condition=Q(status__in=["open", "broken"], done_at=None),
            ),
            models.Index(fields=["due_at"], name="promise_open_due", condition=Q(status="open")),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def make(
        cls,
        *,
        customer: Customer,
        text: str,
        due_at: datetime,
        owner: User,
        by: User,
        request: ServiceRequest | None = None,
        interaction: Interaction | None = None,
        product: Product | None = None,
        expected_at: datetime | None = None,
    ) -> Promise:
        """Put a promise on the ledger. Raises PromiseInThePast, or RequestEnded.

        The request is held meanwhile, so that nobody resolves it over this promise.
        """
        if due_at <= timezone.now():
            raise PromiseInThePast
        with transaction.atomic():
            if request is not None:
                request.hold_open()
            promise = cls.objects.create(
                customer=customer,
                request=request,
                interaction=interaction,
                product=product,
                text=text,
                due_at=due_at,
                owner=owner,
                expected_at=expected_at or (request.expected_at if request else None),
            )
            promise._tell(by=by, verb="promise made", title=f"Promised: {text}")
        return promise

    def keep(self, *, by: User) -> None:
        """Say that it is done: kept when in time, else done late. Raises PromiseSettled."""
        now = timezone.now()
        with transaction.atomic():
            kept = Promise.objects.open().filter(pk=self.pk, due_at__gte=now)
            if kept.update(status=PromiseStatus.KEPT, done_at=now):
                self.status, self.done_at = PromiseStatus.KEPT, now
                self._tell(by=by, verb="promise kept", title=f"Promise kept: {self.text}")
                return
            late = Promise.objects.owed().filter(pk=self.pk)
            if not late.update(status=PromiseStatus.BROKEN, done_at=now):
                raise PromiseSettled
            self.status, self.done_at = PromiseStatus.BROKEN, now
            self._tell(by=by, verb="promise done late", title=f"Promise done late: {self.text}")

    def replace(self, *, by: User, promised: Promise) -> None:
        """Put another in its place, agreed with the customer: this one is broken, and says so.

        Raises PromiseSettled.
        """
        with transaction.atomic():
            replaced = Promise.objects.owed().filter(pk=self.pk)
            if not replaced.update(status=PromiseStatus.BROKEN, replaced_by=promised):
                raise PromiseSettled
            self.status, self.replaced_by = PromiseStatus.BROKEN, promised
            self._tell(
                by=by,
                verb="promise replaced",
                title=f"Told before it broke: {self.text}"[:200],
                detail=f"Promised instead: {promised.text}",
            )

    def withdraw(self, *, by: User, because: str) -> None:
        """Take the promise back, with the reason the customer was given. Raises PromiseSettled."""
        if not because.strip():
            raise RuleBroken("Give the reason that the customer was told, then withdraw it.")
        with transaction.atomic():
            withdrawn = (
                Promise.objects.open()
                .filter(pk=self.pk)
                .update(status=PromiseStatus.WITHDRAWN, withdrawn_because=because)
            )
            if not withdrawn:
                raise PromiseSettled
            self.status, self.withdrawn_because = PromiseStatus.WITHDRAWN, because
            self._tell(
                by=by,
                verb="promise withdrawn",
                title=f"Promise withdrawn: {self.text}",
                detail=because,
            )

    def _tell(self, *, by: User, verb: str, title: str, detail: str = "") -> None:
        TimelineEntry.write(
            customer_id=self.customer_id,
            kind=TimelineKind.PROMISE,
            title=title,
            detail=detail,
            interaction_id=self.interaction_id,
        )
        AuditEntry.record(by=by, verb=verb, subject=self)
        panel_changed(
            panel="service.requests",
            customer_id=self.customer_id,
            user_ids={self.owner_id, by.pk},
        )
